using System.Security.Cryptography;
using System.Text;
using Setpoint.Server.Process;

namespace Setpoint.Server.Access;

/// <summary>The first administrator's API key.</summary>
internal sealed class AdminKey : IAuthenticator
{
    private const string FileName = "admin.key";
    private const int KeyBytes = 24;
    private const int CredentialLengthMax = 512;

    private static readonly Principal Administrator = new("admin");

    private readonly byte[] _key;

    private AdminKey(string key, string? path, bool created)
    {
        _key = Encoding.UTF8.GetBytes(key);
        Path = path;
        Announced = created ? key : null;
    }

    /// <summary>The file that keeps it; null if it was given by the environment.</summary>
    public string? Path { get; }

    /// <summary>The key itself if it was made now: it is printed once.</summary>
    public string? Announced { get; }

    /// <summary>The key of the environment, else the one kept in the data folder, else a new one that is then kept there (0600).</summary>
    /// <exception cref="IOException">The file cannot be read or written, or is empty.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read or written.</exception>
    public static AdminKey Of(ServerSettings settings, ILogger<AdminKey> logger)
    {
        if (settings.AdminKey is { } given)
            return new(given, null, created: false);
        // Any text will do: somebody may have put one there that fits a vault of theirs.
        var file = KeyFile.Open(settings.DataFolder, FileName, "admin key", Make, flaw: _ => null, logger);
        return new(file.Key, file.Path, file.IsNew);
    }

    public Principal? Authenticate(ReadOnlySpan<char> credential)
    {
        if (credential.Length is 0 or > CredentialLengthMax)
            return null;
        Span<byte> utf8 = stackalloc byte[CredentialLengthMax * 3];
        var length = Encoding.UTF8.GetBytes(credential, utf8);
        // The time it takes tells how long the key is, which is no secret, and nothing of what is in it.
        return CryptographicOperations.FixedTimeEquals(utf8[..length], _key) ? Administrator : null;
    }

    private static string Make() => "sp_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
}

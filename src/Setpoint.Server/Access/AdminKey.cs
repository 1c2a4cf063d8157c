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
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static AdminKey Of(ServerSettings settings)
    {
        if (settings.AdminKey is { } given)
            return new(given, null, created: false);
        var path = System.IO.Path.Combine(settings.DataFolder, FileName);
        if (File.Exists(path))
        {
            var kept = File.ReadAllText(path).Trim();
            return kept.Length > 0
                ? new(kept, path, created: false)
                : throw new IOException($"{path} is empty; delete it to have a new admin key made.");
        }

        var key = "sp_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(path, options))
        {
            file.Write(Encoding.UTF8.GetBytes(key + "\n"));
            file.Flush(flushToDisk: true);
        }

        return new(key, path, created: true);
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
}

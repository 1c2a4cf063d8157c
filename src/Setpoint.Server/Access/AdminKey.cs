using System.Security.Cryptography;
using System.Text;

namespace Setpoint.Server.Access;

/// <summary>The first administrator's API key. Kept as a hash, so that comparing takes the same time whatever is presented.</summary>
internal sealed class AdminKey : IAuthenticator
{
    private const string FileName = "admin.key";
    private const int KeyBytes = 24;
    private const int CredentialLengthMax = 512;

    private static readonly Principal Administrator = new("admin");

    private readonly byte[] _hash;

    private AdminKey(string key) => _hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public static AdminKey Of(string key) => new(key);

    /// <summary>Reads the key kept in the data folder, or makes one and keeps it there (0600).</summary>
    /// <param name="created">The key and its file if it was made now; it is printed once.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static AdminKey LoadOrCreate(string dataFolder, out (string Key, string Path)? created)
    {
        var path = Path.Combine(dataFolder, FileName);
        created = null;
        if (File.Exists(path))
        {
            var kept = File.ReadAllText(path).Trim();
            return kept.Length > 0 ? new(kept) : throw new IOException($"{path} is empty; delete it to have a new admin key made.");
        }

        var key = "sp_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(path, options))
        {
            file.Write(Encoding.UTF8.GetBytes(key + "\n"));
            file.Flush(flushToDisk: true);
        }

        created = (key, path);
        return new(key);
    }

    public Principal? Authenticate(ReadOnlySpan<char> credential)
    {
        if (credential.Length is 0 or > CredentialLengthMax)
            return null;
        Span<byte> utf8 = stackalloc byte[CredentialLengthMax * 3];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Encoding.UTF8.GetBytes(credential, utf8);
        SHA256.HashData(utf8[..length], hash);
        return CryptographicOperations.FixedTimeEquals(hash, _hash) ? Administrator : null;
    }
}

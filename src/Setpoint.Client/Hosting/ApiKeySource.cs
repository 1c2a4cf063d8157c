namespace Setpoint.Client.Hosting;

/// <summary>The API key, or the file it is in. Never prints it.</summary>
internal sealed class ApiKeySource(string? key, string? file)
{
    private const int KeySizeMax = 16 * 1024;

    /// <summary>Where a missing key would have come from, for messages.</summary>
    public string Origin => file is null ? "ApiKey" : $"the key file {file}";

    /// <summary>Reads the key. A file is read anew each time, so that a replaced key needs no restart.</summary>
    /// <exception cref="IOException">The file cannot be read, is too large or holds no key.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public string Read()
    {
        if (file is null)
            return key!;
        if (new FileInfo(file) is { Exists: true, Length: > KeySizeMax })
            throw new IOException($"The key file {file} is larger than a key.");
        var text = File.ReadAllText(file).Trim();
        if (text.Length == 0 || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new IOException($"The key file {file} holds no key: one line of printable ASCII is expected.");
        return text;
    }

    public override string ToString() => "***";
}

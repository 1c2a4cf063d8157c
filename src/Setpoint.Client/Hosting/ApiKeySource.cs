namespace Setpoint.Client.Hosting;

/// <summary>The API key, or the file it is in. Never prints it.</summary>
internal sealed class ApiKeySource(string? key, string? file)
{
    private const int KeySizeMax = 16 * 1024;

    /// <summary>Where a missing key would have come from, for messages.</summary>
    public string Origin => file is null ? "ApiKey" : $"the key file {file}";

    /// <summary>Reads the key. A file is read anew each time, so that a replaced key needs no restart.</summary>
    /// <exception cref="UnauthorizedAccessException">There is no key to be had; the message says why and does not hold it.</exception>
    public string Read()
    {
        if (file is null)
            return key!;
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > KeySizeMax })
                throw new UnauthorizedAccessException($"The key file {file} is larger than a key.");
            var text = File.ReadAllText(file).Trim();
            return text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('!', '~')
                ? text
                : throw new UnauthorizedAccessException($"The key file {file} holds no key: one line of printable ASCII is expected.");
        }
        catch (IOException unreadable)
        {
            // Not the connection's trouble, which is what an I/O error means to the transport.
            throw new UnauthorizedAccessException($"The key file {file} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    public override string ToString() => "***";
}

namespace Setpoint.Client.Cache;

/// <summary>What the server said and the disk keeps: its text, and what goes with it.</summary>
internal interface ICacheable<TSelf>
{
    /// <summary>The ledger's revision at which the server read it.</summary>
    long Revision { get; }

    /// <summary>The newest version among the documents that contribute to it.</summary>
    long Version { get; }

    /// <summary>The quoted entity tag, as <c>If-None-Match</c> takes it; null where the server gave none.</summary>
    string? ETag { get; }

    /// <summary>As it came, UTF-8.</summary>
    ReadOnlyMemory<byte> Json { get; }

    /// <summary>Reads it.</summary>
    /// <exception cref="System.Text.Json.JsonException">The text is not what it should be.</exception>
    static abstract TSelf Of(long revision, long version, string? etag, ReadOnlyMemory<byte> json);
}

/// <summary>Whose cache it is: a cache of another identity is never used.</summary>
/// <param name="Text">Different for different identities.</param>
/// <param name="FileName">The same as a file name, readable.</param>
internal readonly record struct CacheIdentity(string Text, string FileName);

using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;
using Setpoint.Client.Cache;
using Setpoint.Client.Provider;

namespace Setpoint.Client.Snapshots;

/// <summary>One effective configuration, immutable and complete, flattened when it arrives so that a read is one look-up.</summary>
internal sealed class ConfigurationSnapshot : ICacheable<ConfigurationSnapshot>
{
    /// <summary>What an optional client shows while it has never seen a configuration.</summary>
    public static readonly ConfigurationSnapshot Empty = new(0, 0, null, "{}"u8.ToArray(), FrozenDictionary<string, string?>.Empty, new());

    private readonly ChildNames _children;
    private volatile IConfigurationRoot? _configuration;

    private ConfigurationSnapshot(long revision, long version, string? etag, ReadOnlyMemory<byte> json, FrozenDictionary<string, string?> values, ChildNames children)
    {
        Revision = revision;
        Version = version;
        ETag = etag;
        Json = json;
        Values = values;
        _children = children;
    }

    /// <summary>The ledger's revision at which the server read it.</summary>
    public long Revision { get; }

    /// <summary>The newest version among the documents that contribute to it.</summary>
    public long Version { get; }

    /// <summary>The quoted entity tag, as <c>If-None-Match</c> takes it; null where the server gave none.</summary>
    public string? ETag { get; }

    /// <summary>The configuration object as it came, UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The same, flat: <c>a:b:0</c> to its text, case ignored.</summary>
    public FrozenDictionary<string, string?> Values { get; }

    /// <summary>Flattens a configuration.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not a JSON object, or two of its keys differ only in case.</exception>
    public static ConfigurationSnapshot Of(long revision, long version, string? etag, ReadOnlyMemory<byte> json)
    {
        var children = new ChildNames();
        var values = Flattener.Flatten(json.Span, children).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        return new(revision, version, etag, json, values, children);
    }

    /// <summary>The same configuration, seen at another revision.</summary>
    public ConfigurationSnapshot At(long revision) => At(revision, Version, ETag);

    /// <summary>The same configuration under what the server now says about it.</summary>
    public ConfigurationSnapshot At(long revision, long version, string? etag) =>
        new(revision, version, etag, Json, Values, _children) { _configuration = _configuration };

    /// <summary>
    /// True if both hold the same bytes. Version and tag do not count: a change of a value that another layer shadows moves the version,
    /// and a request and an event may tag the same content differently; neither is news to the app.
    /// </summary>
    public bool HasSameContentAs(ConfigurationSnapshot other) => Json.Span.SequenceEqual(other.Json.Span);

    /// <summary>The segments directly below a path, in configuration order. Null stands for the root.</summary>
    public string[] ChildKeys(string? path) => _children.Below(path, Values);

    /// <summary>This snapshot alone as an <see cref="IConfiguration"/>: what it shows never changes.</summary>
    public IConfiguration AsConfiguration() => _configuration ??= new ConfigurationRoot([new SnapshotProvider(this)]);
}

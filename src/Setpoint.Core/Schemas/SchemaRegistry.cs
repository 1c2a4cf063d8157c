using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Compiling;

namespace Setpoint.Core.Schemas;

/// <summary>
/// The documents that a <c>$ref</c> may lead to, by absolute URI. Immutable and thread-safe. There is no other source: nothing is ever
/// fetched.
/// </summary>
public sealed class SchemaRegistry
{
    private static readonly FrozenDictionary<string, JsonValue> Metaschemas = MetaschemaFiles.Load();

    /// <summary>The metaschemas of draft-07 and 2020-12 and nothing else.</summary>
    public static readonly SchemaRegistry BuiltIn = new(ImmutableDictionary.Create<string, JsonValue>(StringComparer.Ordinal));

    private readonly ImmutableDictionary<string, JsonValue> _documents;

    private SchemaRegistry(ImmutableDictionary<string, JsonValue> documents) => _documents = documents;

    /// <summary>This registry with one more document, or another one at the same place. The receiver does not change.</summary>
    /// <param name="uri">Absolute; an empty fragment is ignored.</param>
    /// <param name="document">The schema. It is checked when a schema that refers to it is compiled.</param>
    /// <exception cref="ArgumentException">The URI is relative, has a fragment, or is that of a metaschema.</exception>
    public SchemaRegistry With(string uri, JsonValue document)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(document);
        if (ProblemOf(uri) is { } problem)
            throw new ArgumentException(problem, nameof(uri));
        return new(_documents.SetItem(SchemaUri.Split(uri).Uri, document));
    }

    /// <summary>Why a document cannot be registered under this URI, as a sentence; null if it can.</summary>
    public static string? ProblemOf(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var (address, fragment) = SchemaUri.Split(uri);
        if (fragment.Length > 0 || !SchemaUri.IsAbsolute(address))
            return $"'{uri}' cannot name a document: an absolute URI without fragment is needed.";
        return Metaschemas.ContainsKey(address) ? $"'{uri}' is a metaschema that is built in; it cannot be replaced." : null;
    }

    /// <summary>This registry with another document in the place of a metaschema.</summary>
    internal SchemaRegistry Replacing(string uri, JsonValue document) => new(_documents.SetItem(uri, document));

    internal bool TryFind(string uri, [NotNullWhen(true)] out JsonValue? document) =>
        _documents.TryGetValue(uri, out document) || Metaschemas.TryGetValue(uri, out document);

    internal static bool IsBuiltIn(string uri) => Metaschemas.ContainsKey(uri);
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Tests.Layers;

namespace Setpoint.Core.Tests.References;

/// <summary>
/// What references mean, taken literally and slowly: nothing is remembered, everything is looked up again, and whatever cannot be said is
/// thrown.
/// </summary>
internal sealed partial class NaiveReferences(NaiveLayers layers, IReadOnlySet<string> namespaces, ResolveContext context)
{
    /// <summary>Null: it has no value.</summary>
    public JsonObject? Resolve(string ns)
    {
        try
        {
            return (JsonObject)Deep(ns, [], layers.Resolve(ns, context).Config, []);
        }
        catch (NoValueException)
        {
            return null;
        }
    }

    private JsonValue Deep(string ns, ImmutableArray<string> at, JsonValue value, ImmutableHashSet<string> open) => value switch
    {
        JsonString text => Text(ns, at, text.Value, open),
        JsonArray array => new JsonArray([.. array.Items.Select((item, i) => Deep(ns, at.Add($"{i}"), item, open))]),
        JsonObject members => Enumerable.Range(0, members.Count).Aggregate(
            new JsonObjectBuilder(), (made, i) => made.Add(members.NameAt(i), Deep(ns, at.Add(members.NameAt(i)), members.ValueAt(i), open))).Build(),
        _ => value,
    };

    private JsonValue Text(string ns, ImmutableArray<string> at, string text, ImmutableHashSet<string> open)
    {
        var place = $"{ns} {JsonPointer.Of(at)}";
        if (open.Contains(place))
            throw new NoValueException();
        open = open.Add(place);
        var alone = Token().Match(text);
        if (alone.Success && alone.Length == text.Length && alone.Groups["key"].Success)
            return Key(ns, alone.Groups["key"].Value, open);
        return new JsonString(Token().Replace(text, match => !match.Groups["key"].Success ? "${" : Key(ns, match.Groups["key"].Value, open) switch
        {
            JsonString inner => inner.Value,
            JsonArray or JsonObject => throw new NoValueException(),
            var scalar => scalar.ToString(),
        }));
    }

    private JsonValue Key(string ns, string key, ImmutableHashSet<string> open)
    {
        if (key.Split('/') is [var other, var rest])
            (ns, key) = (other, rest);
        if (!namespaces.Contains(ns))
            throw new NoValueException();
        JsonValue value = layers.Resolve(ns, context).Config;
        var done = ImmutableArray<string>.Empty;
        var isResolved = false;
        foreach (var segment in key.Split('.'))
        {
            if (value is JsonString text && !isResolved)
                (value, isResolved) = (Text(ns, done, text.Value, open), true);
            value = JsonPointer.Of(segment).Resolve(value) ?? throw new NoValueException();
            done = done.Add(segment);
        }

        return isResolved ? value : Deep(ns, done, value, open);
    }

    [GeneratedRegex(@"\$\$\{|\$\{config:(?<key>[^}]*)\}")]
    private static partial Regex Token();

    private sealed class NoValueException : Exception;
}

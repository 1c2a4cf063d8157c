using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.References;

/// <summary>
/// Resolves the references of one effective configuration. Made for one resolution; not thread-safe.
/// </summary>
/// <remarks>
/// <para>Depth-first, and each string once, whatever its namespace:</para>
/// <para>1. Walk through the merged configuration; rebuild what is around strings that change and share the rest.</para>
/// <para>2. A string with references is looked up among those done. One that is being resolved further out closes a circle.</para>
/// <para>3. Else each of its references leads to a value. For <c>config</c>: walk down the key in the merged configuration of its
/// namespace, resolving a string that stands in the way, and resolve what is found as in 1. Other providers are asked.</para>
/// <para>4. A lone reference becomes that value; else the texts of scalars are put together. Never a part of it: a string with a
/// reference that leads nowhere has no value, and then neither has the configuration.</para>
/// <para>Bounds: at most <see cref="DepthMax"/> references follow each other, and what they insert has at most
/// <see cref="OutputMax"/> bytes, measured before it is put together: values are shared, so a few strings can stand for a text that no
/// memory holds.</para>
/// </remarks>
internal sealed class ReferenceResolver(string ns, Func<string, JsonObject?> mergedOf, ReferenceProviders providers)
{
    /// <summary>References that follow each other.</summary>
    public const int DepthMax = 32;

    /// <summary>Bytes of JSON text that references insert into one configuration, or into one value that another refers to.</summary>
    public const int OutputMax = 1024 * 1024;

    // A string that is being resolved has null in its place.
    private readonly Dictionary<ReferencePlace, ResolvedString?> _strings = [];
    private readonly Dictionary<ReferencePlace, ReferenceTarget> _targets = [];
    private readonly Dictionary<Reference, ReferenceValue> _external = [];
    private readonly ReferencePath _path = new(ns);
    private readonly HashSet<JsonValue> _opaque = new(ReferenceEqualityComparer.Instance);

    /// <summary>Resolves the merged configuration of the namespace.</summary>
    public ReferenceOutcome Resolve(JsonObject merged)
    {
        var tally = new ReferenceTally();
        var resolved = (JsonObject)Rewrite(merged, new(ns, JsonPointer.Root), tally);
        return new(resolved, [.. tally.Failures], _opaque, _external.Count > 0);
    }

    private JsonValue Rewrite(JsonValue value, ReferencePlace at, ReferenceTally tally)
    {
        switch (value)
        {
            case JsonString text when ReferenceText.MayRefer(text.Value):
                return RewriteString(text, at, tally);
            case JsonObject members:
                JsonValue[]? values = null;
                for (var i = 0; i < members.Count && !tally.IsOver; i++)
                {
                    var inner = members.ValueAt(i);
                    if (!Concerns(inner))
                        continue;
                    var now = Rewrite(inner, at with { Pointer = at.Pointer.Append(members.NameAt(i)) }, tally);
                    if (!ReferenceEquals(now, inner))
                        (values ??= [.. members.Values])[i] = now;
                }

                return values is null ? members : JsonObject.Rebuild(members, values, removed: 0, added: null);
            case JsonArray array:
                ImmutableArray<JsonValue>.Builder? items = null;
                for (var i = 0; i < array.Items.Length && !tally.IsOver; i++)
                {
                    var inner = array.Items[i];
                    if (!Concerns(inner))
                        continue;
                    var now = Rewrite(inner, at with { Pointer = at.Pointer.Append(i) }, tally);
                    if (!ReferenceEquals(now, inner))
                        (items ??= array.Items.ToBuilder())[i] = now;
                }

                return items is null ? array : new JsonArray(items.MoveToImmutable());
            default:
                return value;
        }
    }

    private static bool Concerns(JsonValue value) =>
        value is JsonString text ? ReferenceText.MayRefer(text.Value) : value.Kind >= JsonKind.Array;

    private JsonValue RewriteString(JsonString text, ReferencePlace at, ReferenceTally tally)
    {
        var found = StringAt(at, text);
        if (found.Value is not { } value)
        {
            tally.Fail(found.Failures);
            return text;
        }

        if (at.Pointer.Segments.Length + value.Depth > JsonLimits.Document.DepthMax)
            tally.Fail([ReferenceFailure.TooNested(at)]);
        if (!tally.Insert(found.Size, found.Height))
            tally.Fail([ReferenceFailure.TooLong(at)]);
        return value;
    }

    private ResolvedString StringAt(ReferencePlace place, JsonString text)
    {
        if (_strings.TryGetValue(place, out var known))
            return known ?? ResolvedString.Failed(_path.CircleTo(place));
        if (!ReferenceText.TryParse(text.Value, out var parsed, out var problem))
            return ResolvedString.Failed(ReferenceFailure.Unreadable(place, problem));
        if (_path.Count == DepthMax && parsed.Parts.Any(part => part.Reference is not null))
            return ResolvedString.Failed(ReferenceFailure.TooDeep(_path.Start));

        _strings.Add(place, null);
        _path.Enter(place);
        var made = Resolve(place, text, parsed);
        _path.Leave();
        _strings[place] = made;
        return made;
    }

    private ResolvedString Resolve(ReferencePlace place, JsonString text, ReferenceText parsed)
    {
        if (parsed.Whole is { } whole)
            return Follow(place, whole, text);

        var made = new StringBuilder();
        var failures = new List<ReferenceFailure>();
        var height = 0;
        var isOpaque = false;
        foreach (var part in parsed.Parts)
        {
            if (part.Reference is not { } reference)
            {
                made.Append(part.Literal);
                continue;
            }

            var found = Follow(place, reference, text);
            height = Math.Max(height, found.Height);
            if (found.Value is not { } value)
                failures.AddRange(found.Failures);
            else if (_opaque.Contains(value))
                isOpaque = true;
            else if (TextOf(value) is { } inserted)
                made.Append(inserted);
            else
                failures.Add(ReferenceFailure.NotText(place, reference, value.Kind));
            // Characters are at most bytes; the exact size is measured at the end.
            if (made.Length > OutputMax)
                return ResolvedString.Failed(ReferenceFailure.TooLong(place));
        }

        if (failures.Count > 0)
            return ResolvedString.Failed([.. failures.Distinct()]);
        if (isOpaque)
            return Opaque(text, height);
        var joined = new JsonString(made.ToString());
        return new(joined, JsonMeasure.TextSize(joined), height, []);
    }

    /// <summary>The value of one reference of a string, counted as the string's own.</summary>
    private ResolvedString Follow(ReferencePlace place, Reference reference, JsonString text)
    {
        if (reference.IsOpaque)
            return Opaque(text, height: 1);
        if (reference.Provider != Reference.Config)
            return Ask(place, reference);
        if (!ConfigKey.TryParse(reference.Key, out var key, out var problem))
            return ResolvedString.Failed(ReferenceFailure.Unreadable(place, problem));

        var target = TargetAt(new(key.Namespace ?? place.Namespace, key.Path.Pointer));
        if (target.Missing is { } missing)
            return ResolvedString.Failed(ReferenceFailure.Unknown(place, reference, missing));
        if (!target.Failures.IsEmpty)
            return ResolvedString.Failed(target.Failures);
        if (target.Size > OutputMax)
            return ResolvedString.Failed(ReferenceFailure.TooLong(place));
        return target.Height < DepthMax
            ? new(target.Value, target.Size, target.Height + 1, [])
            : ResolvedString.Failed(ReferenceFailure.TooDeep(place));
    }

    private ResolvedString Ask(ReferencePlace place, Reference reference)
    {
        // Once for each: a value that changes meanwhile must not be two values in one configuration.
        if (!_external.TryGetValue(reference, out var found))
            _external.Add(reference, found = providers.Find(reference));
        if (found.Value is not { } value)
            return ResolvedString.Failed(ReferenceFailure.Unknown(place, reference, found.Reason ?? "it has no value"));
        var size = JsonMeasure.TextSize(value, OutputMax);
        return size > OutputMax ? ResolvedString.Failed(ReferenceFailure.TooLong(place)) : new(value, size, 1, []);
    }

    private ReferenceTarget TargetAt(ReferencePlace target)
    {
        _path.LeadTo(target);
        if (!_targets.TryGetValue(target, out var found))
            _targets[target] = found = FindTarget(target);
        return found;
    }

    private ReferenceTarget FindTarget(ReferencePlace target)
    {
        if (mergedOf(target.Namespace) is not { } root)
            return ReferenceTarget.Nothing($"namespace '{target.Namespace}' does not exist");

        JsonValue at = root;
        var segments = target.Pointer.Segments;
        ResolvedString? onTheWay = null;
        for (var i = 0; i < segments.Length; i++)
        {
            // A string on the way stands for the value that it refers to; everything inside that is resolved already.
            if (onTheWay is null && at is JsonString text && ReferenceText.MayRefer(text.Value))
            {
                onTheWay = StringAt(target with { Pointer = target.Pointer.Take(i) }, text);
                if (onTheWay.Value is not { } value)
                    return ReferenceTarget.Failed(onTheWay.Failures);
                at = value;
            }

            if (Step(at, segments[i]) is not { } next)
                return ReferenceTarget.Nothing(Explain(target, i, at));
            at = next;
        }

        var tally = new ReferenceTally();
        if (onTheWay is not null)
            tally.Insert(0, onTheWay.Height);
        else
            at = Rewrite(at, target, tally);
        // What is inside is reported where it is read; here the first reason is enough.
        return tally.Failures.Count > 0
            ? ReferenceTarget.Failed([tally.Failures[0]])
            : new(at, JsonMeasure.TextSize(at, OutputMax), tally.Height, [], null);
    }

    private string Explain(ReferencePlace target, int depth, JsonValue at)
    {
        var key = KeyPath.Of(target.Pointer);
        var where = $"namespace '{target.Namespace}'";
        if (_opaque.Contains(at))
            return $"key '{key}' of {where} would lie inside the secret at '{KeyPath.Of(target.Pointer.Take(depth))}', into which nobody looks";
        var near = at is JsonObject members ? NearestName.Of(target.Pointer.Segments[depth], members.Names) : null;
        var advice = near is null ? "" : $"; did you mean '{KeyPath.Of(target.Pointer.Take(depth).Append(near))}'?";
        return $"{where} has no key '{key}' there{advice}";
    }

    private static JsonValue? Step(JsonValue at, string segment) => at switch
    {
        JsonObject members => members[segment],
        JsonArray array when JsonPointer.TryIndex(segment, out var index) && index < array.Items.Length => array.Items[index],
        _ => null,
    };

    private ResolvedString Opaque(JsonString text, int height)
    {
        _opaque.Add(text);
        return new(text, JsonMeasure.TextSize(text), height, []);
    }

    private static string? TextOf(JsonValue value) => value switch
    {
        JsonString text => text.Value,
        JsonNumber or JsonBoolean or JsonNull => value.ToString(),
        JsonObject or JsonArray => null,
        _ => throw new UnreachableException($"Unknown kind {value.Kind}."),
    };
}

using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Formats;

/// <summary>Reads flagd's format and makes documents of it.</summary>
/// <remarks>
/// 1. <c>$evaluators</c> are put where <c>$ref</c> names them, evaluators inside evaluators too. 2. Metadata of the set goes into each flag that
/// does not say otherwise. 3. State, default variant and targeting become the settings of the environment; if the flag exists, what it says
/// for other environments stays. 4. Whether the flags are right is for the Gate, whose violations name the same properties: a flag in which
/// something is wrong here goes there all the same, without what is wrong, so that everything is reported at once.
/// </remarks>
internal sealed class FlagdImport(string ns, string? environment, bool keepInvalid, Func<string, Flag?> find)
{
    /// <summary>Nodes that all references together may become: an evaluator that holds another ten times, and that one a third, is soon a bomb.</summary>
    private const int ExpansionMax = 200_000;

    private static readonly string[] Known = ["key", "state", "defaultVariant", "variants", "targeting", "metadata"];

    private readonly ViolationList _violations = new();
    private readonly ImmutableArray<ProposedChange>.Builder _changes = ImmutableArray.CreateBuilder<ProposedChange>();
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private JsonObject _evaluators = JsonObject.Empty;
    private JsonObject _metadata = JsonObject.Empty;
    private readonly ImmutableArray<Address>.Builder _unread = ImmutableArray.CreateBuilder<Address>();
    private bool _hasEvaluators = true;
    private int _expanded;

    public FlagdImported Read(JsonObject document)
    {
        _evaluators = ObjectAt(document, "$evaluators");
        // Where they cannot be read, that is the mistake, and not each reference to one.
        _hasEvaluators = document["$evaluators"] is null or JsonObject;
        _metadata = ObjectAt(document, "metadata");
        switch (document["flags"])
        {
            case JsonObject members:
                for (var i = 0; i < members.Count; i++)
                    ReadFlag(members.NameAt(i), members.ValueAt(i), "/flags" + JsonPointer.Of(members.NameAt(i)));
                break;
            case JsonArray array:
                foreach (var (i, item) in array.Items.Index())
                    ReadItem(item, $"/flags/{i}");
                break;
            case var found:
                Refuse("/flags", found is null ? ViolationCode.MissingRequiredParameter : ViolationCode.InvalidParameterType, "'flags' is required: an object of flags by key, or an array of flags with 'key'.");
                break;
        }

        return new(_changes.ToImmutable(), _violations.ToImmutable(), _unread.ToImmutable());
    }

    private void ReadItem(JsonValue item, string path)
    {
        if (item is not JsonObject members || members["key"] is not JsonString key)
            Refuse(path, ViolationCode.MissingRequiredParameter, "A flag in an array is an object with a 'key', which is a string.");
        else
            ReadFlag(key.Value, members, path);
    }

    private void ReadFlag(string key, JsonValue value, string path)
    {
        if (!FlagKeys.IsValid(key) || !Address.TryOf(FlagKind.KindName, [ns, key], out var address, out _))
        {
            Refuse(path, ViolationCode.ConstraintViolation, FlagKeys.Explain("Flag key", key));
            return;
        }

        if (value is not JsonObject written)
        {
            Refuse(path, ViolationCode.InvalidParameterType, $"A flag is an object, not {JsonKinds.Describe(value.Kind)}.");
            _unread.Add(address);
            return;
        }

        if (!_keys.Add(key))
        {
            Refuse(path, ViolationCode.ConstraintViolation, $"The flag '{FlagKeys.Clip(key)}' occurs twice.");
            return;
        }

        for (var i = 0; i < written.Count; i++)
        {
            if (!keepInvalid && !Known.Contains(written.NameAt(i), StringComparer.Ordinal))
                Refuse(path + JsonPointer.Of(written.NameAt(i)), ViolationCode.MalformedDocument, $"flagd has no property '{FlagKeys.Clip(written.NameAt(i))}' of a flag; it has {string.Join(", ", Known[1..])}.");
        }

        _changes.Add(new(address, Document(key, written, ReadSettings(written, path))));
    }

    /// <summary>What is said for the environment.</summary>
    private JsonObject ReadSettings(JsonObject written, string path)
    {
        var state = written["state"] is JsonString text ? text.Value : null;
        if (state is not ("ENABLED" or "DISABLED"))
        {
            Refuse(path + "/state", written.Contains("state") ? ViolationCode.ConstraintViolation : ViolationCode.MissingRequiredParameter, "'state' is required and must be \"ENABLED\" or \"DISABLED\".");
        }

        var settings = JsonObject.Empty.With("state", new JsonString(state == "ENABLED" ? "enabled" : "disabled"));
        switch (written["defaultVariant"])
        {
            // An empty name is none, as it is in flagd.
            case null or JsonNull or JsonString { Value: "" }:
                settings = settings.With("defaultVariant", JsonNull.Instance);
                break;
            case var variant:
                settings = settings.With("defaultVariant", variant);
                break;
        }

        // What is not said must not come from below: the flag is to be what flagd makes of it.
        var targeting = written["targeting"] is { } expression and not (JsonNull or JsonObject { Count: 0 }) ? Expand(expression, path + "/targeting", 0) : JsonObject.Empty;
        // What has no end was reported, and half of it says nothing.
        return settings.With("targeting", _expanded > ExpansionMax ? JsonObject.Empty : targeting);
    }

    private JsonObject Document(string key, JsonObject written, JsonObject settings)
    {
        var document = find(key)?.Body ?? JsonObject.Empty;
        if (written["variants"] is { } variants)
            document = document.With("variants", variants);
        document = document.Without("type").Without("dependencies").Without("offVariant");
        var metadata = Merged(written["metadata"]);
        document = metadata is JsonObject { Count: 0 } ? document.Without("metadata") : document.With("metadata", metadata);
        if (keepInvalid)
            document = document.With("lenient", JsonBoolean.True);
        if (environment is not null)
            return document.With("environments", (document["environments"] as JsonObject ?? JsonObject.Empty).With(environment, settings.With("schedule", JsonObject.Empty)));
        document = document.Without("rules").Without("split").Without("schedule");
        for (var i = 0; i < settings.Count; i++)
            document = document.With(settings.NameAt(i), settings.ValueAt(i));
        return document;
    }

    private JsonValue Merged(JsonValue? own)
    {
        if (own is not (null or JsonNull or JsonObject))
            return own;
        var merged = _metadata;
        for (var i = 0; i < (own as JsonObject)?.Count; i++)
            merged = merged.With(((JsonObject)own).NameAt(i), ((JsonObject)own).ValueAt(i));
        return merged;
    }

    private JsonValue Expand(JsonValue value, string path, int depth)
    {
        if (++_expanded > ExpansionMax || depth > JsonLimits.Document.DepthMax)
        {
            if (_expanded == ExpansionMax + 1 || depth > JsonLimits.Document.DepthMax)
                Refuse(path, ViolationCode.CircularDependency, "The references to evaluators lead in a circle, or become larger than a document may be.");
            _expanded = Math.Max(_expanded, ExpansionMax + 1);
            return value;
        }

        switch (value)
        {
            case JsonArray array:
                return new JsonArray([.. array.Items.Select((item, i) => Expand(item, $"{path}/{i}", depth + 1))]);
            case JsonObject { Count: 1 } reference when reference.NameAt(0) == "$ref" && reference.ValueAt(0) is JsonString name:
                if (_evaluators[name.Value] is { } evaluator)
                    return Expand(evaluator, path, depth + 1);
                if (keepInvalid)
                    return value;
                if (_hasEvaluators)
                    Refuse(path, ViolationCode.UnknownReference, $"There is no evaluator '{FlagKeys.Clip(name.Value)}' in '$evaluators'.");
                // Something of which nothing is known, so that the rest of the expression is judged without it.
                return JsonObject.Empty.With("var", name);
            case JsonObject members:
                for (var i = 0; i < members.Count; i++)
                    members = members.With(members.NameAt(i), Expand(members.ValueAt(i), path + JsonPointer.Of(members.NameAt(i)), depth + 1));
                return members;
            default:
                return value;
        }
    }

    private JsonObject ObjectAt(JsonObject document, string name)
    {
        if (document[name] is null or JsonObject)
            return document[name] as JsonObject ?? JsonObject.Empty;
        Refuse("/" + name, ViolationCode.InvalidParameterType, $"'{name}' must be an object, not {JsonKinds.Describe(document[name]!.Kind)}.");
        return JsonObject.Empty;
    }

    private void Refuse(string path, string code, string message) => _violations.Add(address: null, path, code, message);
}

using Setpoint.Core.Evolution.Steps;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Evolution;

/// <summary>Reads one step and notes everything that is wrong with it.</summary>
internal ref struct StepReader(JsonValue document, Address address, string path, ViolationList violations)
{
    private static readonly string[] Ops =
        [RenameStep.OpName, MoveStep.OpName, WrapStep.OpName, DefaultStep.OpName, RemoveStep.OpName, ConvertStep.OpName, MapStep.OpName];

    private readonly HashSet<string> _known = [];
    private JsonObject _members = JsonObject.Empty;
    private string _op = "";

    // Not told from the number of violations: it stands still once there are as many as are reported.
    private bool _wrong;

    /// <summary>The step, or null if anything is wrong with it.</summary>
    public MigrationStep? Read()
    {
        if (document is not JsonObject members)
        {
            Note("", ViolationCode.InvalidParameterType, $"A step is an object with 'op', not {JsonKinds.Describe(document.Kind)}.");
            return null;
        }

        _members = members;
        if (Text("op", "the name of the operation") is not { } op)
            return null;
        _op = op;
        MigrationStep? step;
        switch (op)
        {
            case RenameStep.OpName: step = Rename(); break;
            case MoveStep.OpName: step = Move(); break;
            case WrapStep.OpName: step = Wrap(); break;
            case DefaultStep.OpName: step = Default(); break;
            case RemoveStep.OpName: step = Remove(); break;
            case ConvertStep.OpName: step = Convert(); break;
            case MapStep.OpName: step = Map(); break;
            default:
                var meant = NearestName.Of(op, Ops) is { } near ? $"; did you mean '{near}'?" : ".";
                Note("/op", ViolationCode.ConstraintViolation, $"Operation '{Phrase.Clip(op)}' is unknown{meant} Known are {string.Join(", ", Ops)}.");
                return null;
        }

        RefuseUnknown();
        return _wrong ? null : step;
    }

    private RenameStep? Rename()
    {
        var from = Property("from");
        var to = Name("to");
        if (from is null || to is null)
            return null;
        if (from.Last == to)
            Note("/to", ViolationCode.ConstraintViolation, $"'{to}' is the name that the property has already.");
        return new(from, to);
    }

    private MoveStep? Move()
    {
        var (from, to) = (OnePlace("from"), OnePlace("to"));
        if (from is null || to is null)
            return null;
        if (from.SameAs(to))
            Note("/to", ViolationCode.ConstraintViolation, $"'{to}' is where the value is already.");
        else if (from.Contains(to))
            Note("/to", ViolationCode.ConstraintViolation, $"A value cannot be moved into itself: '{to}' lies inside '{from}'. 'wrap' puts an object around a value.");
        else if (to.Contains(from))
            Note("/to", ViolationCode.ConstraintViolation, $"'{to}' holds '{from}' and would be overwritten. Move it beside first, then rename it in a second step.");
        return new(from, to);
    }

    private WrapStep? Wrap()
    {
        var (place, key) = (Place("path"), Name("key"));
        return place is null || key is null ? null : new(place, key);
    }

    private DefaultStep? Default()
    {
        var place = Property("path");
        var value = Value("value", "the value where there is none (null is a value and must be written)");
        return place is null || value is null ? null : new(place, value);
    }

    private RemoveStep? Remove()
    {
        var place = Property("path");
        var restore = Value("restore", required: null);
        return place is null ? null : new(place, restore);
    }

    private ConvertStep? Convert()
    {
        var place = Place("path");
        var to = Type("to", required: true);
        var from = Type("from", required: false);
        if (place is null || to is not { } type)
            return null;
        if (from == type)
            Note("/from", ViolationCode.ConstraintViolation, $"'from' and 'to' are the same type, {ScalarTypes.Names[(int)type]}.");
        else if (from is { } old && ScalarTypes.Exclude(old, type))
            Note("/from", ViolationCode.ConstraintViolation, $"No value of one of these types is one of the other. Say which becomes which: {{\"op\": \"map\", \"values\": [[true, 1], [false, 0]]}}.");
        return new(place, from, type);
    }

    private MapStep? Map()
    {
        var place = Place("path");
        var pairs = new ValueTableReader(address, path + "/values", violations).Read(Raw("values"));
        var others = OptionalText("else") ?? "keep";
        if (others is not ("keep" or "refuse"))
            Note("/else", ViolationCode.ConstraintViolation, $"'else' is keep (the default) or refuse, not '{Phrase.Clip(others)}'.");
        return place is null || pairs.IsDefault ? null : new(place, pairs, others == "refuse");
    }

    /// <summary>A place without <c>*</c>.</summary>
    private StepPlace? OnePlace(string name)
    {
        if (Place(name) is not { } place)
            return null;
        if (!place.HasEvery)
            return place;
        Note($"/{name}", ViolationCode.ConstraintViolation, $"'{_op}' takes one value to one place, and '*' in '{place}' stands for many. Write a step for each, or use 'rename' within one object.");
        return null;
    }

    /// <summary>A place whose last part names one property.</summary>
    private StepPlace? Property(string name)
    {
        if (Place(name) is not { } place)
            return null;
        if (place.Last != StepPlace.Every)
            return place;
        Note($"/{name}", ViolationCode.ConstraintViolation, $"'{_op}' acts on one property of an object, and '{place}' ends with '*', which stands for many. Name the property; '*' may stand before it.");
        return null;
    }

    private StepPlace? Place(string name)
    {
        if (Text(name, "a place, dotted or as a JSON Pointer") is not { } text)
            return null;
        if (StepPlace.TryParse(text, out var place, out var problem))
            return place;
        Note($"/{name}", ViolationCode.ConstraintViolation, problem);
        return null;
    }

    /// <summary>The name of one property.</summary>
    private string? Name(string name)
    {
        if (Text(name, "the name of a property") is not { } text)
            return null;
        var problem = text switch
        {
            "" => "is empty",
            JsonMerge.Unset => "marks a removal",
            StepPlace.Every => "stands for every property in a place",
            ['/', ..] => "is a place, and a name is wanted ('move' takes a value to another place)",
            _ => null,
        };
        if (problem is null)
            return text;
        Note($"/{name}", ViolationCode.ConstraintViolation, $"'{Phrase.Clip(text)}' {problem}; no property gets that name.");
        return null;
    }

    private ScalarType? Type(string name, bool required)
    {
        var text = required ? Text(name, $"one of {string.Join(", ", ScalarTypes.Names)}") : OptionalText(name);
        if (text is null)
            return null;
        if (ScalarTypes.Parse(text) is { } type)
            return type;
        Note($"/{name}", ViolationCode.ConstraintViolation, $"'{Phrase.Clip(text)}' is no type that values are converted between; those are {string.Join(", ", ScalarTypes.Names)}.");
        return null;
    }

    private JsonValue? Value(string name, string? required)
    {
        var value = Raw(name);
        if (value is null && required is not null)
            Note($"/{name}", ViolationCode.MissingRequiredParameter, $"'{_op}' needs '{name}', {required}.");
        if (value is null || !StepValues.HoldsUnset(value))
            return value;
        Note($"/{name}", ViolationCode.ConstraintViolation, $"'{name}' holds '{JsonMerge.Unset}', which removes and is no value. Write the value, or leave the step out.");
        return null;
    }

    private string? Text(string name, string wanted)
    {
        if (Raw(name) is { } value)
            return AsText(name, value);
        Note($"/{name}", ViolationCode.MissingRequiredParameter, _op.Length == 0 ? $"A step needs '{name}', {wanted}." : $"'{_op}' needs '{name}', {wanted}.");
        return null;
    }

    private string? OptionalText(string name) => Raw(name) is { } value ? AsText(name, value) : null;

    private string? AsText(string name, JsonValue value)
    {
        if (value is JsonString text)
            return text.Value;
        Note($"/{name}", ViolationCode.InvalidParameterType, $"'{name}' is a string, not {JsonKinds.Describe(value.Kind)}.");
        return null;
    }

    private JsonValue? Raw(string name)
    {
        _known.Add(name);
        return _members[name];
    }

    private void RefuseUnknown()
    {
        for (var i = 0; i < _members.Count; i++)
        {
            var name = _members.NameAt(i);
            if (!_known.Contains(name))
                Note(JsonPointer.Of(name).ToString(), ViolationCode.MalformedDocument, $"Property '{Phrase.Clip(name)}' is not known in '{_op}'; known are {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
        }
    }

    private void Note(string at, string code, string message)
    {
        _wrong = true;
        violations.Add(address, path + at, code, message);
    }
}

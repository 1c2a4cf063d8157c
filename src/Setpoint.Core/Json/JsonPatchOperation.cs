using System.Collections.Immutable;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>One step of a <see cref="JsonPatch"/>.</summary>
public abstract record JsonPatchOperation(JsonPointer Path)
{
    public sealed record Add(JsonPointer Path, JsonValue Value) : JsonPatchOperation(Path);

    public sealed record Remove(JsonPointer Path) : JsonPatchOperation(Path);

    public sealed record Replace(JsonPointer Path, JsonValue Value) : JsonPatchOperation(Path);

    public sealed record Move(JsonPointer From, JsonPointer Path) : JsonPatchOperation(Path);

    public sealed record Copy(JsonPointer From, JsonPointer Path) : JsonPatchOperation(Path);

    public sealed record Test(JsonPointer Path, JsonValue Value) : JsonPatchOperation(Path);
}

/// <summary>Reads one operation and notes everything that is wrong with it. Members that RFC 6902 does not name are ignored, as it asks.</summary>
internal readonly ref struct JsonPatchOperationReader(JsonValue document, int index, ImmutableArray<Violation>.Builder violations)
{
    public JsonPatchOperation? Read()
    {
        if (document is not JsonObject members)
        {
            Note(string.Empty, ViolationCode.InvalidParameterType, $"An operation is an object, not {JsonReader.Article(document.Kind)}.");
            return null;
        }

        var op = Text(members, "op");
        var path = Pointer(members, "path");
        switch (op)
        {
            case null:
                return null;
            case "add":
                return Value(members, op) is { } added && path is not null ? new JsonPatchOperation.Add(path, added) : null;
            case "replace":
                return Value(members, op) is { } replaced && path is not null ? new JsonPatchOperation.Replace(path, replaced) : null;
            case "test":
                return Value(members, op) is { } expected && path is not null ? new JsonPatchOperation.Test(path, expected) : null;
            case "remove":
                return path is not null ? new JsonPatchOperation.Remove(path) : null;
            case "copy":
                return Pointer(members, "from") is { } source && path is not null ? new JsonPatchOperation.Copy(source, path) : null;
            case "move":
                if (Pointer(members, "from") is not { } from || path is null)
                    return null;
                if (!from.Contains(path))
                    return new JsonPatchOperation.Move(from, path);
                Note("/path", ViolationCode.ConstraintViolation, $"A value cannot be moved into itself: '{path}' lies inside '{from}'.");
                return null;
            default:
                Note("/op", ViolationCode.ConstraintViolation, "The operation is unknown; known are add, remove, replace, move, copy and test, in lower case.");
                return null;
        }
    }

    private JsonValue? Value(JsonObject members, string op)
    {
        var value = members["value"];
        if (value is null)
            Note("/value", ViolationCode.MissingRequiredParameter, $"'{op}' needs the member 'value' (null is a value and must be written).");
        return value;
    }

    private JsonPointer? Pointer(JsonObject members, string name)
    {
        if (Text(members, name) is not { } text)
            return null;
        if (JsonPointer.TryParse(text, out var pointer, out var problem))
            return pointer;
        Note($"/{name}", ViolationCode.ConstraintViolation, problem);
        return null;
    }

    private string? Text(JsonObject members, string name)
    {
        switch (members[name])
        {
            case JsonString text:
                return text.Value;
            case null:
                Note($"/{name}", ViolationCode.MissingRequiredParameter, $"The operation needs the member '{name}'.");
                return null;
            case var other:
                Note($"/{name}", ViolationCode.InvalidParameterType, $"The member '{name}' is a string, not {JsonReader.Article(other.Kind)}.");
                return null;
        }
    }

    private void Note(string path, string code, string message) =>
        violations.Add(new($"/{index}{path}", code, $"Operation {index}: {message}"));
}

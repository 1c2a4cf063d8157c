using Setpoint.Core.Json;

namespace Setpoint.Faults.Linearizability;

/// <summary>What an operation asks for.</summary>
internal enum OperationKind
{
    Get,
    Put,
    Delete,
}

/// <summary>How an operation ended, as its client saw it.</summary>
internal enum OperationOutcome
{
    Ok,
    Conflict,

    /// <summary>No answer came: it may take effect at any point after its call, or never.</summary>
    Unknown,
}

/// <summary>One call on the compare-and-set register of a key.</summary>
/// <param name="Call">When it was sent.</param>
/// <param name="Return">When the answer was there; null if there was none.</param>
/// <param name="Expect">The version it must have; 0 = must not exist, <see cref="Any"/> = any.</param>
/// <param name="Value">What a put writes.</param>
/// <param name="Version">The answer's version: what a get read, what a write made, what a refused one found.</param>
/// <param name="ReadValue">What a get read; null = nothing there.</param>
internal sealed record Operation(
    int Client,
    string Key,
    OperationKind Kind,
    OperationOutcome Outcome,
    long Call,
    long? Return,
    long Expect,
    string? Value,
    long Version,
    string? ReadValue)
{
    public const long Any = -1;
}

/// <param name="Injected">The mistake that was put into it; <c>none</c> if none was.</param>
/// <param name="Linearizable">The verdict; null where it is to be found.</param>
internal sealed record History(string Id, string Injected, bool? Linearizable, IReadOnlyList<Operation> Operations)
{
    /// <summary>Reads one line of <c>histories.jsonl</c>.</summary>
    public static History Parse(string line)
    {
        var json = (JsonObject)JsonReader.Parse(line).Value;
        return new(
            Text(json, "id")!,
            Text(json, "injected")!,
            ((JsonBoolean)json["linearizable"]!).Value,
            [.. ((JsonArray)json["ops"]!).Items.Select(item => ReadOperation((JsonObject)item))]);
    }

    public override string ToString() => Id;

    private static Operation ReadOperation(JsonObject json) => new(
        (int)Number(json, "c")!.Value,
        Text(json, "k")!,
        Text(json, "op") switch
        {
            "get" => OperationKind.Get,
            "put" => OperationKind.Put,
            "del" => OperationKind.Delete,
            var other => throw new InvalidDataException($"Unknown operation '{other}'."),
        },
        Text(json, "out") switch
        {
            "ok" => OperationOutcome.Ok,
            "conflict" => OperationOutcome.Conflict,
            "unknown" => OperationOutcome.Unknown,
            var other => throw new InvalidDataException($"Unknown outcome '{other}'."),
        },
        Number(json, "call")!.Value,
        Number(json, "ret"),
        Number(json, "expect") ?? Operation.Any,
        Text(json, "value"),
        Number(json, "ver") ?? 0,
        Text(json, "val"));

    private static string? Text(JsonObject json, string name) => (json[name] as JsonString)?.Value;

    private static long? Number(JsonObject json, string name) =>
        json[name] is JsonNumber number && number.TryGetInt64(out var found) ? found : null;
}

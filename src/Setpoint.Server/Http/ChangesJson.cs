using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Server.Http;

/// <summary>Differences as they travel: <c>[{path, op, from?, to?}]</c>, where absent means that there was or is nothing.</summary>
internal static class ChangesJson
{
    public static JsonArray Of(ImmutableArray<JsonChange> changes) => new([.. changes.Select(One)]);

    private static JsonValue One(JsonChange change)
    {
        var json = new JsonObjectBuilder(4).Add("path", change.Path).Add("op", OpName(change.Op));
        if (change.From is not null)
            json.Add("from", change.From);
        if (change.To is not null)
            json.Add("to", change.To);
        return json.Build();
    }

    public static string OpName(JsonChangeOp op) => op switch
    {
        JsonChangeOp.Add => "add",
        JsonChangeOp.Remove => "remove",
        JsonChangeOp.Replace => "replace",
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "Unknown operation."),
    };
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Setpoint.Core.Json;

/// <summary>Finds what changed between two values. Pure.</summary>
/// <remarks>
/// Objects are compared by property; an object or array that is new, gone or replaced is one change. Arrays are compared by index:
/// their common length item by item, then the tail, whose removals come from the end first. Applied in their order as a JSON Patch, the changes turn
/// the first value into the second, up to the order of properties. Moves are not looked for. Values that are one and the same
/// instance are not entered, so the cost is that of the paths that changed.
/// </remarks>
public static class JsonDiff
{
    /// <summary>The changes that lead from one value to the other; empty if they are equal.</summary>
    public static ImmutableArray<JsonChange> Compare(JsonValue before, JsonValue after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (ReferenceEquals(before, after))
            return [];
        var walk = new Walk([], ImmutableArray.CreateBuilder<JsonChange>());
        walk.Values(before, after);
        return walk.Changes.DrainToImmutable();
    }

    /// <summary>The changes as a JSON Patch document (RFC 6902).</summary>
    public static JsonArray ToJsonPatch(ImmutableArray<JsonChange> changes)
    {
        var operations = ImmutableArray.CreateBuilder<JsonValue>(changes.Length);
        foreach (var change in changes)
        {
            var operation = new JsonObjectBuilder(3)
                .Add("op", change.Op switch
                {
                    JsonChangeOp.Add => "add",
                    JsonChangeOp.Remove => "remove",
                    JsonChangeOp.Replace => "replace",
                    _ => throw new ArgumentOutOfRangeException(nameof(changes), change.Op, "Unknown change."),
                })
                .Add("path", change.Path);
            if (change.To is { } to)
                operation.Add("value", to);
            operations.Add(operation.Build());
        }

        return new(operations.MoveToImmutable());
    }

    /// <summary>The path is a stack of segments; its text is made only where a change is found.</summary>
    private readonly record struct Walk(List<(string? Name, int Index)> Path, ImmutableArray<JsonChange>.Builder Changes)
    {
        public void Values(JsonValue before, JsonValue after)
        {
            switch (before, after)
            {
                case (JsonObject from, JsonObject to):
                    Objects(from, to);
                    break;
                case (JsonArray from, JsonArray to):
                    Arrays(from, to);
                    break;
                default:
                    if (!before.Equals(after))
                        Report(JsonChangeOp.Replace, before, after);
                    break;
            }
        }

        private void Objects(JsonObject from, JsonObject to)
        {
            var sameNames = from.SharesNamesWith(to);
            var found = 0;
            for (var i = 0; i < from.Count; i++)
            {
                var old = from.ValueAt(i);
                var current = sameNames ? to.ValueAt(i) : to[from.NameAt(i)];
                if (current is not null)
                    found++;
                if (!ReferenceEquals(old, current))
                    Child(from.NameAt(i), old, current);
            }

            // Every name of the new object has been met: none can be new.
            if (found == to.Count)
                return;
            for (var i = 0; i < to.Count; i++)
            {
                if (!from.Contains(to.NameAt(i)))
                    Child(to.NameAt(i), null, to.ValueAt(i));
            }
        }

        private void Arrays(JsonArray from, JsonArray to)
        {
            var common = Math.Min(from.Items.Length, to.Items.Length);
            for (var i = 0; i < common; i++)
            {
                if (!ReferenceEquals(from.Items[i], to.Items[i]))
                    Child(i, from.Items[i], to.Items[i]);
            }

            for (var i = from.Items.Length - 1; i >= common; i--)
                Child(i, from.Items[i], null);
            for (var i = common; i < to.Items.Length; i++)
                Child(i, null, to.Items[i]);
        }

        private void Child(string name, JsonValue? from, JsonValue? to) => Child((name, 0), from, to);

        private void Child(int index, JsonValue? from, JsonValue? to) => Child((null, index), from, to);

        private void Child((string? Name, int Index) segment, JsonValue? from, JsonValue? to)
        {
            Path.Add(segment);
            if (from is not null && to is not null)
                Values(from, to);
            else
                Report(from is null ? JsonChangeOp.Add : JsonChangeOp.Remove, from, to);
            Path.RemoveAt(Path.Count - 1);
        }

        private void Report(JsonChangeOp op, JsonValue? from, JsonValue? to)
        {
            var text = new StringBuilder();
            foreach (var (name, index) in Path)
                JsonPointer.AppendSegment(text, name ?? index.ToString(CultureInfo.InvariantCulture));
            Changes.Add(new(text.ToString(), op, from, to));
        }
    }
}

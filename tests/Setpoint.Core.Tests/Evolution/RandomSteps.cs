using Setpoint.Core.Json;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Evolution;

/// <summary>Makes random steps that have something to do in a document, and nothing in their way.</summary>
internal sealed class RandomSteps(Random random)
{
    private int _fresh;

    /// <summary>A step that the document allows and whose inverse takes it back exactly; null if none was found.</summary>
    public JsonObject? For(JsonObject document)
    {
        var places = Places(document);
        if (places.Count == 0)
            return null;
        var (at, value) = places[random.Next(places.Count)];
        var named = at.Take(at.Segments.Length - 1).Resolve(document) is JsonObject;
        switch (random.Next(7))
        {
            case 0 when named:
                return Step("rename").Add("from", at.ToString()).Add("to", Fresh()).Build();
            case 1 when named:
                // Below an object that has something of its own: an empty one would be taken away on the way back.
                var targets = places.Where(place => place.Value is JsonObject { Count: > 0 } && !JsonMerge.IsUnset(place.Value) && !place.At.Equals(at) && !at.Contains(place.At))
                    .Select(place => place.At).Append(JsonPointer.Root).ToArray();
                var target = targets[random.Next(targets.Length)].Append(Fresh());
                return Step("move").Add("from", at.ToString()).Add("to", (random.Next(2) == 0 ? target : target.Append(Fresh())).ToString()).Build();
            case 2:
                return Step("wrap").Add("path", at.ToString()).Add("key", Fresh()).Build();
            case 3 when value is JsonObject { Count: > 0 } && !JsonMerge.IsUnset(value):
                return Step("default").Add("path", at.Append(Fresh()).ToString()).Add("value", JsonMaker.Value(random, 2)).Build();
            case 4 when named && !value.ToString().Contains(JsonMerge.Unset, StringComparison.Ordinal):
                return Step("remove").Add("path", at.ToString()).Add("restore", value).Build();
            case 5 when value is JsonNumber or JsonBoolean:
                return Step("convert").Add("path", at.ToString()).Add("from", value is JsonNumber ? "number" : "boolean").Add("to", "string").Build();
            case 6 when value.Kind < JsonKind.Array && !value.ToString().Contains("${", StringComparison.Ordinal):
                return Step("map").Add("path", at.ToString()).Add("values", new JsonArray([new JsonArray([value, new JsonString(Fresh())])])).Build();
            default:
                return null;
        }
    }

    /// <summary>Every value that a place can name.</summary>
    private static List<(JsonPointer At, JsonValue Value)> Places(JsonValue document)
    {
        var found = new List<(JsonPointer, JsonValue)>();
        Inside(document, JsonPointer.Root);
        return found;

        void Inside(JsonValue value, JsonPointer at)
        {
            if (!at.IsRoot)
                found.Add((at, value));
            if (value is JsonArray array)
            {
                for (var i = 0; i < array.Items.Length; i++)
                    Inside(array.Items[i], at.Append(i));
            }
            else if (value is JsonObject members && !JsonMerge.IsUnset(members))
            {
                for (var i = 0; i < members.Count; i++)
                    Inside(members.ValueAt(i), at.Append(members.NameAt(i)));
            }
        }
    }

    private static JsonObjectBuilder Step(string op) => new JsonObjectBuilder().Add("op", op);

    private string Fresh() => $"new/{_fresh++}";
}

using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary>Values by meaning (see <see cref="JsonComparison.SameValue"/>), with the hash that goes with it.</summary>
internal sealed class SameValueComparer : IEqualityComparer<JsonValue>
{
    public static readonly SameValueComparer Instance = new();

    private SameValueComparer()
    {
    }

    public bool Equals(JsonValue? x, JsonValue? y) => x is not null && y is not null && JsonComparison.SameValue(x, y);

    // The runtime's hash of texts is seeded for each process, so no document can be written to collide.
    public int GetHashCode(JsonValue obj)
    {
        switch (obj)
        {
            case JsonNumber number:
                return DecimalText.Of(number.Text).ValueHash();
            case JsonArray array:
                var hash = new HashCode();
                hash.Add(array.Items.Length);
                foreach (var item in array.Items)
                    hash.Add(GetHashCode(item));
                return hash.ToHashCode();
            case JsonObject members:
                // Order must not count, so the parts are added up.
                var sum = members.Count;
                for (var i = 0; i < members.Count; i++)
                    sum += HashCode.Combine(members.NameAt(i), GetHashCode(members.ValueAt(i)));
                return sum;
            default:
                return obj.GetHashCode();
        }
    }

    /// <summary>Values in the value, itself included: what it costs to look at it.</summary>
    public static int SizeOf(JsonValue value)
    {
        var size = 1;
        switch (value)
        {
            case JsonArray array:
                foreach (var item in array.Items)
                    size += SizeOf(item);
                break;
            case JsonObject members:
                foreach (var member in members.Values)
                    size += SizeOf(member);
                break;
            case JsonString text:
                size += text.Value.Length >> 6;
                break;
            case JsonNumber number:
                size += number.Text.Length >> 6;
                break;
        }

        return size;
    }
}

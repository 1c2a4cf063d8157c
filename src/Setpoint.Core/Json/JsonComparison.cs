namespace Setpoint.Core.Json;

/// <summary>Comparison by meaning instead of by fingerprint.</summary>
public static class JsonComparison
{
    /// <summary>
    /// True if both are the same value in the sense of JSON Schema and of JSON Patch's <c>test</c>: property order does not count, and
    /// numbers are compared as numbers, exactly and however long (<c>1.0</c> is <c>1e0</c>; <c>9007199254740993</c> is not <c>9007199254740992</c>).
    /// </summary>
    public static bool SameValue(JsonValue left, JsonValue right)
    {
        if (ReferenceEquals(left, right))
            return true;
        switch (left, right)
        {
            case (JsonNumber a, JsonNumber b):
                return a.Text == b.Text || DecimalText.Of(a.Text).Equals(DecimalText.Of(b.Text));
            case (JsonArray a, JsonArray b):
                if (a.Items.Length != b.Items.Length)
                    return false;
                for (var i = 0; i < a.Items.Length; i++)
                {
                    if (!SameValue(a.Items[i], b.Items[i]))
                        return false;
                }

                return true;
            case (JsonObject a, JsonObject b):
                if (a.Count != b.Count)
                    return false;
                for (var i = 0; i < a.Count; i++)
                {
                    if (!b.TryGetValue(a.NameAt(i), out var other) || !SameValue(a.ValueAt(i), other))
                        return false;
                }

                return true;
            default:
                return left.Equals(right);
        }
    }
}

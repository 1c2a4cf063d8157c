using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Tests.Json;

/// <summary>Makes random values from a small alphabet, so that two of them collide in names and values often.</summary>
internal static class JsonMaker
{
    private static readonly string[] Names =
        ["a", "b", "c", "B", "a/b", "m~n", "", "0", "1", "-", "é", "😀", "a.b", "long name with \"quotes\" and \\ and \n", "\u0001"];

    private static readonly string[] Scalars =
        ["null", "true", "false", "0", "-0", "1", "1.0", "0.1", "0.10", "1e1", "10", "1E400", "12345678901234567890", "\"\"", "\"x\"", "\"${a}\"", "\"é😀\\u0000\\n\""];

    public static JsonValue Value(Random random, int depth = 4) => random.Next(depth > 0 ? 4 : 1) switch
    {
        1 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))]),
        2 or 3 => Object(random, depth - 1),
        _ => JsonSamples.JsonOf(Scalars[random.Next(Scalars.Length)]),
    };

    /// <param name="random">Where the choices come from.</param>
    /// <param name="depth">Levels below this one.</param>
    /// <param name="unsets">How often of ten a property is a removal.</param>
    public static JsonObject Object(Random random, int depth = 3, int unsets = 0)
    {
        // Now and then an object that is large enough to be indexed and to keep its order.
        var count = random.Next(20) == 0 ? random.Next(10, 40) : random.Next(5);
        var names = new HashSet<string>();
        var builder = new JsonObjectBuilder();
        for (var i = 0; i < count; i++)
        {
            var name = count < 10 ? Names[random.Next(Names.Length)] : $"key{random.Next(60)}";
            if (!names.Add(name))
                continue;
            if (random.Next(10) < unsets)
                builder.Add(name, JsonSamples.JsonOf("{\"$unset\":true}"));
            else if (unsets > 0 && depth > 0 && random.Next(2) == 0)
                builder.Add(name, Object(random, depth - 1, unsets));
            else
                builder.Add(name, Value(random, depth));
        }

        return builder.Build();
    }

    /// <summary>The value with a few changes, sharing what it can with the first.</summary>
    public static JsonValue Mutated(Random random, JsonValue value) => value switch
    {
        JsonObject { Count: > 0 } members => random.Next(4) switch
        {
            0 => members.Without(members.NameAt(random.Next(members.Count))),
            1 => members.With(Names[random.Next(Names.Length)], Value(random, 2)),
            _ => Inside(random, members),
        },
        JsonArray { Items.Length: > 0 } array => random.Next(4) switch
        {
            0 => new JsonArray(array.Items.RemoveAt(random.Next(array.Items.Length))),
            1 => new JsonArray(array.Items.Insert(random.Next(array.Items.Length + 1), Value(random, 2))),
            _ => Item(random, array),
        },
        _ => Value(random, 2),
    };

    /// <summary>An equal value in which the properties of every object come in another order.</summary>
    public static JsonValue Reordered(Random random, JsonValue value)
    {
        switch (value)
        {
            case JsonObject members:
                var order = Enumerable.Range(0, members.Count).ToArray();
                random.Shuffle(order);
                var builder = new JsonObjectBuilder();
                foreach (var i in order)
                    builder.Add(members.NameAt(i), Reordered(random, members.ValueAt(i)));
                return builder.Build();
            case JsonArray array:
                return new JsonArray(array.Items.Select(item => Reordered(random, item)).ToImmutableArray());
            default:
                return value;
        }
    }

    private static JsonObject Inside(Random random, JsonObject members)
    {
        var name = members.NameAt(random.Next(members.Count));
        return members.With(name, Mutated(random, members[name]!));
    }

    private static JsonArray Item(Random random, JsonArray array)
    {
        var index = random.Next(array.Items.Length);
        return new(array.Items.SetItem(index, Mutated(random, array.Items[index])));
    }
}

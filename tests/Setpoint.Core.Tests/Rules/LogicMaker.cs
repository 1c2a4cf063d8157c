using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Tests.Rules;

/// <summary>Makes random expressions that the compiler takes, and data for them, from an alphabet in which paths and values meet often.</summary>
/// <remarks>
/// Names that JavaScript objects inherit (constructor, toString) do not occur: there both sides differ by design.
/// </remarks>
internal sealed class LogicMaker(Random random)
{
    private const int Many = 4;

    private static readonly string[] Names = ["a", "b", "c", "d", "0", "1", "x y", "é", ""];

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "2", "3", "7", "10", "100", "0.1", "0.2", "1.5", "-2.5", "1e21", "1e-7", "123456789012345680000", "5e-324", "1e308", "9007199254740993", "1E400",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "0", "1", "-1", "01", "1.0", "1.5", " 12 ", "0x1F", "0X", "0b11", "0o17", "-0x10", "1e3", "1e", ".5", "5.", ".", "+5", "--5", "12abc", "abc", "ab", "b", "a,b", "1,2",
        "Infinity", "-Infinity", "+Infinity", "Infinityx", "NaN", "true", "false", "null", "[object Object]", "é😀x", "\u00a05\ufeff", "\u00855", "1_0", "99999999999999999999", "0x1fffffffffffff9",
        "0x20000000000001800000000000001", "1e400", "-1e-400", "\n7\t", "A", "a.b", "v1.2.3",
    ];

    private static readonly string[] Paths =
        ["a", "b", "c", "d", "a.b", "a.b.c", "b.0", "c.1.a", "0", "1", "1.0", "0.a", "length", "a.length", "b.length", "", "a.", ".a", "a..b", "01", "é", "x y", "d.0.0", "-1"];

    // Operator, least and most arguments.
    private static readonly (string Name, int Least, int Most)[] Plain =
    [
        ("==", 2, 2), ("!=", 2, 2), ("===", 2, 2), ("!==", 2, 2), ("<", 2, 3), ("<=", 2, 3), (">", 2, 2), (">=", 2, 2), ("!", 1, 1), ("!!", 1, 1), ("and", 1, Many), ("or", 1, Many),
        ("if", 0, 6), ("?:", 3, 3), ("+", 0, Many), ("*", 1, Many), ("-", 1, 2), ("/", 2, 2), ("%", 2, 2), ("min", 1, Many), ("max", 1, Many), ("cat", 0, Many), ("substr", 2, 3),
        ("in", 2, 2), ("merge", 0, Many), ("log", 1, 1),
    ];

    private static readonly string[] Loops = ["map", "filter", "all", "none", "some"];

    public JsonValue Expression(int depth) => depth <= 0 ? Leaf() : random.Next(20) switch
    {
        0 => Leaf(),
        1 => new JsonArray(Several(random.Next(4), depth - 1)),
        2 or 3 or 4 => Variable(depth - 1),
        5 => Missing(depth - 1),
        6 or 7 => Call(Loops[random.Next(Loops.Length)], [Source(depth - 1), Expression(depth - 1)]),
        8 => Reduce(depth - 1),
        9 => In(depth - 1),
        _ => Plainly(depth - 1),
    };

    public JsonValue Data(int depth) => random.Next(depth > 0 ? 6 : 2) switch
    {
        2 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Data(depth - 1))]),
        3 or 4 or 5 => Members(random.Next(6), depth),
        _ => Scalar(),
    };

    private JsonObject Members(int count, int depth)
    {
        var members = JsonObject.Empty;
        for (var i = 0; i < count; i++)
            members = members.With(Names[random.Next(Names.Length)], Data(depth - 1));
        return members;
    }

    private JsonValue Scalar() => random.Next(8) switch
    {
        0 => JsonNull.Instance,
        1 => JsonBoolean.Of(random.Next(2) == 0),
        2 or 3 or 4 => Number(),
        _ => new JsonString(Texts[random.Next(Texts.Length)]),
    };

    private JsonNumber Number() => JsonNumber.TryParse(Numbers[random.Next(Numbers.Length)], out var number) ? number : throw new InvalidOperationException("not a number");

    private JsonValue Leaf() => random.Next(12) switch
    {
        0 => JsonArray.Empty,
        1 => new JsonArray([Scalar(), Scalar()]),
        2 => JsonObject.Empty,
        3 => JsonObject.Empty.With("a", Scalar()).With("b", Scalar()),
        4 or 5 or 6 => Variable(0),
        _ => Scalar(),
    };

    private JsonValue Path() => random.Next(10) switch
    {
        0 => JsonNull.Instance,
        1 => JsonNumber.Of(random.Next(3)),
        _ => new JsonString(Paths[random.Next(Paths.Length)]),
    };

    private JsonObject Variable(int depth) => random.Next(8) switch
    {
        0 => Call("var", []),
        1 => Call("var", [Path(), Expression(depth)]),
        2 when depth > 0 => Call("var", [Expression(depth)]),
        3 => Call("var", [Path()]),
        _ => JsonObject.Empty.With("var", Path()),
    };

    private JsonObject Missing(int depth)
    {
        JsonValue keys = random.Next(3) == 0 ? Expression(depth) : new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Path())]);
        return random.Next(2) == 0 ? JsonObject.Empty.With("missing", keys) : Call("missing_some", [random.Next(4) == 0 ? Expression(depth) : JsonNumber.Of(random.Next(3)), keys]);
    }

    private JsonObject Reduce(int depth)
    {
        // Bodies that know their scope; now and then one that does not.
        JsonValue body = random.Next(3) switch
        {
            0 => Expression(depth),
            1 => Call(random.Next(2) == 0 ? "+" : "cat", [Of("accumulator"), Of("current")]),
            _ => new JsonArray([Of("accumulator"), Of(random.Next(3) == 0 ? "" : "current"), Expression(depth - 1)]),
        };
        return random.Next(3) == 0 ? Call("reduce", [Source(depth), body]) : Call("reduce", [Source(depth), body, Expression(depth)]);
    }

    private JsonObject In(int depth) =>
        Call("in", [Expression(depth), random.Next(2) == 0 ? new JsonArray([.. Enumerable.Range(0, random.Next(6)).Select(_ => Scalar())]) : Source(depth)]);

    private JsonValue Source(int depth) => random.Next(3) switch
    {
        0 => new JsonArray(Several(random.Next(4), depth - 1)),
        1 => Of(Paths[random.Next(4)]),
        _ => Expression(depth),
    };

    private JsonObject Plainly(int depth)
    {
        var (name, least, most) = Plain[random.Next(Plain.Length)];
        var count = random.Next(least, most + 1);
        // A single argument may stand without its array, unless it is one.
        if (count == 1 && random.Next(2) == 0 && Expression(depth) is var only and not JsonArray)
            return JsonObject.Empty.With(name, only);
        return Call(name, Several(count, depth));
    }

    private ImmutableArray<JsonValue> Several(int count, int depth) => [.. Enumerable.Range(0, count).Select(_ => Expression(depth))];

    private static JsonObject Of(string path) => JsonObject.Empty.With("var", new JsonString(path));

    private static JsonObject Call(string name, ImmutableArray<JsonValue> arguments) => JsonObject.Empty.With(name, new JsonArray(arguments));
}

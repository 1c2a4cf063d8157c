using System.Globalization;

namespace Setpoint.TestKit;

/// <summary>Makes flags and contexts that meet each other, from a seed.</summary>
public sealed class FlagMaker(Random random)
{
    /// <summary>Segments that flags may name: <c>segment-0</c> and so on.</summary>
    public const int Segments = 3;

    private static readonly string[] Variants = ["a", "b", "c"];
    private static readonly string[] Texts = ["DE", "FR", "US", "gold", "free", "ada@example.com", "bob@corp.org", "", "1"];
    private static readonly string[] Versions = ["1.2.0", "1.2.3", "2.0.0", "v2.1", "1", "2.0.0-rc.1", "none"];

    /// <param name="isWhole">True: there is something for every split to hash.</param>
    public string Context(bool isWhole = false)
    {
        var parts = new List<string>();
        if (isWhole || random.Next(8) > 0)
            parts.Add($"\"targetingKey\":\"user-{random.Next(100_000)}\"");
        Maybe("country", () => Quoted(Pick(Texts)));
        Maybe("plan", () => Quoted(Pick(Texts)));
        Maybe("email", () => Quoted(Pick(Texts)));
        Maybe("age", () => random.Next(3) == 0 ? Quoted("30") : random.Next(60).ToString(CultureInfo.InvariantCulture));
        Maybe("version", () => Quoted(Pick(Versions)));
        Maybe("beta", () => Pick("true", "false", "0", "1"));
        Maybe("user", () => $$"""{"name":{{Quoted(Pick(Texts))}},"id":{{random.Next(5)}}}""");
        return $"{{{string.Join(',', parts)}}}";

        void Maybe(string name, Func<string> value)
        {
            if (random.Next(6) > 0 || (isWhole && name == "user"))
                parts.Add($"\"{name}\":{value()}");
        }
    }

    /// <summary>A flag as flagd has it.</summary>
    public string FlagdFlag()
    {
        var targeting = random.Next(8) == 0 ? "" : $",\"targeting\":{Outcome(3)}";
        var missing = random.Next(6) == 0 ? "" : $",\"defaultVariant\":\"{Pick(Variants)}\"";
        return $$"""{"state":"{{(random.Next(12) == 0 ? "DISABLED" : "ENABLED")}}","variants":{"a":"A","b":"B","c":"","true":"yes","false":"no"}{{missing}}{{targeting}}}""";
    }

    /// <summary>A flag in our own words.</summary>
    /// <param name="number">Flags of lower numbers may be depended on.</param>
    public string Flag(int number)
    {
        var parts = new List<string> { """ "variants":{"a":"A","b":"B","c":"C"} """ };
        if (random.Next(4) > 0)
            parts.Add($"\"defaultVariant\":\"{Pick(Variants)}\"");
        if (random.Next(10) == 0)
            parts.Add("\"state\":\"disabled\"");
        if (random.Next(3) > 0)
            parts.Add($"\"rules\":[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Rule()))}]");
        if (random.Next(2) > 0)
        {
            parts.Add($"\"split\":{Split()}");
            if (random.Next(3) == 0)
                parts.Add($$"""  "schedule":{"steps":[{"at":"2026-11-01","percentage":{{random.Next(101)}}},{"at":"2026-12-01","split":{{Split()}}}]} """);
        }

        if (number > 0 && random.Next(4) == 0)
        {
            parts.Add("\"offVariant\":\"c\"");
            parts.Add($$""" "dependencies":[{"flag":"flag-{{random.Next(number)}}"{{(random.Next(2) == 0 ? "" : ",\"variants\":[\"a\",\"b\"]")}}}] """);
        }

        return $"{{{string.Join(',', parts)}}}";
    }

    public string Segment() => $$"""{"when":{{Condition(1)}},"included":["user-1","user-{{random.Next(100_000)}}"]{{(random.Next(2) == 0 ? "" : ",\"excluded\":[\"user-1\"]")}}}""";

    public string Condition(int depth, bool withSegments = false) => random.Next(depth > 0 ? 14 : 10) switch
    {
        0 => $$"""{"==":[{"var":"country"},{{Quoted(Pick(Texts))}}]}""",
        1 => $$"""{"in":[{"var":"plan"},["gold","free",{{Quoted(Pick(Texts))}}]]}""",
        2 => $$"""{"ends_with":[{"var":"email"},"{{Pick("example.com", "org", "")}}"]}""",
        3 => $$"""{"starts_with":[{"var":"email"},"{{Pick("ada", "b", "")}}"]}""",
        4 => $$"""{"{{Pick("<", "<=", ">", ">=")}}":[{"var":"age"},{{random.Next(60)}}]}""",
        5 => $$"""{"sem_ver":[{"var":"version"},"{{Pick("=", "!=", "<", "<=", ">", ">=", "~", "^")}}","{{Pick("1.2.0", "2.0.0", "1")}}"]}""",
        6 => withSegments ? $$"""{"segment":"segment-{{random.Next(Segments)}}"}""" : """{"var":"beta"}""",
        7 => """{"===":[{"var":"user.name"},"gold"]}""",
        8 => $$"""{"<":[{"var":"$flagd.timestamp"},{{random.Next(1_700_000_000, 1_900_000_000)}}]}""",
        9 => $$"""{"!=":[{"var":["country","DE"]},{"var":"plan"}]}""",
        10 => $$"""{"!":{{Condition(depth - 1, withSegments)}}}""",
        11 or 12 => $$"""{"and":[{{Condition(depth - 1, withSegments)}},{{Condition(depth - 1, withSegments)}}]}""",
        _ => $$"""{"or":[{{Condition(depth - 1, withSegments)}},{{Condition(depth - 1, withSegments)}}]}""",
    };

    private string Outcome(int depth) => random.Next(depth > 0 ? 9 : 3) switch
    {
        0 => Quoted(Pick(Variants)),
        1 => "null",
        2 => Fractional(depth),
        3 => Condition(1),
        4 => Fractional(depth),
        _ => $$"""{"if":[{{Condition(2)}},{{Outcome(depth - 1)}},{{Condition(1)}},{{Outcome(depth - 1)}}{{(random.Next(2) == 0 ? "" : "," + Outcome(depth - 1))}}]}""",
    };

    private string Fractional(int depth)
    {
        var first = random.Next(4) switch
        {
            0 => """{"cat":[{"var":"$flagd.flagKey"},{"var":"user.name"}]},""",
            1 => """{"var":"email"},""",
            2 => """{"cat":["salt",{"var":"targetingKey"},{"var":"age"}]},""",
            _ => "",
        };
        var buckets = Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(7) switch
        {
            0 => $"[\"{Pick(Variants)}\"]",
            1 when depth > 0 => $$"""[{"if":[{{Condition(0)}},"a","b"]},{{random.Next(50)}}]""",
            2 when depth > 0 => $$"""["b",{"if":[{{Condition(0)}},{{random.Next(50)}},{{random.Next(-5, 5)}}]}]""",
            3 => $"[{Pick("true", "false", "null")},{random.Next(20)}]",
            _ => $"[\"{Pick(Variants)}\",{random.Next(100)}]",
        });
        return $$"""{"fractional":[{{first}}{{string.Join(',', buckets)}}]}""";
    }

    private string Rule() =>
        $$"""{"when":{{Condition(2, withSegments: true)}},"serve":{{(random.Next(2) == 0 ? Quoted(Pick(Variants)) : $$"""{"split":{{Split()}}}""")}}}""";

    private string Split()
    {
        var by = random.Next(4) == 0 ? ",\"by\":\"user.id\"" : "";
        var salt = random.Next(3) == 0 ? ",\"salt\":\"pepper\"" : "";
        var percentage = random.Next(3) == 0 ? "" : $",\"percentage\":{Pick("0", "5", "12.5", "50", "99.999", "100")}";
        return $$"""{"weights":{"b":{{random.Next(3)}},"a":{{random.Next(1, 100)}},"c":{{random.Next(100)}}}{{by}}{{salt}}{{percentage}}}""";
    }

    private string Pick(params ReadOnlySpan<string> from) => from[random.Next(from.Length)];

    private static string Quoted(string text) => $"\"{text}\"";
}

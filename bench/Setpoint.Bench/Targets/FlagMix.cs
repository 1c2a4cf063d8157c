using System.Globalization;
using System.Text.Json.Nodes;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;
using JsonArray = System.Text.Json.Nodes.JsonArray;
using JsonObject = System.Text.Json.Nodes.JsonObject;

namespace Setpoint.Bench.Targets;

/// <summary>
/// Sets of flags as products have them, and users who are told apart by them. Of ten flags three are plain switches, two open for a share of
/// users, two ask for five attributes before that, one asks for the group, one gives three texts and one three objects: 7 of 10
/// answers depend on the user, so that no answer about a whole set can be kept.
/// </summary>
internal static class FlagMix
{
    public const int Users = 1024;
    public const string Environment = "production";

    // A commit holds 10,000 changes and its body 32 MiB; these are 600 KB.
    private const int PerCommit = 1_000;

    private const string Switch = """{"variants":{"on":true,"off":false},"defaultVariant":"on"}""";

    private const string Share = """{"variants":{"on":true,"off":false},"defaultVariant":"off","split":{"percentage":20,"weights":{"on":1}}}""";

    private const string Rules = """
        {"variants":{"on":true,"off":false},"defaultVariant":"off","rules":[{"when":{"and":[
            {"in":[{"var":"country"},["DE","FR","US"]]},
            {"in":[{"var":"plan"},["gold","platinum"]]},
            {"ends_with":[{"var":"email"},"@example.com"]},
            {">=":[{"var":"age"},30]},
            {"sem_ver":[{"var":"version"},">","1.2.0"]}]},
          "serve":{"split":{"percentage":50,"weights":{"on":1}}}}]}
        """;

    private const string Group = """
        {"variants":{"on":true,"off":false},"defaultVariant":"off","rules":[{"when":{"in":[{"var":"userGroup"},["beta-users","staff"]]},"serve":"on"}]}
        """;

    private const string Texts = """{"variants":{"control":"Buy now","short":"Buy","warm":"Make it yours"},"split":{"weights":{"control":50,"short":25,"warm":25}}}""";

    private const string Objects = """
        {"variants":{
            "small":{"pageSize":20,"layout":"list","images":false},
            "large":{"pageSize":50,"layout":"grid","images":true},
            "endless":{"pageSize":0,"layout":"grid","images":true}},
         "split":{"weights":{"small":1,"large":1,"endless":1}}}
        """;

    public static string KeyOf(int flag) => string.Create(CultureInfo.InvariantCulture, $"product_area_{flag % 13}_feature_{flag:0000}");

    /// <summary>The document of a flag, as it is committed.</summary>
    public static string DocumentOf(int flag) => (flag % 10) switch
    {
        0 or 3 or 6 => Switch,
        1 or 7 => Share,
        2 or 8 => Rules,
        4 => Group,
        5 => Texts,
        _ => Objects,
    };

    public static async Task FillAsync(SetpointServer server, string ns, int flags)
    {
        for (var from = 0; from < flags; from += PerCommit)
        {
            var changes = new JsonArray();
            for (var i = from; i < Math.Min(from + PerCommit, flags); i++)
                changes.Add(new JsonObject { ["address"] = $"flag/{ns}/{KeyOf(i)}", ["document"] = JsonNode.Parse(DocumentOf(i)) });
            await server.SendAsync(HttpMethod.Post, "/api/commits", new JsonObject { ["message"] = "bench", ["changes"] = changes }.ToJsonString());
        }
    }

    /// <summary>The same flags compiled here, to compare the server's answers with.</summary>
    public static FlagSet Compile(string ns, int count)
    {
        var kind = new FlagKind();
        var violations = new ViolationList();
        var flags = Enumerable.Range(0, count).Select(i =>
            (Flag)kind.Parse(FlagKind.AddressOf(ns, KeyOf(i)), (Core.Json.JsonObject)JsonReader.Parse(DocumentOf(i)).Value, violations)!).ToList();
        return violations.Count == 0
            ? FlagSet.Compile(new(ns, Environment, [Environment], flags, _ => null))
            : throw new BenchException($"The flags break rules: {violations.ToImmutable()[0].Message}");
    }

    public static string GroupOf(int user) => (user % 4) switch { 0 => "beta-users", 1 => "staff", _ => "customers" };

    public static FlagContext ContextOf(int user) => FlagContext.Of(
        FlagWork.IdOf(user),
        ("userGroup", LogicValue.Of(GroupOf(user))),
        ("region", LogicValue.Of("eu-central")),
        ("country", LogicValue.Of(FlagWork.CountryOf(user))),
        ("plan", LogicValue.Of(FlagWork.PlanOf(user))),
        ("email", LogicValue.Of($"{FlagWork.IdOf(user)}@example.com")),
        ("age", LogicValue.Of(18 + (user % 50))),
        ("version", LogicValue.Of(FlagWork.VersionOf(user))));

    /// <summary><c>POST /api/features/evaluate</c>, with the context as the seeds have it.</summary>
    /// <param name="flag">Null asks for all.</param>
    public static byte[] Evaluate(int user, int? flag, string ns = "global", string path = "/api/features/evaluate")
    {
        var context = new JsonObject
        {
            ["userId"] = FlagWork.IdOf(user),
            ["userGroup"] = GroupOf(user),
            ["region"] = "eu-central",
            ["environment"] = Environment,
            ["customAttributes"] = Attributes(user),
        };
        var body = flag is { } one ? new JsonObject { ["flags"] = new JsonArray(KeyOf(one)), ["context"] = context } : new JsonObject { ["context"] = context };
        return Requests.Write("POST", ns == "global" ? path : $"{path}?namespace={ns}", body.ToJsonString(), SetpointServer.KeyHeader);
    }

    /// <summary>The same question in OFREP's words.</summary>
    /// <param name="flag">Null asks for all.</param>
    /// <param name="tag">What the provider has; null for nothing.</param>
    public static byte[] Ofrep(int user, int? flag, string ns = "global", string? tag = null)
    {
        var context = new JsonObject { ["targetingKey"] = FlagWork.IdOf(user), ["userGroup"] = GroupOf(user), ["region"] = "eu-central" };
        foreach (var (name, value) in Attributes(user))
            context[name] = value!.DeepClone();
        return Requests.Write(
            "POST",
            $"/in/{ns}/{Environment}/ofrep/v1/evaluate/flags{(flag is { } one ? $"/{KeyOf(one)}" : "")}",
            new JsonObject { ["context"] = context }.ToJsonString(),
            tag is null ? [SetpointServer.KeyHeader] : [SetpointServer.KeyHeader, $"If-None-Match: {tag}"]);
    }

    private static JsonObject Attributes(int user) => new()
    {
        ["country"] = FlagWork.CountryOf(user),
        ["plan"] = FlagWork.PlanOf(user),
        ["email"] = $"{FlagWork.IdOf(user)}@example.com",
        ["age"] = 18 + (user % 50),
        ["version"] = FlagWork.VersionOf(user),
    };
}

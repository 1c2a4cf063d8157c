using System.Globalization;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;

namespace Setpoint.Bench.Targets;

/// <summary>
/// The work on which engines of flags are compared: plain = on, no rules; rules = country in 3, plan in 2, e-mail ends with, age >= 18, version > 1.2.0,
/// all true, then 20 % of users by id; variant = three variants 50/25/25. 1,024 users in turn.
/// </summary>
internal static class FlagWork
{
    public const int Users = 1024;
    public const int FlagsInSet = 100;

    public static readonly FlagContextSchema Schema = new("country", "plan", "email", "age", "version");

    private const string Plain = """{"variants":{"on":true,"off":false},"defaultVariant":"on"}""";

    private const string Rules = """
        {"variants":{"on":true,"off":false},"defaultVariant":"off","rules":[{"when":{"and":[
            {"in":[{"var":"country"},["DE","FR","US"]]},
            {"in":[{"var":"plan"},["gold","platinum"]]},
            {"ends_with":[{"var":"email"},"@example.com"]},
            {">=":[{"var":"age"},18]},
            {"sem_ver":[{"var":"version"},">","1.2.0"]}]},
          "serve":{"split":{"percentage":20,"weights":{"on":1}}}}]}
        """;

    private const string Variant = """{"variants":{"a":"red","b":"green","c":"blue"},"split":{"weights":{"a":50,"b":25,"c":25}}}""";

    /// <summary>The three, among others, by key.</summary>
    public static Dictionary<string, string> Documents()
    {
        var documents = new Dictionary<string, string> { ["plain"] = Plain, ["rules"] = Rules, ["variant"] = Variant };
        for (var i = documents.Count; i < FlagsInSet; i++)
            documents[string.Create(CultureInfo.InvariantCulture, $"flag-{i}")] = (i % 3) switch { 0 => Plain, 1 => Rules, _ => Variant };
        return documents;
    }

    public static FlagSet Compile(FlagContextSchema? schema, bool countsUsage)
    {
        var kind = new FlagKind();
        var violations = new Core.Faults.ViolationList();
        var flags = Documents().Select(entry =>
            (Flag)kind.Parse(FlagKind.AddressOf("bench", entry.Key), (JsonObject)JsonReader.Parse(entry.Value).Value, violations)!).ToList();
        return FlagSet.Compile(new("bench", "production", ["production"], flags, _ => null) { Schema = schema, CountsUsage = countsUsage });
    }

    public static string IdOf(int user) => string.Create(CultureInfo.InvariantCulture, $"user-{user}-{user * 7919 % 100_003}");

    public static string VersionOf(int user) => string.Create(CultureInfo.InvariantCulture, $"1.{3 + (user % 5)}.{user % 10}");

    public static string CountryOf(int user) => (user % 3) switch { 0 => "DE", 1 => "FR", _ => "US" };

    public static string PlanOf(int user) => user % 2 == 0 ? "gold" : "platinum";

    public static FlagContext ContextOf(int user) => FlagContext.Of(
        IdOf(user),
        ("country", LogicValue.Of(CountryOf(user))),
        ("plan", LogicValue.Of(PlanOf(user))),
        ("email", LogicValue.Of($"{IdOf(user)}@example.com")),
        ("age", LogicValue.Of(18 + (user % 50))),
        ("version", LogicValue.Of(VersionOf(user))));

    public static TypedFlagContext TypedOf(int user)
    {
        var context = new TypedFlagContext(Schema) { TargetingKey = IdOf(user) };
        context.Set(Schema["country"], CountryOf(user));
        context.Set(Schema["plan"], PlanOf(user));
        context.Set(Schema["email"], $"{IdOf(user)}@example.com");
        context.Set(Schema["age"], 18 + (user % 50));
        context.Set(Schema["version"], VersionOf(user));
        return context;
    }
}

using System.Globalization;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Tests.Ledger;

namespace Setpoint.Core.Tests.Layers;

/// <summary>
/// Commits at random to a few namespaces, environments and users, so that they include, inherit, override and remove each other often.
/// What the Gate refuses is left out; what it takes is also kept as plain documents, for the naive model.
/// </summary>
internal sealed class RandomWorld(Random random)
{
    public static readonly string[] Namespaces = ["global", "mail", "user", "lib", "libs", "base-lib"];
    public static readonly string[] Environments = ["production", "production-eu", "staging", "dev"];
    public static readonly string?[] Users = [null, "ann", "bob"];

    private static readonly string[] Keys = ["a", "b", "c", "port"];

    private readonly Dictionary<string, JsonObject> _documents = new(StringComparer.Ordinal);

    public TestLedger Ledger { get; } = new();

    /// <summary>What exists, by address.</summary>
    public IReadOnlyDictionary<string, JsonObject> Documents => _documents;

    /// <summary>Every context of every namespace that exists now, each user with the arms that they fall into.</summary>
    public IEnumerable<(string Namespace, ResolveContext Context)> Contexts()
    {
        string?[] environments = [null, .. Environments.Where(name => _documents.ContainsKey($"environment/{name}"))];
        return from ns in Namespaces
               where _documents.ContainsKey($"namespace/{ns}")
               from environment in environments
               from user in Users
               select (ns, new ResolveContext(environment, user) { Arms = ArmsOf(ns, environment, user) });
    }

    private ArmChoice? ArmsOf(string ns, string? environment, string? user) =>
        environment is null || user is null ? null : ArmSet.Of(Ledger.Snapshot, ns, environment)?.Choose(FlagContext.Of(user));

    /// <summary>One proposal of one to four changes. False if it was refused or changed nothing.</summary>
    public bool Step()
    {
        Ledger.Now += TimeSpan.FromSeconds(random.Next(60));
        var changes = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Change()).DistinctBy(change => change.Address).ToArray();
        var judged = Ledger.Judge([.. changes]);
        if (judged.IsFault)
            return false;
        Ledger.Take(judged);
        foreach (var change in changes)
        {
            // The rule of the design, once more: a configuration for a namespace that does not exist creates it.
            if (change.Body is not null && change.Address.Kind == "config")
                _documents.TryAdd($"namespace/{change.Address.Segments[1]}", JsonObject.Empty);
            if (change.Body is null)
                _documents.Remove(change.Address.Text);
            else
                _documents[change.Address.Text] = change.Body;
        }

        return judged.Value.Commit is not null;
    }

    private ProposedChange Change()
    {
        var removes = random.Next(6) == 0;
        switch (random.Next(15))
        {
            case 0:
                var parent = random.Next(2) == 0 ? null : Pick(Environments);
                return Of($"environment/{Pick(Environments)}", removes ? null : EnvironmentKind.BodyOf(parent, null, random.Next(2) == 0));
            case 1 or 2:
                var includes = new JsonArray([.. Namespaces.Skip(1).Where(_ => random.Next(4) == 0).Select(name => (JsonValue)new JsonString(name))]);
                return Of($"namespace/{Pick(Namespaces)}", removes ? null : new JsonObjectBuilder().Add("kind", "service").Add("includes", includes).Build());
            case 3:
                var end = Ledger.Now + TimeSpan.FromHours(random.Next(1, 48));
                return Of($"config/{Pick(Namespaces)}/runtime/{Pick(Environments)}", removes ? null : ConfigKind.RuntimeBody(Config(2), end));
            case 4 or 5:
                return Of($"config/{Pick(Namespaces)}/user/{Users[random.Next(1, Users.Length)]}", removes ? null : Config(2));
            case 6 or 7 or 8:
                return Of($"config/{Pick(Namespaces)}/base", removes ? null : Config(2));
            case 12 or 13 or 14:
                return Of($"rollout/{Pick(Namespaces)}/{(random.Next(2) == 0 ? "canary" : "test")}", removes ? null : Rollout());
            default:
                return Of($"config/{Pick(Namespaces)}/env/{Pick(Environments)}", removes ? null : Config(2));
        }
    }

    /// <summary>Two arms for both users, or the one of them; whoever it is, is a matter of the salt.</summary>
    private JsonObject Rollout()
    {
        JsonObject Arm() => new JsonObjectBuilder().Add("config", Config(1)).Build();
        var weights = new JsonObjectBuilder().Add("a", 1).Add("b", random.Next(2)).Build();
        var rollout = new JsonObjectBuilder()
            .Add("state", random.Next(4) == 0 ? "stopped" : "running")
            .Add("split", new JsonObjectBuilder().Add("weights", weights).Add("salt", random.Next(100).ToString(CultureInfo.InvariantCulture)).Build())
            .Add("arms", new JsonObjectBuilder().Add("a", Arm()).Add("b", Arm()).Build());
        if (random.Next(2) == 0)
            rollout.Add("environments", JsonArray.OfStrings([Pick(Environments)]));
        return rollout.Build();
    }

    private JsonObject Config(int depth)
    {
        var builder = new JsonObjectBuilder();
        foreach (var key in Keys)
        {
            switch (random.Next(depth > 0 ? 8 : 5))
            {
                case 0:
                    builder.Add(key, random.Next(4));
                    break;
                case 1:
                    builder.Add(key, new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => (JsonValue)JsonNumber.Of(random.Next(3)))]));
                    break;
                case 2:
                    builder.Add(key, random.Next(3) switch
                    {
                        0 => JsonNull.Instance,
                        1 => JsonObject.Empty,
                        _ => new JsonObjectBuilder().Add("$unset", true).Build(),
                    });
                    break;
                case 5 or 6 or 7:
                    builder.Add(key, Config(depth - 1));
                    break;
            }
        }

        return builder.Build();
    }

    private static ProposedChange Of(string address, JsonObject? body) => new(Address.Parse(address), body);

    private string Pick(string[] from) => from[random.Next(from.Length)];
}

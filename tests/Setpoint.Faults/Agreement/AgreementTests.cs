using System.Diagnostics;
using Setpoint.Core.Json;
using Setpoint.Faults.Host;

namespace Setpoint.Faults.Agreement;

/// <summary>
/// Everybody who asks, wherever he asks, gets the same: a crowd of users over three servers with ledgers of their own, the .NET SDK, OpenFeature's
/// SDK in node, and flagd-core on what is exported. Some thousands of users; a million with <c>SETPOINT_AGREEMENT_USERS=1000000</c>.
/// </summary>
public sealed class AgreementTests(ThreeServers servers) : IClassFixture<ThreeServers>
{
    private const int Batch = 200;

    // The provider sends a request for each flag.
    private const int UsersForEachOfTheProvider = 1_000;
    private const int UsersOfTheProviderMin = 40;

    private static readonly int First = Runs.Number("SETPOINT_AGREEMENT_FIRST") ?? 0;
    private static readonly int Count = Runs.Number("SETPOINT_AGREEMENT_USERS") ?? 3_000;

    [Fact]
    public async Task Three_servers_and_the_sdk_give_every_user_the_same_answers()
    {
        var (differences, clock) = (new Differences(Runs.Seed, servers.Flags), Stopwatch.StartNew());
        var sources = servers.Servers.Select((server, i) => new HttpSource(server, $"server {i}", servers.Flags)).ToList();

        await ForAllAsync(Environment.ProcessorCount * 4, async (users, sdk) =>
        {
            for (var i = 0; i < users.Length; i++)
            {
                // Each server speaks either protocol with every other user.
                for (var server = 0; server < sources.Count; server++)
                {
                    var inOfrep = (users[i].Number + server) % 2 == 0;
                    differences.Compare(users[i], sdk[i], sources[server].NameOf(inOfrep), await sources[server].AskAsync(users[i], inOfrep));
                }
            }
        });

        Tell($"{Count} users x {servers.Flags.Length} flags x 3 servers over HTTP", differences, clock);
        differences.ShouldBeNone();
        foreach (var server in servers.Servers)
            await HasSeenAllAsync(server);
    }

    [Fact]
    public async Task Flagd_core_gives_every_user_the_same_answers_to_what_is_exported()
    {
        var (differences, clock) = (new Differences(Runs.Seed, servers.Flags), Stopwatch.StartNew());
        using var first = await FlagdSource.StartAsync(servers.Export);
        using var second = await FlagdSource.StartAsync(servers.Export);
        var idle = System.Threading.Channels.Channel.CreateBounded<FlagdSource>(2);
        await idle.Writer.WriteAsync(first, TestContext.Current.CancellationToken);
        await idle.Writer.WriteAsync(second, TestContext.Current.CancellationToken);
        long apart = 0;

        await ForAllAsync(3, async (users, sdk) =>
        {
            var source = await idle.Reader.ReadAsync(TestContext.Current.CancellationToken);
            var theirs = await source.AskAsync(users);
            await idle.Writer.WriteAsync(source, TestContext.Current.CancellationToken);
            for (var i = 0; i < users.Length; i++)
                Interlocked.Add(ref apart, Compare(differences, users[i], sdk[i], theirs[i]));
        });

        Tell($"{Count} users x {servers.Flags.Length} flags in flagd-core ({apart} answers are not comparable, see docs/formats/flag.md)", differences, clock);
        differences.ShouldBeNone();
        differences.Compared.ShouldBeGreaterThan(apart * 5, "most of them are");
    }

    [Fact]
    public async Task OpenFeature_s_sdk_in_node_gives_a_sample_of_users_the_same_answers()
    {
        var (differences, clock) = (new Differences(Runs.Seed, servers.Flags), Stopwatch.StartNew());
        using var source = await ProviderSource.StartAsync(servers.Servers[2], servers.Flags);
        var sample = Math.Min(Count, Math.Max(UsersOfTheProviderMin, Count / UsersForEachOfTheProvider));

        for (var i = 0; i < sample; i++)
        {
            var user = Users.At(Runs.Seed, First + (int)((long)i * Count / sample));
            differences.Compare(user, ProviderSource.Told(servers.Sdk.Ask(user)), ProviderSource.Name, await source.AskAsync(user));
        }

        Tell($"{sample} users x {servers.Flags.Length} flags by OpenFeature's provider", differences, clock);
        differences.ShouldBeNone();
    }

    /// <summary>And each server has counted the users, within five standard errors.</summary>
    private static async Task HasSeenAllAsync(ServerUnderTest server)
    {
        var withKey = Enumerable.Range(First, Count).Count(number => Users.HasKey(number));
        var seen = (JsonObject)(await server.GetAsync("/api/features/fd-plain/analytics?environment=production")).Json["distinctKeys"]!;
        ((JsonNumber)seen["estimate"]!).ToDouble().ShouldBe(withKey, 2 + (0.08 * withKey));
    }

    /// <summary>Compares what flagd can say. Returns how many answers it cannot.</summary>
    private long Compare(Differences differences, User user, Answer[] sdk, Answer[] theirs)
    {
        theirs.Length.ShouldBe(servers.Flags.Length);
        long apart = 0;
        // What is an error here for want of something to hash is the default variant there, and who depends on it sees another answer.
        var lacksKey = sdk.Any(answer => answer.Error == "TARGETING_KEY_MISSING");
        for (var i = 0; i < theirs.Length; i++)
        {
            var (flag, ours) = (servers.Flags[i], sdk[i]);
            // flagd-core hashes what is not ASCII as no other flagd does.
            if ((flag.Hashes && !(user.IsAscii && flag.Key.All(char.IsAscii))) || ours.Error == "TARGETING_KEY_MISSING" || (lacksKey && flag.Depends))
            {
                apart++;
                continue;
            }

            // flagd has other reasons for what is written in our own words, and none for what our own rules are.
            var isSame = flag.IsImported ? ours == theirs[i] : (ours.Variant, ours.Value) == (theirs[i].Variant, theirs[i].Value);
            if (!isSame)
                differences.Add(user, flag, ours, FlagdSource.Name, theirs[i]);
        }

        differences.Count(theirs.Length - apart);
        return apart;
    }

    private async Task ForAllAsync(int atOnce, Func<User[], Answer[][], Task> ask)
    {
        var sdk = servers.Sdk;
        var parts = Enumerable.Range(0, (Count + Batch - 1) / Batch);
        await Parallel.ForEachAsync(parts, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = TestContext.Current.CancellationToken }, async (part, _) =>
        {
            var begin = part * Batch;
            User[] users = [.. Enumerable.Range(First + begin, Math.Min(Batch, Count - begin)).Select(number => Users.At(Runs.Seed, number))];
            await ask(users, [.. users.Select(sdk.Ask)]);
        });
    }

    private static void Tell(string what, Differences differences, Stopwatch clock) => TestContext.Current.TestOutputHelper!.WriteLine(
        $"{what}: {differences.Compared} answers compared with the SDK's, {differences.Found} differ, {clock.Elapsed.TotalSeconds:0.0} s. Seed {Runs.Seed}, users from {First} on.");
}

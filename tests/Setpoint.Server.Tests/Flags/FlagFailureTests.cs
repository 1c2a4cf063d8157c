using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Setpoint.Core;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Flags;
using Setpoint.Server.Ledger;
using Setpoint.Server.Process;
using Setpoint.Server.Process.Telemetry;
using Setpoint.Server.Tests.Host;
using Setpoint.Storage;

namespace Setpoint.Server.Tests.Flags;

/// <summary>A server whose reading of flags has a bug: the ledger holds what an earlier one let in.</summary>
public sealed class FlagFailureTests
{
    [Fact]
    public async Task A_flag_that_fails_to_compile_is_logged_and_counted_once_and_all_others_work()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/features/broken", Samples.Boolean("broken"));
        await server.PutAsync("/api/features/fine", Samples.Boolean("fine"));
        using var meter = new ServerMeter();
        var log = new Lines();
        var board = new SnapshotBoard(Buggy());
        await CatchUpAsync(board, server);
        var flags = new FlagBoard(board, new FlagMetrics(meter), log);

        var first = flags.Find("global", "production").Value.Set;
        await server.PutAsync("/api/features/other", Samples.Boolean("other"));
        await CatchUpAsync(board, server);
        var set = flags.Find("global", "production").Value.Set;

        set.ShouldNotBeSameAs(first);
        foreach (var (key, error) in new[] { ("broken", FlagError.ParseError), ("fine", FlagError.None), ("other", FlagError.None) })
            set.Evaluate(key, FlagContext.Empty, DateTimeOffset.UnixEpoch).Error.ShouldBe(error, key);
        var line = log.All.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Error);
        line.Text.ShouldContain("flag/global/broken");
        line.Text.ShouldContain("production");
        line.Text.ShouldContain($"version is {server.Board.Current.Flags().Find("global", "broken")!.Version},");
        line.Exception.ShouldBeAssignableTo<SystemException>();
        Figures(meter).ShouldContain("setpoint_flags_compile_failures_total 1\n");
    }

    [Fact]
    public async Task A_bug_that_many_flags_have_is_told_of_a_few_and_counted_for_all()
    {
        await using var server = await RunningServer.StartAsync();
        for (var i = 0; i < 8; i++)
            await server.PutAsync($"/api/features/broken-{i}", Samples.Boolean($"broken-{i}"));
        using var meter = new ServerMeter();
        var log = new Lines();
        var board = new SnapshotBoard(Buggy());
        await CatchUpAsync(board, server);

        new FlagBoard(board, new FlagMetrics(meter), log).Find("global", "production").Value.Set.Count.ShouldBe(8);

        log.All.Count.ShouldBe(6);
        log.All[^1].Text.ShouldStartWith("3 more flags of global could not be compiled for production");
        log.All[^1].Exception.ShouldBeNull();
        Figures(meter).ShouldContain("setpoint_flags_compile_failures_total 8\n");
    }

    private static string Figures(ServerMeter meter)
    {
        var figures = new PrometheusText();
        foreach (var family in meter.Board.Observe())
            figures.Write(family);
        return figures.ToString();
    }

    /// <summary>What is in the ledger is read anew, by a catalog of one's own.</summary>
    private static async Task CatchUpAsync(SnapshotBoard board, RunningServer server)
    {
        var commits = await server.App.Services.GetRequiredService<ILedgerStore>().ReadCommitsAsync(
            board.Current.Revision, limit: 100, address: null, TestContext.Current.CancellationToken);
        foreach (var commit in commits)
            board.Replace(board.Current.Apply(commit));
    }

    private static KindCatalog Buggy() =>
        new([.. StandardCatalog.Default.Kinds.Select(kind => kind is FlagKind flags ? new BuggyFlags(flags) : kind)], StandardCatalog.Default.EffectiveRules.AsSpan());

    /// <summary>Forgets the variants of flags that are called broken.</summary>
    private sealed class BuggyFlags(FlagKind flags) : Kind
    {
        public override string Name => flags.Name;

        public override KindIndex EmptyIndex => flags.EmptyIndex;

        public override object? Parse(Address address, JsonObject body, ViolationList violations)
        {
            var model = flags.Parse(address, body, violations);
            return model is Flag flag && flag.Key.StartsWith("broken", StringComparison.Ordinal) ? flag with { Variants = default } : model;
        }
    }

    private sealed class Lines : ILogger<FlagBoard>
    {
        private readonly ConcurrentQueue<(LogLevel Level, string Text, Exception? Exception)> _lines = new();

        public IReadOnlyList<(LogLevel Level, string Text, Exception? Exception)> All => [.. _lines];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue((logLevel, formatter(state, exception), exception));
    }
}

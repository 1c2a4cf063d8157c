using System.Collections.Concurrent;
using System.Text;
using Setpoint.Client.Flags;
using Setpoint.Client.Hosting;
using Setpoint.Client.Tests.FakeServer;
using Setpoint.Core.Flags;
using Setpoint.TestKit;

namespace Setpoint.Client.Tests.Flags;

/// <summary>Schedules that come to something while a process runs. The clock of these tests begins at noon of 2026-11-20.</summary>
public sealed class FlagClockTests : FlagTest
{
    private const string Starts = """{"variants":{"on":true},"defaultVariant":"on","schedule":{"start":"2026-11-20T12:10:00Z","end":"2026-11-20T13:00:00Z"}}""";
    private const string Steps = """{"variants":{"on":true,"off":false},"defaultVariant":"off","split":{"weights":{"on":1},"percentage":0},"schedule":{"steps":[{"at":"2026-11-20T12:10:00Z","percentage":100}]}}""";
    private const string Needs = """{"variants":{"on":true,"off":false},"defaultVariant":"on","offVariant":"off","dependencies":[{"flag":"starts"}]}""";

    private readonly ConcurrentQueue<(DateTimeOffset At, long Revision, string Keys)> _told = new();

    [Fact]
    public async Task An_app_is_told_of_a_start_after_it_answers_whether_it_follows_the_server_or_not()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"starts\": {Starts}, \"steps\": {Steps}, \"needs\": {Needs}, \"plain\": {On}");
        foreach (var follow in (SetpointFollow[])[SetpointFollow.None, SetpointFollow.Poll])
        {
            var time = new ManualTime();
            await using var connection = await ConnectWithFlagsAsync(server, options =>
            {
                options.TimeProvider = time;
                options.Follow = follow;
            });
            var flags = connection.Client.Flags;
            var told = new ConcurrentQueue<(string Keys, long Revision, bool Answer)>();
            flags.Changed += (_, args) => told.Enqueue((string.Join(' ', args.Keys), args.Revision, flags.GetBoolean("starts", false)));
            flags.GetBoolean("starts", false).ShouldBeFalse();

            // Ten minutes to the start; the end is fifty minutes after that.
            for (var minute = 0; told.IsEmpty; minute++)
            {
                minute.ShouldBeLessThan(40, "the start is told");
                time.Advance(TimeSpan.FromMinutes(1));
                await time.CalmAsync(() => UnderWay.AnyTo(server.Port));
            }

            told.ShouldHaveSingleItem().ShouldBe(("needs starts steps", 2, true));
        }
    }

    [Fact]
    public async Task Each_moment_is_told_when_it_comes_with_the_flags_that_depend_on_it_and_nothing_before()
    {
        var board = BoardOf($"\"starts\": {Starts}, \"steps\": {Steps}, \"needs\": {Needs}, \"plain\": {On}");
        await using var clock = Run(board, Time);

        await PassAsync(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        _told.ShouldBeEmpty();
        await PassAsync(TimeSpan.FromMilliseconds(2));
        await Soon.BecomesTrueAsync(() => !_told.IsEmpty, "the start and the step are told");
        _told.ShouldHaveSingleItem().ShouldBe((At("12:10"), 2, "needs starts steps"));

        await PassAsync(TimeSpan.FromHours(1));
        await Soon.BecomesTrueAsync(() => _told.Count == 2, "the end is told");
        _told.Last().ShouldBe((At("13:00"), 2, "needs starts"));
        Time.Pending.ShouldBeEmpty("nothing is to come, so nothing waits");
    }

    [Fact]
    public async Task A_schedule_that_arrives_wakes_the_clock_and_one_that_goes_is_not_told()
    {
        var board = BoardOf($"\"plain\": {On}");
        await using var clock = Run(board, Time);
        Time.Pending.ShouldBeEmpty();

        board.Replace(DefinitionsOf($"\"starts\": {Starts}", revision: 3), SetpointOrigin.Server);
        await Soon.BecomesTrueAsync(() => Time.Pending.Count == 1, "the clock waits for the start");
        await PassAsync(TimeSpan.FromMinutes(11));
        await Soon.BecomesTrueAsync(() => !_told.IsEmpty, "the start is told");
        _told.ShouldHaveSingleItem().ShouldBe((At("12:10"), 3, "starts"));

        board.Replace(DefinitionsOf($"\"plain\": {On}", revision: 4), SetpointOrigin.Server);
        await Soon.BecomesTrueAsync(() => Time.Pending.Count == 0, "nothing is to come any more");
        Time.Advance(TimeSpan.FromHours(2));
        _told.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_machine_that_slept_over_a_start_is_told_when_it_wakes_and_one_whose_clock_is_set_back_is_told_too()
    {
        var time = new SettableTime(Time);
        var board = BoardOf($"\"starts\": {Starts}");
        await using var clock = Run(board, time);
        Time.Pending.ShouldHaveSingleItem().ShouldBe(TimeSpan.FromMinutes(1), "timers stand still while a machine sleeps");

        time.Ahead = TimeSpan.FromMinutes(30);
        await PassAsync(TimeSpan.FromMinutes(1));
        await Soon.BecomesTrueAsync(() => !_told.IsEmpty, "the start is told");
        _told.ShouldHaveSingleItem().Keys.ShouldBe("starts");

        time.Ahead = TimeSpan.Zero;
        await PassAsync(TimeSpan.FromMinutes(1));
        await Soon.BecomesTrueAsync(() => _told.Count == 2, "the flag is off again, and that is told");
        _told.Last().At.ShouldBe(At("12:02"));

        await PassAsync(TimeSpan.FromMinutes(9));
        await Soon.BecomesTrueAsync(() => _told.Count == 3, "it starts in earnest");
        _told.Last().At.ShouldBe(At("12:10"));
    }

    private RunningClock Run(FlagBoard board, TimeProvider time) =>
        new(new FlagClock(board, time, args => _told.Enqueue((ToSecond(time.GetUtcNow()), args.Revision, string.Join(' ', args.Keys)))));

    /// <summary>Lets time pass from one timer to the next: each has been begun before the time goes on.</summary>
    private async Task PassAsync(TimeSpan by)
    {
        var until = Time.Elapsed + by;
        while (Time.Pending is [var next, ..] && Time.Elapsed + next <= until)
        {
            var told = _told.Count;
            Time.Advance(next);
            await Soon.BecomesTrueAsync(() => Time.Pending.Count > 0 || _told.Count > told, "the clock goes on");
        }

        Time.Advance(until - Time.Elapsed);
    }

    // A timer fires up to a millisecond after its moment.
    private static DateTimeOffset ToSecond(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-11-20T{time}Z", System.Globalization.CultureInfo.InvariantCulture);

    private static FlagBoard BoardOf(string flags)
    {
        var board = new FlagBoard(new SetpointFlagSettings
        {
            Namespaces = [Own],
            Environment = "production",
            Defaults = FlagContext.Empty,
            Schema = null,
            ReportsExposures = false,
            CountsTargetingKeys = false,
            ExposureInterval = TimeSpan.FromSeconds(10),
        });
        board.Replace(DefinitionsOf(flags, revision: 2), SetpointOrigin.Server);
        return board;
    }

    private static FlagDefinitions DefinitionsOf(string flags, long revision)
    {
        using var document = System.Text.Json.JsonDocument.Parse("{" + flags + "}");
        var listed = document.RootElement.EnumerateObject().Select(flag => $$"""{"key":"{{flag.Name}}","document":{{flag.Value.GetRawText()}}}""");
        var text = $$"""{"namespace":"{{Own}}","environment":"production","version":{{revision}},"chain":["production"],"flags":[{{string.Join(',', listed)}}],"segments":[]}""";
        return FlagDefinitions.Of(revision, revision, etag: null, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A clock on the wall that is set, while timers count what passes.</summary>
    private sealed class SettableTime(ManualTime timers) : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => timers.GetUtcNow() + Ahead;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => timers.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class RunningClock : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public RunningClock(FlagClock clock) => _running = clock.RunAsync(_stop.Token);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _stop.Dispose();
        }
    }
}

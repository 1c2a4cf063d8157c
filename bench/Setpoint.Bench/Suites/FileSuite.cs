using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Targets;

namespace Setpoint.Bench.Suites;

/// <summary>P11: from saving a file to the typed value in a running app: ours through the server, the platform's own file reload beside it.</summary>
internal static class FileSuite
{
    private const string Service = "file-bench";
    private static readonly TimeSpan SeenMax = TimeSpan.FromSeconds(10);

    /// <summary>How editors and deployments save.</summary>
    private enum Saving
    {
        Rename,
        InPlace,
    }

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("file", "File saved to typed value in the app: P11");
        var table = report.Table(
            "Milliseconds from just before the file is saved to IOptionsMonitor<T> showing it",
            "file", "saved by", "target", "p50", "p99", "min..max", "x .NET", "torn values");
        foreach (var (name, bytes) in ((string, int)[])[("2 KB", 2 * 1024), ("976 KiB", 976 * 1024)])
        {
            foreach (var saving in Enum.GetValues<Saving>())
                await MeasureAsync(report, table, options, name, bytes, saving);
        }

        table.Note("The floor notices the change with inotify and reads the file; it parses nothing and binds nothing.")
            .Note(".NET: AddJsonFile(reloadOnChange: true) with its defaults, and Configure<T>.")
            .Note("Setpoint: the server follows the folder (SETPOINT_CONFIG_TREE), commits the change, pushes it; the app has the SDK. A torn value is one whose first and last property are of different saves.");
        return report;
    }

    private static async Task MeasureAsync(
        Report report, Report.Section table, BenchOptions options, string name, int bytes, Saving saving)
    {
        using var folder = new TempFolder("file");
        var tree = folder.File("tree");
        Directory.CreateDirectory(Path.Combine(tree, "services"));
        await File.WriteAllTextAsync(Path.Combine(tree, "global.json"), "{}");
        var followed = Path.Combine(tree, "services", $"{Service}.json");
        var plain = folder.File("appsettings.json");
        var watched = folder.File("watched.json");
        foreach (var file in (string[])[followed, plain, watched])
            await File.WriteAllTextAsync(file, Content(bytes, 0));

        using var floor = new InotifyFloor(watched);
        await using var platform = PlatformApp(plain);
        var more = new Dictionary<string, string> { ["SETPOINT_CONFIG_TREE"] = tree };
        using var server = await SetpointServer.StartAsync(folder.File("data"), more);
        await using var ours = await SdkApp.StartAsync<Watched>(server, Service, "production", folder.File("cache"));

        var targets = new (string Name, string File, Observer Seen, Samples Times)[]
        {
            ("floor: inotify and one read", watched, floor.Seen, new()),
            (".NET reloadOnChange", plain, new Observer(platform.GetRequiredService<IOptionsMonitor<Watched>>()), new()),
            ("Setpoint", followed, new Observer(ours.Services.GetRequiredService<IOptionsMonitor<Watched>>()), new()),
        };
        var saves = options.Choose(60, 12);
        for (var save = 1; save <= saves + 3; save++)
        {
            var content = Content(bytes, save);
            foreach (var (_, file, seen, times) in targets)
            {
                var waiting = seen.Await(save);
                var begin = Stopwatch.GetTimestamp();
                Save(file, content, saving);
                var at = await waiting.WaitAsync(SeenMax);
                if (save > 3)
                    times.Add(Stopwatch.GetElapsedTime(begin, at).TotalMilliseconds);
            }
        }

        var peer = targets[1].Times.Median;
        foreach (var (target, _, seen, times) in targets)
        {
            table.Row(name, saving == Saving.Rename ? "new file, renamed" : "written in place", target, times.Text("0.0"), Number(times.Percentile(99)),
                times.Range("0.0"), Number(times.Median / peer), seen.Torn.ToString(CultureInfo.InvariantCulture));
        }

        var mine = targets[2];
        var what = $"{name}, {(saving == Saving.Rename ? "rename" : "in place")}";
        report.GoalAtMost("P11", $"{what}: p50", mine.Times.Median, 30, " ms");
        if (bytes > 100_000)
            report.GoalAtMost("P11", $"{what}: p99", mine.Times.Percentile(99), 100, " ms");
        report.Goal("P11", $"{what}: no torn value", mine.Seen.Torn.ToString(CultureInfo.InvariantCulture), mine.Seen.Torn == 0);
    }

    private static string Content(int bytes, int save)
    {
        var config = new JsonObject { ["first"] = save };
        foreach (var (name, value) in SampleConfig.OfSize(bytes - 100))
            config[name] = value!.DeepClone();
        config["last"] = save;
        return config.ToJsonString();
    }

    private static void Save(string file, string content, Saving saving)
    {
        if (saving == Saving.InPlace)
        {
            File.WriteAllText(file, content);
            return;
        }

        var temporary = file + ".saving";
        File.WriteAllText(temporary, content);
        File.Move(temporary, file, overwrite: true);
    }

    private static ServiceProvider PlatformApp(string file)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(file, optional: false, reloadOnChange: true).Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).Configure<Watched>(configuration).BuildServiceProvider();
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>What the app reads: the ends of the file.</summary>
    internal sealed class Watched
    {
        public long First { get; set; } = -1;

        public long Last { get; set; } = -1;
    }

    /// <summary>Sees values arrive and when; safe for one awaiting thread and any notifying one.</summary>
    private sealed class Observer
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource<long>? _waiting;
        private long _awaited;

        public Observer()
        {
        }

        public Observer(IOptionsMonitor<Watched> monitor) => monitor.OnChange(value => See(value.First, value.Last));

        public int Torn { get; private set; }

        public Task<long> Await(long save)
        {
            lock (_lock)
            {
                _awaited = save;
                _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return _waiting.Task;
            }
        }

        public void See(long first, long last)
        {
            var now = Stopwatch.GetTimestamp();
            lock (_lock)
            {
                if (first != last)
                    Torn++;
                else if (first == _awaited)
                    _waiting?.TrySetResult(now);
            }
        }
    }

    /// <summary>The least there can be: the kernel says so, the file is read.</summary>
    private sealed class InotifyFloor : IDisposable
    {
        private readonly FileSystemWatcher _watcher;
        private readonly string _file;

        public InotifyFloor(string file)
        {
            _file = file;
            _watcher = new(Path.GetDirectoryName(file)!, Path.GetFileName(file)) { NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName };
            _watcher.Changed += (_, _) => Read();
            _watcher.Renamed += (_, _) => Read();
            _watcher.Created += (_, _) => Read();
            _watcher.EnableRaisingEvents = true;
        }

        public Observer Seen { get; } = new();

        public void Dispose() => _watcher.Dispose();

        private void Read()
        {
            // Half a file has no end yet: another event follows, as the parser of a real watcher would find out.
            var text = File.ReadAllText(_file);
            if (text.EndsWith('}') && text.StartsWith("{\"first\":", StringComparison.Ordinal))
            {
                var first = text.AsSpan(9, text.IndexOf(',', StringComparison.Ordinal) - 9);
                Seen.See(long.Parse(first, CultureInfo.InvariantCulture), long.Parse(first, CultureInfo.InvariantCulture));
            }
        }
    }
}

using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Targets;
using Setpoint.Client;

namespace Setpoint.Bench.Suites;

/// <summary>P13: reads inside an app that has the SDK, beside the platform's in-memory provider, among 10,000 keys.</summary>
internal static class ReadsSuite
{
    private const int Keys = 10_000;
    private const string Service = "reads-bench";
    private const int Asked = 64;

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("reads", "Reads in the app: P13");
        using var folder = new TempFolder("reads");
        using var server = await SetpointServer.StartAsync(folder.File("data"));
        var config = Configuration();
        await server.PutConfigAsync(Service, environment: null, config);
        await using var app = await SdkApp.StartAsync<Settings>(server, Service, environment: null, folder.File("cache"));

        var flat = Flatten(config);
        using var platformHost = PlatformApp(flat);
        var platform = platformHost.Services;
        var memory = platform.GetRequiredService<IConfiguration>();
        var keys = flat.Keys.Where((_, i) => i % (flat.Count / Asked) == 0).Take(Asked).ToArray();
        var deep = flat.Keys.Where(key => key.Count(c => c == ':') == 4).Take(Asked).ToArray();
        if (deep.Length != Asked || keys.Length != Asked)
            throw new BenchException("The sample has too few keys.");

        var ours = app.Services.GetRequiredService<IConfiguration>();
        var client = app.Services.GetRequiredService<ISetpointClient>();
        var handle = client.Handle("limit", 0);
        var theirMonitor = platform.GetRequiredService<IOptionsMonitor<Settings>>();
        var ourMonitor = app.Services.GetRequiredService<IOptionsMonitor<Settings>>();
        var frozen = flat.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var key in (string[])[.. keys, .. deep])
        {
            if (ours[key] != flat[key] || client.Get(key) != flat[key])
                throw new BenchException($"The app reads '{ours[key]}' at {key}, where the server has '{flat[key]}'.");
        }

        var strings = Micro.Measure(
            options.RoundsOr(25, 8),
            Lookup("floor: IConfiguration[key], in-memory provider", keys, key => memory[key]),
            Lookup("Setpoint: IConfiguration[key]", keys, key => ours[key]),
            Lookup("floor: IConfiguration[key], 5 levels", deep, key => memory[key]),
            Lookup("Setpoint: IConfiguration[key], 5 levels", deep, key => ours[key]),
            Lookup("FrozenDictionary, ignoring case, 5 levels", deep, key => frozen[key]),
            Lookup("Setpoint: ISetpointClient.Get(key), 5 levels", deep, client.Get));
        Table(report, string.Create(CultureInfo.InvariantCulture, $"Text by key, among {flat.Count:#,0}"), strings);
        var ratio = strings[1].NanosecondsPerOperation.Min / strings[0].NanosecondsPerOperation.Min;
        report.GoalAtMost("P13", "IConfiguration[key] / in-memory provider", ratio, 1.2);
        report.GoalAtMost("P13", "string key through 5 levels (client)", strings[5].NanosecondsPerOperation.Min, 30, " ns");
        report.GoalAtMost("P13", "its allocation", strings[5].BytesPerOperation, 0, " B");

        var typed = Micro.Measure(
            options.RoundsOr(25, 8),
            new("floor: IOptionsMonitor<T>.CurrentValue.Member", Sum(() => theirMonitor.CurrentValue.Limit)),
            new("with Setpoint: IOptionsMonitor<T>.CurrentValue.Member", Sum(() => ourMonitor.CurrentValue.Limit)),
            new("Setpoint: handle.Value", count =>
            {
                long sum = 0;
                for (var i = 0; i < count; i++)
                    sum += handle.Value;
                return sum;
            }),
            new("floor: IConfiguration.GetValue<int>, in-memory provider", Sum(() => memory.GetValue<int>("limit"))),
            new("Setpoint: ISetpointClient.GetValue<int>", Sum(() => client.GetValue("limit", 0))));
        Table(report, "Typed values", typed);
        report.GoalAtMost("P13", "bound handle", typed[2].NanosecondsPerOperation.Min, 5, " ns");
        return report;
    }

    /// <summary>The same app, with the platform's in-memory provider in the place of the SDK.</summary>
    private static IHost PlatformApp(IEnumerable<KeyValuePair<string, string?>> values)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(values);
        builder.Services.Configure<Settings>(builder.Configuration);
        return builder.Build();
    }

    private static void Table(Report report, string heading, IReadOnlyList<Micro.Result> results)
    {
        var table = report.Table(heading, Micro.Columns);
        var floor = results[0];
        foreach (var result in results)
        {
            if (result.Name.StartsWith("floor", StringComparison.Ordinal))
                floor = result;
            table.Row(result.Row(floor));
        }
    }

    private static Micro.Case Lookup(string name, string[] keys, Func<string, string?> read) => new(name, count =>
    {
        long sum = 0;
        for (var i = 0; i < count; i++)
            sum += read(keys[i % Asked])!.Length;
        return sum;
    });

    private static Func<int, long> Sum(Func<long> read) => count =>
    {
        long sum = 0;
        for (var i = 0; i < count; i++)
            sum += read();
        return sum;
    };

    /// <summary>Half of the keys two levels deep, half five, and one number to bind.</summary>
    private static JsonObject Configuration()
    {
        var config = SampleConfig.OfKeys(Keys / 2);
        config["limit"] = 42;
        for (var i = 0; i < Keys / 20; i++)
        {
            var leaves = new JsonObject();
            for (var leaf = 0; leaf < 10; leaf++)
                leaves[$"setting{leaf}"] = $"deep-{i}-{leaf}";
            config[$"deep{i}"] = new JsonObject { ["second"] = new JsonObject { ["third"] = new JsonObject { ["fourth"] = leaves } } };
        }

        return config;
    }

    private static Dictionary<string, string?> Flatten(JsonObject config)
    {
        var flat = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Add(config, "");
        return flat;

        void Add(JsonObject section, string prefix)
        {
            foreach (var (name, value) in section)
            {
                if (value is JsonObject nested)
                    Add(nested, $"{prefix}{name}:");
                else
                    flat[prefix + name] = value!.ToString();
            }
        }
    }

    internal sealed class Settings
    {
        public int Limit { get; set; }
    }
}

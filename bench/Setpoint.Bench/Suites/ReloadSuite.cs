using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration.Json;
using Setpoint.Bench.Floors;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Targets;
using Setpoint.Core;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Storage;
using Setpoint.Storage.Sqlite;
using JsonReader = Setpoint.Core.Json.JsonReader;

namespace Setpoint.Bench.Suites;

/// <summary>P10, configuration part: from the store to a snapshot, a large file, and what one changed key costs.</summary>
internal static class ReloadSuite
{
    private const string Production = "production";

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("reload", "Loading and publishing: P10 (configuration part)");
        ParseLarge(report, options);
        foreach (var (namespaces, keys) in ((int, int)[])[(100, 100), (1, 10_000)])
            await LoadAsync(report, options, namespaces, keys);
        Publish(report, options);
        return report;
    }

    private static void ParseLarge(Report report, BenchOptions options)
    {
        var text = Encoding.UTF8.GetBytes(SampleConfig.OfSize(976 * 1024).ToJsonString());
        var cases = new Micro.Case[]
        {
            new("floor: Utf8JsonReader, all tokens skipped", Repeat(() =>
            {
                var reader = new Utf8JsonReader(text);
                long tokens = 0;
                while (reader.Read())
                    tokens++;
                return tokens;
            })),
            new("JsonDocument.Parse", Repeat(() =>
            {
                using var document = JsonDocument.Parse(text);
                return (long)document.RootElement.ValueKind;
            })),
            new(".NET JsonConfigurationProvider.Load", Repeat(() =>
            {
                var provider = new JsonConfigurationProvider(new JsonConfigurationSource());
                provider.Load(new MemoryStream(text));
                return 1;
            })),
            new("Setpoint: strict reading into its tree", Repeat(() => Value(JsonReader.Parse(text, JsonLimits.Document)).GetHashCode())),
        };
        var results = Micro.Measure(options.RoundsOr(25, 8), cases);
        var table = report.Table(string.Create(CultureInfo.InvariantCulture, $"JSON of {text.Length / 1024} KiB"), Micro.Columns);
        foreach (var result in results)
            table.Row(result.Row(results[0]));
        var milliseconds = results[3].NanosecondsPerOperation.Median / 1e6;
        report.GoalAtMost("P10", "1 MB of JSON", milliseconds, 8, " ms");
        var faster = results[2].NanosecondsPerOperation.Median / results[3].NanosecondsPerOperation.Median;
        report.Goal("P10", "JsonConfigurationProvider / ours >= 2", Number(faster), faster >= 2);
    }

    private static async Task LoadAsync(Report report, BenchOptions options, int namespaces, int keys)
    {
        using var folder = new TempFolder("reload");
        await using (var store = Create(folder.Path))
        {
            var head = await store.OpenAsync(CancellationToken.None);
            var (_, commits) = Build(namespaces, keys);
            await store.AppendAsync(commits, [], head, CancellationToken.None);
        }

        using var raw = RawRows(folder, namespaces, keys);
        Samples floor = new(), opened = new(), read = new(), loaded = new(), together = new();
        for (var round = -options.Choose(20, 10); round < options.RoundsOr(30, 10); round++)
        {
            var begin = Stopwatch.GetTimestamp();
            ReadRaw(raw);
            var floorTime = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;

            begin = Stopwatch.GetTimestamp();
            await using var store = Create(folder.Path);
            var head = await store.OpenAsync(CancellationToken.None);
            var openTime = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;

            begin = Stopwatch.GetTimestamp();
            var documents = new List<Document>();
            await foreach (var document in store.ReadCurrentAsync(CancellationToken.None))
                documents.Add(document);
            var readTime = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            var snapshot = Snapshot.Load(StandardCatalog.Default, head.Revision, head.Hash, head.At, documents);
            var loadTime = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            if (snapshot.Configs().Find("load-0")?.Keys != keys)
                throw new BenchException("The store gave back another configuration.");
            if (round < 0)
                continue;
            floor.Add(floorTime);
            opened.Add(openTime);
            read.Add(readTime);
            loaded.Add(loadTime);
            together.Add(openTime + loadTime);
        }

        report.Table(
                string.Create(CultureInfo.InvariantCulture, $"From SQLite to a snapshot: {namespaces} namespaces of {keys:#,0} keys; milliseconds"),
                "step", "median (min..max)", "x floor")
            .Row("floor: SQLite reads the same bodies, each parsed by Utf8JsonReader", floor.TextAndRange("0.0"), "1")
            .Row("Setpoint: open (lock, schema, end of the hash chain)", opened.TextAndRange("0.0"), "")
            .Row("Setpoint: read and parse all documents", read.TextAndRange("0.0"), "")
            .Row("Setpoint: the same and the snapshot of them", loaded.TextAndRange("0.0"), Samples.Ratios(loaded, floor).Text("0.0"))
            .Row("Setpoint: all together", together.TextAndRange("0.0"), "");
        report.GoalAtMost("P10", $"store to snapshot, {namespaces} x {keys} keys", loaded.Median, 15, " ms");
    }

    /// <summary>One key changes: judged, hashed, next snapshot, resolved, rendered. Everything of a commit but the disk and the socket.</summary>
    private static void Publish(Report report, BenchOptions options)
    {
        (int Namespaces, int Keys)[] sizes = [(1, 100), (100, 100), (1_000, 100), (1, 1_000), (1, 10_000)];
        var (whole, judge, resolve, render) = (Steps.Judge | Steps.Resolve | Steps.Render, Steps.Judge, Steps.Resolve, Steps.Render);
        var results = Micro.Measure(
            options.RoundsOr(15, 6),
            [.. sizes.Select(size => PublishCase(size.Namespaces, size.Keys, whole)), .. new[] { judge, resolve, render }.Select(step => PublishCase(1, 10_000, step))]);
        var table = report.Table("One changed key: judge, hash, next snapshot, resolve, render (in memory)", Micro.Columns);
        for (var i = 0; i < sizes.Length; i++)
        {
            table.Row(results[i].Row(results[0]));
            if (sizes[i].Namespaces * sizes[i].Keys >= 10_000)
                report.GoalAtMost("P10", $"one changed key of {results[i].Name}", results[i].NanosecondsPerOperation.Median / 1e6, 1, " ms");
        }

        foreach (var step in results.Skip(sizes.Length))
            table.Row(step.Row(results[0]));
        table.Note("The first row is the floor of this table: the cost of a change must not grow with what it does not touch.");
    }

    [Flags]
    private enum Steps
    {
        Judge = 1,
        Resolve = 2,
        Render = 4,
    }

    private static Micro.Case PublishCase(int namespaces, int keys, Steps steps)
    {
        var (snapshot, _) = Build(namespaces, keys);
        var address = Address.Of(ConfigKind.KindName, "load-0", "base");
        var body = snapshot.Find(address)!.Body!;
        var config = EffectiveConfiguration.Resolve(snapshot, "load-0", ResolveContext.Of(Production)).Config;
        long number = 0;
        var name = string.Create(CultureInfo.InvariantCulture, $"{namespaces:#,0} x {keys:#,0} keys");
        return new(steps == (Steps.Judge | Steps.Resolve | Steps.Render) ? name : $"{name}: {steps} alone", Repeat(() =>
        {
            var after = snapshot;
            if (steps.HasFlag(Steps.Judge))
            {
                var changed = WithOneValue(body, $"changed-{++number}");
                var proposal = new Proposal("bench", "", [], _ => ImmutableArray.Create(new ProposedChange(address, changed)));
                after = Value(Gate.Judge(snapshot, proposal, snapshot.At)).After;
            }

            var effective = steps.HasFlag(Steps.Resolve)
                ? EffectiveConfiguration.Resolve(after, "load-0", ResolveContext.Of(Production)).Config
                : config;
            return steps.HasFlag(Steps.Render) ? JsonWriter.ToUtf8(effective).Length : effective.Count;
        }));
    }

    private static ILedgerStore Create(string folder) => SqliteLedger.Create(new SqliteOptions(folder, TimeProvider.System));

    /// <summary>A snapshot made through the gate, and the commits that made it.</summary>
    private static (Snapshot Snapshot, IReadOnlyList<Commit> Commits) Build(int namespaces, int keys)
    {
        var changes = ImmutableArray.CreateBuilder<ProposedChange>();
        changes.Add(new(Address.Of("environment", Production), JsonObject.Empty));
        for (var i = 0; i < namespaces; i++)
        {
            var body = (JsonObject)Value(JsonReader.Parse(SampleConfig.OfKeys(keys, i).ToJsonString()));
            changes.Add(new(Address.Of(ConfigKind.KindName, $"load-{i}", "base"), body));
        }

        var proposed = changes.ToImmutable();
        var proposal = new Proposal("bench", "", [], _ => proposed);
        var verdict = Value(Gate.Judge(Snapshot.Empty(StandardCatalog.Default), proposal, DateTimeOffset.UnixEpoch.AddYears(50)));
        return (verdict.After, [verdict.Commit!]);
    }

    private static RawSqlite RawRows(TempFolder folder, int namespaces, int keys)
    {
        var database = new RawSqlite(folder.File("floor.db"));
        database.Execute("CREATE TABLE document (address TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID");
        using var insert = database.Prepare("INSERT INTO document VALUES (?, ?)");
        for (var i = 0; i < namespaces; i++)
            insert.Run($"config/load-{i}/base", Encoding.UTF8.GetBytes(SampleConfig.OfKeys(keys, i).ToJsonString()));
        return database;
    }

    private static long ReadRaw(RawSqlite database)
    {
        using var select = database.Prepare("SELECT body FROM document");
        return select.Read(static body =>
        {
            long tokens = 0;
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
                tokens++;
            return tokens;
        });
    }

    private static JsonObject WithOneValue(JsonObject body, string value) =>
        body.With("section0", ((JsonObject)body["section0"]!).With("setting0", new JsonString(value)));

    private static Func<int, long> Repeat(Func<long> once) => count =>
    {
        long sum = 0;
        for (var i = 0; i < count; i++)
            sum += once();
        return sum;
    };

    private static T Value<T>(Result<T> result) => result.TryGet(out var value, out var fault)
        ? value
        : throw new BenchException($"The work was refused: {fault.Message}");

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}

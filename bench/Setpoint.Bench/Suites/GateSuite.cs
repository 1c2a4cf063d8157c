using System.Collections.Immutable;
using System.Globalization;
using Setpoint.Bench.Harness;
using Setpoint.Core;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Bench.Suites;

/// <summary>What the Gate costs where a thousand namespaces have a schema each: it follows what a commit touches.</summary>
internal static class GateSuite
{
    private const int Namespaces = 1_000;
    private static readonly string[] Environments = ["development", "test", "staging", "production", "production-eu"];
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    public static Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("gate", $"The Gate at {Namespaces:#,0} namespaces in {Environments.Length} environments, each with a schema");
        var plain = Build(withSchemas: false);
        var checkedAll = Build(withSchemas: true);
        var results = Micro.Measure(
            options.RoundsOr(15, 5),
            Change("floor: one leaf of global, no schemas", plain, "config/global/base", "level"),
            Change("one leaf of global: every effective configuration is checked", checkedAll, "config/global/base", "level"),
            Change("one leaf of global in production: two environments are", checkedAll, "config/global/env/production", "level"),
            Change("one leaf of a namespace all others include", checkedAll, "config/shared/base", "zone"),
            Change("one leaf of one service: five are", checkedAll, "config/service-7/base", "name"),
            Change("one leaf of one service in one environment: one is", checkedAll, "config/service-7/env/staging", "name"));
        var table = report.Table("One commit, judged in memory", Micro.Columns);
        foreach (var result in results)
            table.Row(result.Row(results[0]));
        table.Note("Nothing is remembered from one round to the next: the changed value is new each time. The clock runs on one core.");
        report.GoalAtMost("issue 3", $"one leaf of global, {Namespaces:#,0} x {Environments.Length}", results[1].NanosecondsPerOperation.Median / 1e6, 150, " ms");
        var ratio = results[4].NanosecondsPerOperation.Median / results[1].NanosecondsPerOperation.Median;
        report.Goal("issue 3", "a commit's cost follows what it touches: one service / global <= 0.05", ratio.ToString("0.0000", CultureInfo.InvariantCulture), ratio <= 0.05);
        return Task.FromResult(report);
    }

    private static Micro.Case Change(string name, Snapshot snapshot, string address, string key)
    {
        var target = Address.Parse(address);
        var body = snapshot.Find(target)!.Body!;
        long number = 0;
        return new(name, count =>
        {
            long sum = 0;
            for (var i = 0; i < count; i++)
            {
                var changed = body.With(key, new JsonString($"value-{++number}"));
                var proposal = new Proposal("bench", "", [], _ => ImmutableArray.Create(new ProposedChange(target, changed)));
                sum += Value(Gate.Judge(snapshot, proposal, Now)).After.Revision;
            }

            return sum;
        });
    }

    private static Snapshot Build(bool withSchemas)
    {
        var changes = ImmutableArray.CreateBuilder<ProposedChange>();
        foreach (var environment in Environments)
            Add(changes, $"environment/{environment}", environment == "production-eu" ? """{"parent":"production"}""" : "{}");
        Add(changes, "config/global/base", """{"level":"info","telemetry":{"endpoint":"http://collector:4317","sample":0.1}}""");
        Add(changes, "config/global/env/production", """{"level":"warn"}""");
        Add(changes, "config/shared/base", """{"zone":"a","cache":{"host":"cache.internal","port":6379}}""");
        for (var i = 0; i < Namespaces; i++)
        {
            Add(changes, $"namespace/service-{i}", """{"includes":["shared"]}""");
            Add(changes, $"config/service-{i}/base", ConfigOf(i));
            foreach (var environment in Environments)
                Add(changes, $"config/service-{i}/env/{environment}", $$$"""{"name":"{{{environment}}}-{{{i}}}","database":{"pool":{"size":{{{10 + (i % 40)}}} } } }""");
        }

        var snapshot = Commit(Snapshot.Empty(StandardCatalog.Default), changes.DrainToImmutable());
        if (!withSchemas)
            return snapshot;
        for (var i = 0; i < Namespaces; i++)
            Add(changes, $"schema/service-{i}", Schema);
        return Commit(snapshot, changes.DrainToImmutable());
    }

    private static string ConfigOf(int i) => $$"""
        {"name":"service-{{i}}","port":{{8000 + i}},"timeout":"PT5S","retries":3,"owner":"team-{{i % 20}}@example.com",
         "database":{"host":"db-{{i % 10}}.internal","port":5432,"pool":{"size":10,"wait":"PT1S"},"tls":true},
         "limits":{"requestsPerSecond":500,"bodyBytes":1048576,"burst":50},
         "features":{"search":true,"export":false,"newCheckout":true,"audit":true},
         "hosts":["a.internal","b.internal","c.internal"],
         "routes":[{"path":"/orders","method":"GET","weight":10},{"path":"/orders","method":"POST","weight":5},{"path":"/health","method":"GET","weight":1}]}
        """;

    private const string Schema = """
        {"schema":{"type":"object","required":["name","port","database","level","zone"],"properties":{
          "name":{"type":"string","minLength":1,"maxLength":64,"pattern":"^[a-z0-9-]+$"},"level":{"type":"string","minLength":1},"zone":{"type":"string"},
          "port":{"type":"integer","minimum":1024,"maximum":65535},"timeout":{"type":"string","format":"duration"},"retries":{"type":"integer","minimum":0,"maximum":10},
          "owner":{"type":"string","format":"email"},
          "database":{"type":"object","required":["host","port"],"additionalProperties":false,"properties":{
            "host":{"type":"string","format":"hostname"},"port":{"type":"integer","minimum":1,"maximum":65535},"tls":{"type":"boolean"},
            "pool":{"type":"object","properties":{"size":{"type":"integer","minimum":1,"maximum":200},"wait":{"type":"string","format":"duration"}}}}},
          "limits":{"type":"object","additionalProperties":{"type":"integer","minimum":1}},
          "features":{"type":"object","additionalProperties":{"type":"boolean"}},
          "hosts":{"type":"array","minItems":1,"uniqueItems":true,"items":{"type":"string","format":"hostname"}},
          "routes":{"type":"array","items":{"type":"object","required":["path","method"],"properties":{
            "path":{"type":"string","pattern":"^/"},"method":{"enum":["GET","POST","PUT","DELETE"]},"weight":{"type":"number","minimum":0}}}},
          "telemetry":{"type":"object"},"cache":{"type":"object"}}}}
        """;

    private static void Add(ImmutableArray<ProposedChange>.Builder changes, string address, string json) =>
        changes.Add(new(Address.Parse(address), (JsonObject)Value(JsonReader.Parse(json))));

    private static Snapshot Commit(Snapshot before, ImmutableArray<ProposedChange> changes) =>
        Value(Gate.Judge(before, new Proposal("bench", "", [], _ => changes), Now)).After;

    private static T Value<T>(Result<T> result) => result.TryGet(out var value, out var fault)
        ? value
        : throw new BenchException(fault is Fault.Invalid invalid ? invalid.Violations[0].Message : fault.Message);
}

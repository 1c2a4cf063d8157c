using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Setpoint.Bench.Harness;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;

namespace Setpoint.Bench.Suites;

/// <summary>Compiled JSONLogic, beside npm json-logic-js on the same rules and data.</summary>
internal static class RulesSuite
{
    private const string Package = "json-logic-js@2.0.5";

    /// <summary>What a targeting rule or a rule over a configuration looks like, and one that loops.</summary>
    private static readonly (string Name, string Rule)[] Rules =
    [
        ("one comparison", """{"==": [{"var": "environment"}, "production"]}"""),
        ("three conditions", """{"and": [{"<": [{"var": "pool.size"}, 100]}, {"in": [{"var": "region"}, ["eu", "us", "ap", "sa"]]}, {"!": {"var": "debug"}}]}"""),
        ("five branches", """
            {"if": [
                {"==": [{"var": "plan"}, "internal"]}, "a",
                {"in": [{"var": "region"}, ["cn", "ru"]]}, "b",
                {">": [{"var": "age"}, 90]}, "c",
                {"and": [{"==": [{"var": "plan"}, "gold"]}, {"<": [{"var": "age"}, 18]}]}, "d",
                {"missing": ["email"]}, "e",
                "f"]}
            """),
        ("text", """{"in": ["@example.com", {"cat": [{"substr": [{"var": "email"}, 2]}, ";"]}]}"""),
        ("sum over 20 services", """
            {"<": [
                {"reduce": [{"var": "services"}, {"+": [{"var": "accumulator"}, {"*": [{"var": "current.pool.size"}, {"var": "current.replicas"}]}]}, 0]},
                {"var": "max_connections"}]}
            """),
    ];

    private static readonly string Data = $$"""
        {"environment": "production", "region": "sa", "debug": false, "plan": "gold", "age": 42, "email": "ada@example.com", "pool": {"size": 20}, "max_connections": 2000,
         "services": [{{string.Join(',', Enumerable.Range(1, 20).Select(i => $$$"""{"pool": {"size": {{{i}}}}, "replicas": 3}"""))}}]}
        """;

    /// <summary>Rounds of 10 ms after half a second of warming up; the least is taken, as for ours.</summary>
    private const string Script = """
        const logic = require('json-logic-js');
        const { rules, data, rounds } = JSON.parse(process.argv[1]);
        let sink = 0;
        const batch = (rule, count) => {
          const start = process.hrtime.bigint();
          for (let i = 0; i < count; i++) if (logic.apply(rule, data)) sink++;
          return Number(process.hrtime.bigint() - start) / count;
        };
        const answer = rules.map(rule => {
          const end = Date.now() + 500;
          let each = 0;
          while (Date.now() < end) each = batch(rule, 1000);
          let least = Infinity;
          for (let i = 0; i < rounds; i++) least = Math.min(least, batch(rule, Math.ceil(1e7 / each)));
          return { answer: JSON.stringify(logic.apply(rule, data)), nanoseconds: least };
        });
        console.log('MEASURED ' + JSON.stringify(answer));
        """;

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("rules", "JSONLogic");
        var data = JsonReader.Parse(Data).Value;
        var theirs = await TheirsAsync(options);
        var table = report.Table(
            "One evaluation of a compiled rule, ns", "rule", "json-logic-js", "over JSON", "bytes", "over a flat context", "bytes", "x json-logic-js (JSON)");
        for (var i = 0; i < Rules.Length; i++)
        {
            var (name, rule) = Rules[i];
            var expression = JsonReader.Parse(rule).Value;
            var overJson = JsonLogic.Compile(expression, LogicOptions.Standard).Value;
            var slots = new LogicSlots();
            var overSlots = JsonLogic.Compile(expression, LogicOptions.Standard with { Slots = slots }).Value;
            LogicValue[] context = [.. slots.Names().Select(path => LogicValue.Of(((JsonObject)data)[path]!))];
            var whole = new ReduceRecord();
            var answer = overJson.Evaluate(data).Value;
            if (overSlots.Evaluate(context, whole).Value != answer || (theirs is not null && theirs[i].Answer != answer.ToString()))
                throw new BenchException($"'{name}' answers {answer}, and {theirs?[i].Answer ?? "otherwise"} elsewhere.");

            var results = Micro.Measure(
                options.RoundsOr(25, 8),
                new("JSON", Truths(() => overJson.Evaluate(data).Value.IsTruthy)),
                new("flat", Truths(() => overSlots.Evaluate(context, whole).Value.IsTruthy)));
            var json = results[0].NanosecondsPerOperation.Min;
            table.Row(
                name,
                theirs is null ? "-" : Number(theirs[i].Nanoseconds),
                Number(json),
                Number(results[0].BytesPerOperation),
                Number(results[1].NanosecondsPerOperation.Min),
                Number(results[1].BytesPerOperation),
                theirs is null ? "-" : Number(theirs[i].Nanoseconds / json));
        }

        table.Note("Over JSON: names are looked up and numbers read in the document each time, as json-logic-js has them in JavaScript objects. Over a flat context: attributes have numbers, as for flags.");
        if (theirs is null)
            table.Note("json-logic-js is not measured: node or npm is missing, or the package could not be installed.");
        return report;
    }

    private static Func<int, long> Truths(Func<bool> evaluate) => count =>
    {
        long truths = 0;
        for (var i = 0; i < count; i++)
            truths += evaluate() ? 1 : 0;
        return truths;
    };

    private static async Task<Theirs[]?> TheirsAsync(BenchOptions options)
    {
        using var folder = new TempFolder("rules");
        if (!await InstallAsync(folder.Path))
            return null;
        var input = $$"""{"rules": [{{string.Join(',', Rules.Select(rule => rule.Rule))}}], "data": {{Data}}, "rounds": {{options.RoundsOr(25, 8)}}}""";
        using var node = ChildProcess.Start(
            "json-logic-js",
            "node",
            ["-e", Script, input],
            new Dictionary<string, string> { ["NODE_PATH"] = folder.File("node_modules") },
            readyPrefix: "MEASURED ");
        var measured = await node.ReadyAsync(TimeSpan.FromMinutes(1));
        return JsonSerializer.Deserialize<Theirs[]>(measured, JsonSerializerOptions.Web);
    }

    private static async Task<bool> InstallAsync(string folder)
    {
        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--silent", Package])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            await npm.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            return npm.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Number(double value) => value.ToString(value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    private sealed record Theirs(string Answer, double Nanoseconds);
}

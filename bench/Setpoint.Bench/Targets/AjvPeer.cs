using System.Text.Json;
using System.Text.Json.Nodes;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Targets;

/// <summary>ajv with ajv-formats, installed into a temporary folder and run by node.</summary>
internal static class AjvPeer
{
    private const string Packages = """{"private":true,"type":"commonjs","dependencies":{"ajv":"8.20.0","ajv-formats":"3.0.1"}}""";

    // Batches of about 10 ms after a second of warm-up, as Harness/Micro.cs does it.
    private const string Script = """
        const fs = require('fs');
        const Ajv = require('ajv/dist/2020').default;
        const addFormats = require('ajv-formats').default;
        const { schema, document, broken, rounds } = JSON.parse(fs.readFileSync('input.json', 'utf8'));
        let sink = 0;

        function make(all) {
          const ajv = new Ajv({ allErrors: all, strict: false });
          addFormats(ajv);
          return ajv.compile(schema);
        }

        function measure(work) {
          const until = process.hrtime.bigint() + 1000000000n;
          let calls = 0;
          const begin = process.hrtime.bigint();
          while (process.hrtime.bigint() < until) { work(); calls++; }
          const count = Math.max(1, Math.round(1e7 / (Number(process.hrtime.bigint() - begin) / calls)));
          const times = [];
          for (let round = 0; round < rounds; round++) {
            const start = process.hrtime.bigint();
            for (let i = 0; i < count; i++) work();
            times.push(Number(process.hrtime.bigint() - start) / count);
          }
          times.sort((a, b) => a - b);
          return { min: times[0], median: times[times.length >> 1] };
        }

        const first = make(false);
        const all = make(true);
        if (!first(document)) throw new Error('the document is not valid: ' + JSON.stringify(first.errors));
        for (const bad of broken) if (all(bad)) throw new Error('a broken document is accepted');
        const valid = measure(() => { sink += first(document) ? 1 : 0; });
        const copies = Array.from({ length: 256 }, () => JSON.parse(JSON.stringify(document)));
        let turn = 0;
        const fresh = measure(() => { sink += first(copies[turn++ & 255]) ? 1 : 0; });
        const text = JSON.stringify(document, null, 2);
        const read = measure(() => { sink += first(JSON.parse(text)) ? 1 : 0; });
        const invalid = measure(() => { for (const bad of broken) { all(bad); sink += all.errors.length; } });
        const compile = measure(() => { sink += make(false) ? 1 : 0; });
        console.log('RESULT ' + JSON.stringify({ version: require('ajv/package.json').version, valid, fresh, read, invalid, compile, sink }));
        """;

    internal sealed record Figure(double Min, double Median)
    {
        public Figure BetterOf(Figure other) => other.Min < Min ? other : this;
    }

    internal sealed record Result(string Version, Figure Valid, Figure Fresh, Figure Read, Figure Broken, Figure Compile)
    {
        public Result BetterOf(Result other) => new(Version, Valid.BetterOf(other.Valid), Fresh.BetterOf(other.Fresh), Read.BetterOf(other.Read), Broken.BetterOf(other.Broken), Compile.BetterOf(other.Compile));
    }

    public static async Task<Result> MeasureAsync(TempFolder folder, string schema, string document, IEnumerable<string> broken, int rounds)
    {
        var input = new JsonObject
        {
            ["schema"] = JsonNode.Parse(schema),
            ["document"] = JsonNode.Parse(document),
            ["broken"] = new JsonArray([.. broken.Select(text => JsonNode.Parse(text))]),
            ["rounds"] = rounds,
        };
        await File.WriteAllTextAsync(folder.File("input.json"), input.ToJsonString());
        if (!Directory.Exists(folder.File("node_modules")))
        {
            await File.WriteAllTextAsync(folder.File("package.json"), Packages);
            await File.WriteAllTextAsync(folder.File("peer.js"), Script);
            await RunAsync("npm", ["install", "--no-audit", "--no-fund", "--prefix", folder.Path], TimeSpan.FromMinutes(2));
        }

        var lines = await RunAsync("sh", ["-c", "cd \"$0\" && exec node peer.js", folder.Path], TimeSpan.FromMinutes(2));
        var line = lines.FirstOrDefault(text => text.StartsWith("RESULT ", StringComparison.Ordinal)) ?? throw new BenchException($"ajv gave no result: {string.Join('\n', lines)}");
        using var result = JsonDocument.Parse(line["RESULT ".Length..]);
        var root = result.RootElement;
        return new Result(root.GetProperty("version").GetString()!, FigureOf(root, "valid"), FigureOf(root, "fresh"), FigureOf(root, "read"), FigureOf(root, "invalid"), FigureOf(root, "compile"));
    }

    private static Figure FigureOf(JsonElement root, string name)
    {
        var figure = root.GetProperty(name);
        return new(figure.GetProperty("min").GetDouble(), figure.GetProperty("median").GetDouble());
    }

    private static async Task<List<string>> RunAsync(string file, string[] arguments, TimeSpan limit)
    {
        var start = new System.Diagnostics.ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        System.Diagnostics.Process process;
        try
        {
            process = System.Diagnostics.Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new BenchException($"'{file}' cannot be started; this suite needs node 20 with npm.");
        }

        using (process)
        {
            using var timeout = new CancellationTokenSource(limit);
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
                var errors = process.StandardError.ReadToEndAsync(timeout.Token);
                await process.WaitForExitAsync(timeout.Token);
                if (process.ExitCode != 0)
                    throw new BenchException($"{file} failed: {await errors}");
                return [.. (await output).Split('\n')];
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw new BenchException($"{file} did not end within {limit}.");
            }
        }
    }
}

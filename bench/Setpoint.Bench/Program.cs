using System.Diagnostics;
using Setpoint.Bench.Floors;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Suites;

var suites = new Dictionary<string, Func<BenchOptions, Task<Report>>>(StringComparer.Ordinal)
{
    ["http"] = HttpSuite.RunAsync,
    ["push"] = PushSuite.RunAsync,
    ["writes"] = WritesSuite.RunAsync,
    ["start"] = StartSuite.RunAsync,
    ["reload"] = ReloadSuite.RunAsync,
    ["gate"] = GateSuite.RunAsync,
    ["file"] = FileSuite.RunAsync,
    ["reads"] = ReadsSuite.RunAsync,
    ["flags"] = FlagsSuite.RunAsync,
    ["evaluate"] = EvaluateSuite.RunAsync,
    ["mixed"] = MixedSuite.RunAsync,
    ["flagset"] = FlagSetSuite.RunAsync,
    ["rules"] = RulesSuite.RunAsync,
    ["schemas"] = SchemasSuite.RunAsync,
    ["floors"] = FloorsSuite.RunAsync,
};

if (args.Length == 0 || args[0] is "-h" or "--help")
{
    Console.WriteLine($"setpoint-bench {string.Join('|', suites.Keys)}|all [--quick] [--save] [--rounds=N]");
    return args.Length == 0 ? 2 : 0;
}

if (args[0].StartsWith("floor-", StringComparison.Ordinal))
    return await FloorHost.RunAsync(args[0]);

if (args[0] != "all" && !suites.ContainsKey(args[0]))
{
    await Console.Error.WriteLineAsync($"There is no suite '{args[0]}'; there are {string.Join(", ", suites.Keys)} and all.");
    return 2;
}

var failed = 0;
try
{
    var options = BenchOptions.Parse(args.Skip(1));
    foreach (var (name, run) in suites)
    {
        // The floors alone judge nothing: `all` has each of them beside ours.
        if (args[0] == "all" ? name == "floors" : args[0] != name)
            continue;
        var begin = Stopwatch.GetTimestamp();
        Console.WriteLine($"== {name}");
        try
        {
            var report = await run(options);
            var text = report.ToMarkdown(options);
            Console.WriteLine(text);
            if (options.Save)
                await File.WriteAllTextAsync(Path.Combine(Machine.RepositoryRoot(), "bench", "results", $"{report.Name}.md"), text);
        }
        catch (BenchException problem) when (args[0] == "all")
        {
            // The other suites still have something to say; the exit code remembers this one.
            await Console.Error.WriteLineAsync($"{name}: {problem.Message}");
            failed++;
        }

        Console.WriteLine($"({name} took {Stopwatch.GetElapsedTime(begin).TotalSeconds:0} s)\n");
    }
}
catch (BenchException problem)
{
    await Console.Error.WriteLineAsync(problem.Message);
    return 1;
}

return failed == 0 ? 0 : 1;

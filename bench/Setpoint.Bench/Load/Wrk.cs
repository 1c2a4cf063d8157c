using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Load;

/// <summary>wrk: as many requests as the machine does, from the cheapest generator there is.</summary>
internal static partial class Wrk
{
    internal sealed record Result(double PerSecond, double P50, double P99);

    /// <param name="script">What is sent, instead of GETs of the URL; null for those.</param>
    public static async Task<Result> RunAsync(string url, TimeSpan duration, string[] headers, WrkScript? script = null)
    {
        var start = new ProcessStartInfo("wrk")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        string[] arguments = ["-t2", "-c32", $"-d{duration.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)}s", "--latency"];
        string[] scripts = script is null ? [] : ["-s", script.File];
        foreach (var argument in (string[])[.. arguments, .. scripts, .. headers.SelectMany(header => new[] { "-H", header }), url])
            start.ArgumentList.Add(argument);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            throw new BenchException("wrk is not installed: apt-get install wrk.", problem);
        }

        using (process)
        {
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
                throw new BenchException($"wrk saw failures at {url}:\n{output}");
            var rate = RateLine().Match(output);
            if (!rate.Success)
                throw new BenchException($"wrk gave no rate for {url}:\n{output}");
            return new(double.Parse(rate.Groups["rate"].Value, CultureInfo.InvariantCulture), Milliseconds(output, "50%"), Milliseconds(output, "99%"));
        }
    }

    private static double Milliseconds(string output, string percentile)
    {
        var match = Regex.Match(output, $@"^\s+{percentile}\s+(?<value>[\d.]+)(?<unit>us|ms|s)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        var value = double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch { "us" => value / 1000, "ms" => value, _ => value * 1000 };
    }

    [GeneratedRegex(@"^Requests/sec:\s+(?<rate>[\d.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RateLine();
}

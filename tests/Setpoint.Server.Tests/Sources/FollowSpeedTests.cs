using System.Diagnostics;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Sources;

public sealed class FollowSpeedTests
{
    /// <summary>From the return of the write to the snapshot that readers get. The bound is for busy machines; the figure is in the output.</summary>
    [Theory]
    [InlineData("small, in place", 100, false)]
    [InlineData("small, renamed", 100, true)]
    [InlineData("1 MB, renamed", 1_000_000, true)]
    public async Task A_saved_file_is_in_effect_within_milliseconds(string what, int size, bool rename)
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/mail.json", """{"n":-1}""");
        await using var server = await tree.StartServerAsync();
        var pad = size < 1000 ? "\"pad\":0" : string.Join(",", Enumerable.Range(0, size / 50).Select(i => $"\"key{i:D6}\":\"{new string('x', 35)}\""));
        var took = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            var text = $$"""{"n":{{i}},{{pad}}}""";
            var changed = server.Board.Changed;
            if (rename)
                tree.Replace("services/mail.json", text);
            else
                tree.Write("services/mail.json", text);
            var clock = Stopwatch.GetTimestamp();
            await changed.WaitAsync(Eventually.Soon, TestContext.Current.CancellationToken);
            took.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
            server.Layer("config/mail/base").ShouldBe(text);
        }

        took.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: p50 {took[took.Count / 2]:F1} ms, p95 {took[took.Count * 95 / 100]:F1} ms, max {took[^1]:F1} ms");
        took[took.Count / 2].ShouldBeLessThan(500);
    }
}

using System.Text.RegularExpressions;
using Setpoint.Faults.Host;
using Setpoint.TestKit;

namespace Setpoint.Faults.Disk;

/// <summary>
/// A kill does not show what a power loss would: the kernel still writes what it was given. So the system calls themselves are looked at:
/// before each answer to a write leaves, what was written to the log has been synced.
/// </summary>
public sealed partial class SyncOrderTests
{
    private const int Writes = 25;

    [Fact]
    public async Task No_answer_to_a_write_leaves_before_the_log_is_on_the_disk()
    {
        Assert.SkipUnless(Strace.Works(out var reason), reason);
        using var folder = new TempFolder();
        var record = folder.File("calls");
        await using (var server = await ServerUnderTest.StartAsync(folder.File("data"), wrapper: Strace.Record("pwrite64,fdatasync,fsync,sendto,sendmsg,write", record)))
        {
            for (var i = 0; i < Writes; i++)
                (await server.PutAsync("/api/config/ordered", $$$"""{"config":{"i":{{{i}}} } }""")).Succeeded.ShouldBeTrue();
            await server.KillAsync();
        }

        // strace ends after the process that it traces, and writes its last lines then.
        await Eventually.TrueAsync(() => File.ReadLines(record).Any(line => line.Contains("+++ killed by SIGKILL +++", StringComparison.Ordinal)), "the record is whole");
        var unsynced = false;
        var synced = 0;
        var answers = 0;
        var started = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var line in await File.ReadAllLinesAsync(record, TestContext.Current.CancellationToken))
        {
            var process = line.Split(' ', 2)[0];
            if (line.Contains("pwrite64(", StringComparison.Ordinal) && LogFile().IsMatch(line))
            {
                unsynced = true;
            }
            else if (SyncBegun().IsMatch(line) && line.Contains("unfinished", StringComparison.Ordinal))
            {
                started[process] = LogFile().IsMatch(line);
            }
            else if ((SyncBegun().IsMatch(line) && LogFile().IsMatch(line) && line.EndsWith("= 0", StringComparison.Ordinal))
                || (SyncResumed().IsMatch(line) && started.Remove(process, out var isLog) && isLog && line.EndsWith("= 0", StringComparison.Ordinal)))
            {
                if (unsynced)
                    synced++;
                unsynced = false;
            }
            else if (AnswerSent().IsMatch(line))
            {
                unsynced.ShouldBeFalse($"an answer left while the log had unsynced writes: {line}");
                answers++;
            }
        }

        answers.ShouldBeGreaterThanOrEqualTo(Writes, "the answers were not recorded");
        synced.ShouldBeGreaterThanOrEqualTo(Writes, "each of these writes waited for the one before, so each has a sync of its own");
    }

    [GeneratedRegex(@"setpoint\.db-wal", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LogFile();

    [GeneratedRegex(@"\b(fdatasync|fsync)\(", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SyncBegun();

    [GeneratedRegex(@"<\.\.\. (fdatasync|fsync) resumed", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SyncResumed();

    [GeneratedRegex(@"(sendto|sendmsg|write)\(.*HTTP/1\.1 20", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AnswerSent();
}

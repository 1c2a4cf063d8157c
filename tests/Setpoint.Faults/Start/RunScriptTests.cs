using System.Diagnostics;
using Setpoint.Faults.Host;
using Setpoint.TestKit;

namespace Setpoint.Faults.Start;

/// <summary>What run.sh builds and starts, with a stand-in for dotnet that writes down how it was called.</summary>
public sealed class RunScriptTests
{
    private const string Ahead = "/artifacts/publish/Setpoint.Server/release/Setpoint.Server.dll";
    private const string Plain = "/src/Setpoint.Server/bin/Release/net10.0/Setpoint.Server.dll";
    private const string NoCompiler = "error NU1101: Unable to find package microsoft.netcore.app.crossgen2.linux-x64.";

    [Fact]
    public async Task What_is_started_is_compiled_ahead_of_time()
    {
        var run = await RunAsync([]);

        run.ExitCode.ShouldBe(0);
        run.Built.ShouldHaveSingleItem().ShouldStartWith("publish -c Release");
        run.Built[0].ShouldContain("-p:PublishReadyToRun=true");
        run.Started.ShouldBe([ServerProgram.RepoRoot + Ahead]);
        run.MadeDataFolder.ShouldBeTrue();
        run.Errors.ShouldNotContain("run.sh:");
    }

    [Fact]
    public async Task Without_the_compiler_the_plain_build_is_started_and_one_line_says_why()
    {
        var run = await RunAsync([], publish: NoCompiler);

        run.ExitCode.ShouldBe(0);
        run.Started.ShouldBe([ServerProgram.RepoRoot + Plain]);
        var line = run.Errors.Split('\n').Where(line => line.StartsWith("run.sh:", StringComparison.Ordinal)).ShouldHaveSingleItem();
        line.ShouldContain("not compiled ahead of time");
        line.ShouldEndWith(NoCompiler);
    }

    [Fact]
    public async Task Code_that_does_not_compile_starts_nothing_and_shows_the_compiler_s_words()
    {
        var run = await RunAsync([], publish: "error CS1002: ; expected", build: "error CS1002: ; expected");

        run.ExitCode.ShouldBe(1);
        run.Started.ShouldBeEmpty();
        run.Errors.ShouldContain("\nerror CS1002: ; expected\nrun.sh: the build failed");
    }

    [Fact]
    public async Task Plain_asks_for_no_compiler()
    {
        var run = await RunAsync(["--plain"]);

        run.ExitCode.ShouldBe(0);
        run.Built.ShouldHaveSingleItem().ShouldStartWith("build -c Release");
        run.Started.ShouldBe([ServerProgram.RepoRoot + Plain]);
        run.Errors.ShouldNotContain("run.sh:");
    }

    [Theory]
    [InlineData(null, Ahead)]
    [InlineData(NoCompiler, Plain)]
    public async Task Build_prints_the_program_s_path_and_nothing_else_and_starts_nothing(string? publish, string program)
    {
        var run = await RunAsync(["--build"], publish);

        run.ExitCode.ShouldBe(0);
        run.Output.ShouldBe(ServerProgram.RepoRoot + program + "\n");
        run.Started.ShouldBeEmpty();
        run.MadeDataFolder.ShouldBeFalse("only a server has data");
    }

    [Fact]
    public async Task An_option_that_is_not_understood_is_named_and_nothing_is_built()
    {
        var run = await RunAsync(["--plain", "--fast"]);

        run.ExitCode.ShouldBe(2);
        run.Errors.ShouldContain("'--fast'");
        run.Built.ShouldBeEmpty();
        run.Started.ShouldBeEmpty();
    }

    /// <param name="publish">With what `dotnet publish` fails; null if it works.</param>
    /// <param name="build">With what `dotnet build` fails; null if it works.</param>
    private static async Task<Run> RunAsync(string[] arguments, string? publish = null, string? build = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "run.sh is for systems with bash.");
        using var folder = new TempFolder();
        var calls = folder.File("calls");
        await File.WriteAllTextAsync(calls, "", TestContext.Current.CancellationToken);
        var dotnet = folder.File("dotnet");
        await File.WriteAllTextAsync(
            dotnet,
            """
            #!/bin/sh
            case "$1" in
              --list-sdks) echo '10.0.100 [/sdk]'; exit 0 ;;
              publish) failure="$FAKE_PUBLISH" ;;
              build) failure="$FAKE_BUILD" ;;
            esac
            printf '%s\n' "$*" >> "$FAKE_CALLS"
            if [ -n "$failure" ]; then printf '%s\n' 'Determining projects' "$failure"; exit 1; fi

            """,
            TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var start = new ProcessStartInfo("bash", [Path.Combine(ServerProgram.RepoRoot, "run.sh"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = folder.Path + ":" + Environment.GetEnvironmentVariable("PATH");
        start.Environment["FAKE_CALLS"] = calls;
        start.Environment["FAKE_PUBLISH"] = publish ?? "";
        start.Environment["FAKE_BUILD"] = build ?? "";
        // Port 0: nobody is asked whether it is taken, and nobody waits for an answer.
        start.Environment["CONFIG_API_PORT"] = "0";
        start.Environment["SETPOINT_DATA"] = folder.File("data");
        using var script = Process.Start(start)!;
        var output = script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Soon, TestContext.Current.CancellationToken);

        var called = await File.ReadAllLinesAsync(calls, TestContext.Current.CancellationToken);
        return new(
            script.ExitCode,
            await output,
            await errors,
            [.. called.Where(call => !call.EndsWith(".dll", StringComparison.Ordinal))],
            [.. called.Where(call => call.EndsWith(".dll", StringComparison.Ordinal))],
            Directory.Exists(folder.File("data")));
    }

    /// <param name="Built">The arguments of each build.</param>
    /// <param name="Started">The program of each start.</param>
    private sealed record Run(int ExitCode, string Output, string Errors, IReadOnlyList<string> Built, IReadOnlyList<string> Started, bool MadeDataFolder);
}

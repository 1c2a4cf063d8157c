using Setpoint.Server.Access;
using Setpoint.Server.Ledger;
using Setpoint.Storage.Sqlite;

namespace Setpoint.Server.Process;

/// <summary>Start and end of the process: settings, store, key, host; and one clear line for everything that stops the start.</summary>
internal static class ServerProcess
{
    private const int Ok = 0;
    private const int CannotStart = 1;
    private const int BadUsage = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case []:
                break;
            case ["--help" or "-h"]:
                await Console.Out.WriteLineAsync(Usage.Text);
                return Ok;
            case ["restore", var backup]:
                return Restore(backup, replace: false);
            case ["restore", "--replace", var backup]:
                return Restore(backup, replace: true);
            default:
                await Console.Error.WriteLineAsync($"setpoint: '{string.Join(' ', args)}' is not understood.\n\n{Usage.Text}");
                return BadUsage;
        }

        var settings = ServerSettings.Read(Environment.GetEnvironmentVariable, out var problems);
        if (problems.Count > 0)
        {
            foreach (var problem in problems)
                await Console.Error.WriteLineAsync($"setpoint: {problem}");
            return BadUsage;
        }

        try
        {
            await using var app = ServerHost.Build(settings);
            // The store opens on a thread of its own; routes can be mapped meanwhile, and nobody is served before both are done.
            var opening = app.Services.GetRequiredService<LedgerWriter>().OpenAsync(CancellationToken.None);
            ServerHost.Map(app);
            await opening;
            AnnounceKey(app.Services.GetRequiredService<AdminKey>());
            await app.RunAsync();
            return Ok;
        }
        catch (Exception failure) when (StartFailure.Explain(failure, settings) is { } explanation)
        {
            await Console.Error.WriteLineAsync($"setpoint: {explanation}");
            return CannotStart;
        }
    }

    private static void AnnounceKey(AdminKey key)
    {
        // Not a log message: logs are collected, and this is for the person at the terminal.
        if (key.Announced is { } made)
            Console.Error.WriteLine($"setpoint: the admin key is {made} (shown once; kept in {key.Path})");
        else if (key.Path is not null)
            Console.Error.WriteLine($"setpoint: the admin key is in {key.Path}");
    }

    private static int Restore(string backup, bool replace)
    {
        var settings = ServerSettings.Read(Environment.GetEnvironmentVariable, out var problems);
        foreach (var problem in problems)
            Console.Error.WriteLine($"setpoint: {problem}");
        if (problems.Count > 0)
            return BadUsage;
        try
        {
            var restored = SqliteLedger.Restore(backup, settings.DataFolder, replace, CancellationToken.None);
            Console.Out.WriteLine($"{settings.DataFolder} holds revision {restored.Head.Revision} now.");
            if (restored.Replaced is { } old)
                Console.Out.WriteLine($"The ledger that was there is kept in {old}.");
            return Ok;
        }
        catch (Exception failure) when (StartFailure.Explain(failure, settings) is { } explanation)
        {
            Console.Error.WriteLine($"setpoint: {explanation}");
            return CannotStart;
        }
    }
}

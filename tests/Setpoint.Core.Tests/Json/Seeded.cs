using System.Diagnostics;
using System.Globalization;

namespace Setpoint.Core.Tests.Json;

/// <summary>
/// Runs a property for many seeds. A failure names its seed; SETPOINT_SEED replays that one alone, SETPOINT_FUZZ_SECONDS goes on with
/// fresh seeds for that long in each test.
/// </summary>
internal static class Seeded
{
    public static void Run(int rounds, Action<Random> property)
    {
        if (Number("SETPOINT_SEED") is { } replay)
        {
            Round(replay, property);
            return;
        }

        for (var seed = 0; seed < rounds; seed++)
            Round(seed, property);
        if (Number("SETPOINT_FUZZ_SECONDS") is not { } seconds)
            return;
        var clock = Stopwatch.StartNew();
        for (var seed = rounds; clock.Elapsed.TotalSeconds < seconds; seed++)
            Round(seed, property);
    }

    private static void Round(int seed, Action<Random> property)
    {
        try
        {
            property(new Random(seed));
        }
        catch (Exception problem)
        {
            throw new InvalidOperationException($"The property fails for seed {seed} (replay with SETPOINT_SEED={seed}): {problem.Message}", problem);
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

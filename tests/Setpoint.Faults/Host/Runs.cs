using System.Globalization;

namespace Setpoint.Faults.Host;

/// <summary>How long and with which seed these tests run; variables make them longer or repeat one run.</summary>
internal static class Runs
{
    /// <summary>SETPOINT_SEED, else one that is new for each run and printed.</summary>
    public static int Seed { get; } = Number("SETPOINT_SEED") ?? Random.Shared.Next(1_000_000);

    public static int KillCycles => Number("SETPOINT_KILL_CYCLES") ?? 40;

    /// <summary>Tells the seed: with the test's output, whether it passes or not.</summary>
    public static Random NewRandom(string what)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: seed {Seed} (repeat with SETPOINT_SEED={Seed}).");
        return new Random(Seed);
    }

    public static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

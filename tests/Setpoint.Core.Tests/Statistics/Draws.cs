namespace Setpoint.Core.Tests.Statistics;

internal static class Draws
{
    /// <summary>Box and Muller's first half.</summary>
    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Mean 1, skewed as incomes and waiting times are.</summary>
    public static double Exponential(Random random) => -Math.Log(1 - random.NextDouble());

    public static double Conversion(Random random, double rate) => random.NextDouble() < rate ? 1 : 0;
}

namespace Setpoint.Core.Tests.Statistics;

internal static class Close
{
    /// <summary>Apart by no more than this part of the expected value, or by 1e-300.</summary>
    public static void ShouldBeWithin(this double actual, double relative, double expected, string? what = null) =>
        actual.ShouldBe(expected, Math.Max(Math.Abs(expected) * relative, 1e-300), what);
}

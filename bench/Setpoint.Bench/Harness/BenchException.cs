namespace Setpoint.Bench.Harness;

/// <summary>A run that cannot give a figure, and why. A bench never prints a number it did not measure.</summary>
internal sealed class BenchException(string message, Exception? innerException = null) : Exception(message, innerException);

namespace Setpoint.Core.Json;

/// <summary>Bounds of what is read.</summary>
/// <param name="SizeMax">Bytes of text.</param>
/// <param name="DepthMax">Nested arrays and objects; at most <see cref="DepthCeiling"/>.</param>
public readonly record struct JsonLimits(int SizeMax, int DepthMax)
{
    /// <summary>
    /// No reader may be told to go deeper. Everything here walks values by recursion, and 512 levels of it fit a stack of 256 KiB (a
    /// test holds that), a quarter of the smallest that threads get by default.
    /// </summary>
    public const int DepthCeiling = 512;

    /// <summary>A document: 1 MiB of text, 64 levels.</summary>
    public static JsonLimits Document => new(1024 * 1024, 64);
}

namespace Setpoint.Core.Json;

/// <summary>Bounds of what is read.</summary>
/// <param name="SizeMax">Bytes of text.</param>
/// <param name="DepthMax">Nested arrays and objects.</param>
public readonly record struct JsonLimits(int SizeMax, int DepthMax)
{
    /// <summary>A document: 1 MiB of text, 64 levels.</summary>
    public static JsonLimits Document => new(1024 * 1024, 64);
}

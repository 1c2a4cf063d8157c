namespace Setpoint.Core.Flags;

/// <summary>Types of flags as words.</summary>
internal static class FlagTypes
{
    /// <summary>With an article, for a sentence.</summary>
    public static string Describe(FlagType type) => type switch
    {
        FlagType.Boolean => "a boolean",
        FlagType.String => "a string",
        FlagType.Number => "a number",
        FlagType.Object => "an object",
        _ => "of several types",
    };
}

using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Annotations;

/// <summary>What a subschema says of a value without judging it.</summary>
/// <param name="Secret">The value is a secret.</param>
/// <param name="Deprecated">The value is on its way out.</param>
/// <param name="Advice">What to do instead, if the schema says so.</param>
/// <param name="Default">What stands in its place when it is missing; null if nothing does.</param>
/// <param name="Title">What people call it; null if it has no name.</param>
internal sealed record Annotation(bool Secret, bool Deprecated, string? Advice, JsonValue? Default, string? Title)
{
    public static readonly Annotation None = new(Secret: false, Deprecated: false, Advice: null, Default: null, Title: null);

    public bool IsMark => Secret || Deprecated;
}

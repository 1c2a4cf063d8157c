using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>Reads what a subschema says without judging. Honoured beside <c>$ref</c> in every draft: it would be unsafe to lose a <c>secret</c>.</summary>
internal static class AnnotationReader
{
    public static Annotation Read(SubschemaReader reader)
    {
        var secret = reader.Boolean("secret") ?? false;
        var title = (reader.Value("title") as JsonString)?.Value;
        var value = reader.Value("default");
        var (deprecated, advice) = reader.Value("deprecated") switch
        {
            null or JsonBoolean { Value: false } => (false, (string?)null),
            JsonBoolean => (true, null),
            JsonString text => (true, text.Value),
            var other => Refused(reader, other),
        };
        return secret || deprecated || value is not null || title is not null
            ? new Annotation(secret, deprecated, advice, value, title)
            : Annotation.None;
    }

    private static (bool Deprecated, string? Advice) Refused(SubschemaReader reader, JsonValue found)
    {
        reader.RefuseType(reader.PointerTo("deprecated"), "a boolean, or the advice as a string", found);
        return (false, null);
    }
}

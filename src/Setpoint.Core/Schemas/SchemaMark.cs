using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas;

/// <summary>What a schema may say of a value beside whether it is valid.</summary>
public enum SchemaMarkKind
{
    /// <summary>The value is a secret, with all that lies within it (<c>secret: true</c>).</summary>
    Secret,

    /// <summary>The value is on its way out (<c>deprecated: true</c>, or the advice as text).</summary>
    Deprecated,
}

/// <summary>A value in an instance that the schema marks.</summary>
/// <param name="InstancePath">JSON Pointer to the value.</param>
/// <param name="SchemaPath">JSON Pointer to the keyword by the way taken, through <c>$ref</c> where there is one.</param>
/// <param name="Kind">What the schema says of it.</param>
/// <param name="Value">The value itself.</param>
/// <param name="Advice">What to do instead, where <c>deprecated</c> says it.</param>
public sealed record SchemaMark(string InstancePath, string SchemaPath, SchemaMarkKind Kind, JsonValue Value, string? Advice = null);

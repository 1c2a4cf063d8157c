using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Schemas;

/// <summary>Short ways to say schemas in tests.</summary>
internal static class SchemaSamples
{
    public static readonly SchemaOptions Draft7 = SchemaOptions.Default with { Draft = SchemaDraft.Draft7 };
    public static readonly SchemaOptions Formats = SchemaOptions.Default with { AssertFormat = true };

    public static JsonSchema SchemaOf(string text, SchemaOptions? options = null) => SchemaOf(JsonOf(text), options);

    public static JsonSchema SchemaOf(JsonValue schema, SchemaOptions? options = null) =>
        JsonSchema.Compile(schema, options ?? SchemaOptions.Default).TryGet(out var compiled, out var fault)
            ? compiled
            : throw new FormatException($"{fault.Message} {string.Join(' ', (fault as Fault.Invalid)?.Violations.Select(violation => $"{violation.Path}: {violation.Message}") ?? [])}");

    /// <summary>Why the schema is refused.</summary>
    public static IReadOnlyList<Violation> ViolationsOf(string text, SchemaOptions? options = null) =>
        JsonSchema.Compile(JsonOf(text), options ?? SchemaOptions.Default).Fault.ShouldBeOfType<Fault.Invalid>().Violations;

    /// <summary>What is wrong with the instance, which is not valid.</summary>
    public static IReadOnlyList<SchemaError> ErrorsOf(string schema, string instance, SchemaOptions? options = null)
    {
        var verdict = SchemaOf(schema, options).Evaluate(JsonOf(instance));
        verdict.IsValid.ShouldBeFalse();
        verdict.TimedOut.ShouldBeFalse();
        return verdict.Errors;
    }

    public static SchemaError ErrorOf(string schema, string instance, SchemaOptions? options = null) =>
        ErrorsOf(schema, instance, options).ShouldHaveSingleItem();

    public static bool Accepts(string schema, string instance, SchemaOptions? options = null) => SchemaOf(schema, options).IsValid(JsonOf(instance));
}

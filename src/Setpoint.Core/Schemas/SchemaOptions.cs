namespace Setpoint.Core.Schemas;

/// <summary>How a schema is compiled. Immutable.</summary>
public sealed record SchemaOptions
{
    /// <summary>Draft 2020-12, <c>format</c> is not asserted, nothing registered but the metaschemas.</summary>
    public static readonly SchemaOptions Default = new();

    /// <summary>The draft of a schema that has no <c>$schema</c>. Default: 2020-12.</summary>
    public SchemaDraft Draft { get; init; } = SchemaDraft.Draft202012;

    /// <summary>True if a value must have the <c>format</c> that its schema names. Unknown formats are never asserted. Default: false, as the specification asks.</summary>
    public bool AssertFormat { get; init; }

    /// <summary>What a <c>$ref</c> to another document may find. Default: the metaschemas alone.</summary>
    public SchemaRegistry Registry { get; init; } = SchemaRegistry.BuiltIn;
}

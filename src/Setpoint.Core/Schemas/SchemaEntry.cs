using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Schemas;

/// <summary>A namespace's schema in a snapshot. Compiled when it is first needed. Thread-safe.</summary>
public sealed class SchemaEntry
{
    private readonly Lazy<Result<JsonSchema>> _compiled;

    /// <param name="index">Where schemas of other namespaces are found; null for one that does not look for any.</param>
    internal SchemaEntry(Document document, ConfigSchema? content, SchemaIndex.Holder? index)
    {
        Document = document;
        Content = content;
        _compiled = new(() => Compile(index));
    }

    public string Namespace => Document.Address.Segments[1];

    /// <summary>The document, or the tombstone of a removed one.</summary>
    public Document Document { get; }

    /// <summary>Null if it was removed.</summary>
    public ConfigSchema? Content { get; }

    /// <summary>The validator, or every way in which the schema is no schema, with paths into the document.</summary>
    public Result<JsonSchema> Compiled => _compiled.Value;

    /// <summary>What was found valid already.</summary>
    internal ValidMemo Memo { get; } = new();

    private Result<JsonSchema> Compile(SchemaIndex.Holder? index)
    {
        var options = new SchemaOptions
        {
            AssertFormat = true,
            Registry = index?.Registry ?? SchemaRegistry.BuiltIn,
        };
        if (JsonSchema.Compile(Content!.Schema, options).TryGet(out var schema, out var fault))
            return schema;
        return fault is Fault.Invalid invalid
            ? new Fault.Invalid([.. invalid.Violations.Select(violation => violation with { Path = "/schema" + violation.Path, Address = Document.Address })])
            : fault;
    }
}

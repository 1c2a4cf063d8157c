using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Compiling;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas;

/// <summary>A JSON Schema (draft-07 or 2020-12), compiled. Immutable and thread-safe; compile once, use for ever.</summary>
/// <remarks>
/// Bounded: an evaluation takes at most 5,000,000 steps, 1,000 nested schemas and one second of patterns that backtrack, then it is given up
/// (<see cref="SchemaVerdict.TimedOut"/>), whatever the schema is. Numbers are compared exactly. Beside the keywords of its draft a schema may
/// use, anywhere: <c>secret: true</c>, <c>deprecated: true</c> (or the advice as a string), <c>default</c>.
/// </remarks>
public sealed class JsonSchema
{
    private readonly SchemaNode _root;
    private readonly SchemaDefaults? _defaults;

    internal JsonSchema(SchemaNode root, ImmutableArray<string> externalReferences)
    {
        _root = root;
        ExternalReferences = externalReferences;
        _defaults = root.MayDefault ? new SchemaDefaults(root) : null;
    }

    /// <summary>Absolute URIs of the registered documents that this schema refers to, itself or through others, in order. The metaschemas that are built in do not count.</summary>
    public ImmutableArray<string> ExternalReferences { get; }

    /// <summary>True if something in the schema is marked <c>secret</c> or <c>deprecated</c>.</summary>
    public bool HasMarks => _root.MayMark;

    /// <summary>Reads a schema, checks it and links its references.</summary>
    /// <returns>
    /// The schema; <see cref="Fault.Invalid"/> with every violation, whose paths point into the schema; or <see cref="Fault.TooLarge"/> for
    /// more than 100,000 subschemas.
    /// </returns>
    public static Result<JsonSchema> Compile(JsonValue schema, SchemaOptions options)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(options);
        return SchemaCompilation.Run(schema, options);
    }

    /// <summary>True if the instance is valid. Allocates nothing then. False as well where the evaluation was given up.</summary>
    public bool IsValid(JsonValue instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return Check(instance, out _);
    }

    /// <summary>
    /// The verdict with every error, up to <see cref="SchemaVerdict.ErrorsMax"/>. Allocates nothing if the instance is valid.
    /// </summary>
    public SchemaVerdict Evaluate(JsonValue instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        if (Check(instance, out var gaveUp))
            return SchemaVerdict.Valid;
        return gaveUp ? SchemaVerdict.GivenUp : Explain(instance);
    }

    /// <summary>
    /// Adds a mark for each place of the instance that the schema says is secret or deprecated, by whatever branch, valid or not. Where
    /// a schema is built to make this walk endless, the whole instance is marked as secret.
    /// </summary>
    public void FindMarks(JsonValue instance, ICollection<SchemaMark> into)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(into);
        if (HasMarks)
            _root.FindMarks(instance, new MarkWalk(instance, into));
    }

    /// <summary>
    /// The defaults for what is missing in the object, and nothing that it has: lay the object over the result.
    /// </summary>
    /// <remarks>
    /// A missing property with a <c>default</c> gets that value as it is. One without, whose schema has defaults inside (through <c>properties</c>,
    /// <c>$ref</c> and <c>allOf</c>), becomes an object of them if that leaves none of its <c>required</c> properties missing. Objects that
    /// are there are filled in the same way. The result is the same instance while nothing that has a default is there.
    /// </remarks>
    public JsonObject DefaultsFor(JsonObject merged)
    {
        ArgumentNullException.ThrowIfNull(merged);
        return _defaults?.For(merged) ?? JsonObject.Empty;
    }

    private bool Check(JsonValue instance, out bool gaveUp)
    {
        var run = new Run();
        var valid = _root.Check(instance, ref run, Run.NoMarks);
        gaveUp = run.GaveUp;
        run.Dispose();
        return valid && !gaveUp;
    }

    private SchemaVerdict Explain(JsonValue instance)
    {
        var marks = new List<SchemaMark>();
        FindMarks(instance, marks);
        var secrets = marks.Where(mark => mark.Kind == SchemaMarkKind.Secret).Select(mark => mark.InstancePath).ToHashSet(StringComparer.Ordinal);
        var explanation = new Explanation(secrets);
        _root.Explain(instance, explanation);
        explanation.Run.Dispose();

        // Whatever the explanation found before its own budget ended is true, and it is better than nothing.
        return explanation.Count == 0 ? SchemaVerdict.GivenUp : new SchemaVerdict(IsValid: false, explanation.Errors, TimedOut: false);
    }
}

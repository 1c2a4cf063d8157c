using Setpoint.Core.Json;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Validation;

/// <summary>Which values of a configuration a message must not show, by the dotted path that a rule's message names them with.</summary>
internal sealed class SecretPaths(JsonSchema? schema, JsonObject config)
{
    private List<string>? _secret;

    public bool Contains(string path)
    {
        if (schema is not { HasMarks: true })
            return false;
        _secret ??= Find(schema);
        // A value of another namespace or environment has the marks of a schema that is not at hand: it is not shown.
        return path.StartsWith('$') ? path is not ("$namespace" or "$environment")
            : _secret.Exists(secret => path == secret || path.StartsWith(secret + ".", StringComparison.Ordinal));
    }

    private List<string> Find(JsonSchema compiled)
    {
        var marks = new List<SchemaMark>();
        compiled.FindMarks(config, marks);
        return [.. marks.Where(mark => mark.Kind == SchemaMarkKind.Secret).Select(mark => string.Join('.', JsonPointer.Parse(mark.InstancePath).Value.Segments))];
    }
}

namespace Setpoint.Core.Schemas;

/// <summary>The drafts of JSON Schema that a schema may be written in.</summary>
public enum SchemaDraft
{
    /// <summary><c>http://json-schema.org/draft-07/schema#</c></summary>
    Draft7,

    /// <summary><c>https://json-schema.org/draft/2020-12/schema</c></summary>
    Draft202012,
}

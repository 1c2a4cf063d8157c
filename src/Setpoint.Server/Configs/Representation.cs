namespace Setpoint.Server.Configs;

/// <summary>A way to show an effective configuration. Each has its own ETag.</summary>
internal enum Representation
{
    /// <summary>With name, environment, version and ETag around it.</summary>
    Envelope,

    /// <summary>The envelope with the provenance of each leaf.</summary>
    Explain,

    /// <summary>The envelope with the layers instead of their merge.</summary>
    Raw,

    /// <summary>The configuration alone, as JSON.</summary>
    Json,

    /// <summary>The configuration alone, as YAML.</summary>
    Yaml,

    /// <summary>The configuration alone, as Java properties: <c>a.b[0]=1</c>.</summary>
    Properties,

    /// <summary>The configuration alone, as environment variables: <c>A__B__0=1</c>.</summary>
    Env,
}

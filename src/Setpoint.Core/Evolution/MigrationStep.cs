using Setpoint.Core.Json;

namespace Setpoint.Core.Evolution;

/// <summary>One change of shape. Does nothing where its place is absent, since a layer holds only a part of a configuration.</summary>
/// <remarks>Immutable and thread-safe. The cases are in <c>Steps</c>.</remarks>
public abstract class MigrationStep
{
    private protected MigrationStep()
    {
    }

    /// <summary>The name of the operation, as it is written.</summary>
    public abstract string Op { get; }

    /// <summary>The step that takes this one back; null if there is none.</summary>
    internal abstract MigrationStep? Inverse { get; }

    /// <summary>Why there is no <see cref="Inverse"/>, and the way out; null if there is one.</summary>
    internal virtual string? WhyNoInverse => null;

    /// <summary>The layer after the step; the layer itself if it changes nothing. What it cannot do it notes in the run.</summary>
    internal abstract JsonObject Apply(JsonObject layer, MigrationRun run);
}

using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Evolution;

/// <summary>
/// What turns a layer that follows one version of a schema into one that follows another: steps, taken one after another, all or none.
/// Immutable and thread-safe.
/// </summary>
/// <remarks>
/// A migration is applied to each layer alone and not to what they merge into. For <c>rename</c>, <c>move</c> and <c>wrap</c> that comes to
/// the same, but for objects that a <c>move</c> leaves empty, if in no layer
/// 1. something is in the way: the target exists nowhere;
/// 2. a scalar, an array or a removal lies where a <c>move</c> goes through, below the object that both its places share.
/// The inverse gives back exactly the layer before, if
/// 1. <c>move</c> went below no object that was empty: what it leaves empty, the way back takes away;
/// 2. the place of a <c>default</c> was absent, and the object around it was absent too or not empty;
/// 3. the place of a <c>remove</c> held what is restored, and the layer is the base;
/// 4. the values that are converted were of the type <c>from</c>, and those that are mapped were none that only the new version has.
/// </remarks>
public sealed class Migration
{
    /// <summary>As many steps one migration has at most.</summary>
    public const int StepsMax = 1_000;

    internal Migration(int from, int to, ImmutableArray<MigrationStep> steps)
    {
        (From, To, Steps) = (from, to, steps);
        for (var i = 0; i < steps.Length && WhyNoInverse is null; i++)
        {
            if (steps[i].WhyNoInverse is { } why)
                WhyNoInverse = $"{NameOf(i)} cannot be undone: {why}";
        }

        if (WhyNoInverse is null)
            Inverse = new(this);
    }

    private Migration(Migration forward)
    {
        (From, To, Inverse) = (forward.To, forward.From, forward);
        Steps = [.. forward.Steps.Reverse().Select(step => step.Inverse!)];
    }

    /// <summary>The version that a layer has before; 1 or more.</summary>
    public int From { get; }

    /// <summary>The version that it has after; larger than <see cref="From"/>, but in an inverse.</summary>
    public int To { get; }

    public ImmutableArray<MigrationStep> Steps { get; }

    /// <summary>The migration back, whose own inverse is this one; null if a step cannot be undone.</summary>
    public Migration? Inverse { get; }

    /// <summary>Which step cannot be undone and why, as a sentence without its full stop; null if there is an <see cref="Inverse"/>.</summary>
    public string? WhyNoInverse { get; }

    /// <summary>Reads <c>{"from": 1, "to": 2, "steps": [...]}</c>.</summary>
    /// <param name="document">The migration as written.</param>
    /// <param name="address">The document that holds it.</param>
    /// <param name="path">JSON Pointer of the migration in that document, for violations.</param>
    /// <param name="violations">Gets everything that is wrong.</param>
    /// <returns>Null if anything is wrong.</returns>
    public static Migration? Parse(JsonObject document, Address address, string path, ViolationList violations) =>
        new MigrationReader(address, violations).Read(document, path);

    /// <summary>Reads a list of migrations, in which no two lead from the same version to the same.</summary>
    /// <returns>Those that can be read; look at <paramref name="violations"/> before you use them.</returns>
    /// <inheritdoc cref="Parse"/>
    public static ImmutableArray<Migration> ParseAll(JsonArray documents, Address address, string path, ViolationList violations) =>
        new MigrationReader(address, violations).ReadAll(documents, path);

    /// <summary>The layer in the other version; the layer itself if no step touches it. Whatever no step touches is shared with it.</summary>
    /// <param name="layer">One layer's configuration, as it is or effective.</param>
    /// <param name="isBase">True for the one layer that gets what <c>default</c> brings: the lowest of the namespace's own, or the effective
    /// configuration.</param>
    /// <returns><see cref="Fault.Invalid"/> with every place where a step cannot be taken (the first such step ends it), or
    /// <see cref="Fault.TooLarge"/>. The layer never changes.</returns>
    public Result<JsonObject> Apply(JsonObject layer, bool isBase)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (!Apply(layer, new MigrationRun(isBase)).TryGet(out var migrated, out var fault))
            return fault;
        return ReferenceEquals(migrated, layer) ? layer : MigrationRun.Measure(migrated);
    }

    internal Result<JsonObject> Apply(JsonObject layer, MigrationRun run)
    {
        for (var i = 0; i < Steps.Length; i++)
        {
            if (!run.Apply(layer, Steps[i], NameOf(i)).TryGet(out var next, out var fault))
                return fault;
            layer = next;
        }

        return layer;
    }

    /// <summary>The step as messages call it: where it is written, also when it is taken back.</summary>
    private string NameOf(int index) => From < To
        ? $"Step {index} ({Steps[index].Op}) of the migration from version {From} to {To}"
        : $"Undoing step {Steps.Length - 1 - index} ({Inverse!.Steps[Steps.Length - 1 - index].Op}) of the migration from version {To} to {From}";
}

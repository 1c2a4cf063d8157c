using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Server.Sources;

/// <summary>A layer or a schema as its file says it shall be.</summary>
/// <param name="Body">Null: the file is gone, and the document goes with it if a file wrote it last.</param>
/// <param name="Fingerprint">Of <paramref name="Body"/>.</param>
internal sealed record TreeChange(string Path, Address Address, JsonObject? Body, Fingerprint Fingerprint)
{
    private const int NamesShownMax = 10;

    // Two lists of names stay below half of what a commit's message may have.
    private const int NamesLengthMax = 1_000;

    /// <summary>All of them as one proposal. The plan is pure: it looks again at what people have done meanwhile.</summary>
    public static Proposal Propose(IReadOnlyList<TreeChange> changes, string actor) =>
        new(actor, Describe(changes), [], plan => Plan(changes, plan.Before));

    /// <summary>Names the files, never what they hold.</summary>
    public static string Describe(IReadOnlyList<TreeChange> changes)
    {
        var parts = changes.GroupBy(change => change.Body is null).OrderBy(group => group.Key)
            .Select(group => (group.Key ? "removed " : "saved ") + NamesOf([.. group.Select(change => change.Path)]));
        return string.Join("; ", parts);
    }

    public static string NamesOf(IReadOnlyList<string> paths)
    {
        var shown = paths.Take(NamesShownMax).ToList();
        while (shown.Count > 1 && shown.Sum(path => path.Length) > NamesLengthMax)
            shown.RemoveAt(shown.Count - 1);
        var names = string.Join(", ", shown);
        return shown.Count == paths.Count ? names : $"{names} and {paths.Count - shown.Count} more";
    }

    /// <summary>Whether a violation found at this address is this file's doing.</summary>
    public bool IsBehind(Address address) => address.Kind switch
    {
        EnvironmentKind.KindName => IsEnvironment(out var name) && address.Segments[1] == name,
        NamespaceKind.KindName => address.Segments[1] == Address.Segments[1],
        _ => address == Address,
    };

    /// <summary>Whether the file stands for an environment as a whole.</summary>
    private bool IsEnvironment([NotNullWhen(true)] out string? name)
    {
        name = LayerSlot.TryParse(Address, out var slot, out _) && slot is { Namespace: Names.Global, Scope: LayerScope.Environment } ? slot.Key : null;
        return name is not null;
    }

    private static Result<ImmutableArray<ProposedChange>> Plan(IReadOnlyList<TreeChange> changes, Snapshot before)
    {
        var planned = ImmutableArray.CreateBuilder<ProposedChange>(changes.Count);
        foreach (var change in changes)
        {
            if (change.Body is not null)
            {
                planned.Add(new(change.Address, change.Body));
                // A file for an environment makes it. A service's override does not: there, an unknown name is a slip of the pen.
                if (change.IsEnvironment(out var name) && !before.Environments().Contains(name))
                    planned.Add(new(EnvironmentKind.AddressOf(name), EnvironmentKind.BodyOf(null, null, production: name == "production")));
            }
            else if (before.Find(change.Address) is { } current && TreeMemory.IsFile(current.Actor))
            {
                planned.Add(new(change.Address, null));
            }
        }

        return planned.ToImmutable();
    }
}

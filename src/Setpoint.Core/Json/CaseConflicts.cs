using System.Collections.Immutable;

namespace Setpoint.Core.Json;

/// <summary>Two properties of one object whose names differ only in case.</summary>
/// <param name="Path">JSON Pointer of the later one.</param>
/// <param name="OtherPath">JSON Pointer of the earlier one.</param>
public sealed record CaseConflict(string Path, string OtherPath);

/// <summary>
/// Finds names that differ only in case. JSON tells them apart and .NET's configuration does not: its binder fails on them in the
/// process that reads the document, long after whoever wrote it has gone.
/// </summary>
public static class CaseConflicts
{
    /// <summary>All conflicts at any depth, in document order.</summary>
    /// <param name="document">What is looked at.</param>
    /// <param name="before">
    /// A version of it that is known to have none: what it shares with the document is not looked at again, so that one changed value
    /// among ten thousand costs next to nothing.
    /// </param>
    public static ImmutableArray<CaseConflict> Find(JsonObject document, JsonObject? before = null)
    {
        ArgumentNullException.ThrowIfNull(document);
        var found = ImmutableArray.CreateBuilder<CaseConflict>();
        Look(document, before, JsonPointer.Root, found);
        return found.DrainToImmutable();
    }

    private static void Look(JsonValue value, JsonValue? before, JsonPointer path, ImmutableArray<CaseConflict>.Builder found)
    {
        if (ReferenceEquals(value, before))
            return;
        switch (value)
        {
            case JsonObject members:
                if (!members.Names.DifferInMoreThanCase())
                    Report(members, path, found);
                var old = before as JsonObject;
                var sameNames = old?.SharesNamesWith(members) ?? false;
                for (var i = 0; i < members.Count; i++)
                {
                    // Only containers are worth a look at their counterpart.
                    var inner = members.ValueAt(i);
                    if (inner.Kind < JsonKind.Array)
                        continue;
                    var counterpart = sameNames ? old!.ValueAt(i) : old?[members.NameAt(i)];
                    if (!ReferenceEquals(inner, counterpart))
                        Look(inner, counterpart, path.Append(members.NameAt(i)), found);
                }

                break;
            case JsonArray array:
                for (var i = 0; i < array.Items.Length; i++)
                {
                    var inner = array.Items[i];
                    if (inner.Kind >= JsonKind.Array)
                        Look(inner, before is JsonArray items && i < items.Items.Length ? items.Items[i] : null, path.Append(i), found);
                }

                break;
        }
    }

    private static void Report(JsonObject members, JsonPointer path, ImmutableArray<CaseConflict>.Builder found)
    {
        var first = new Dictionary<string, string>(members.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var name in members.Names.AsSpan())
        {
            if (!first.TryAdd(name, name))
                found.Add(new(path.Append(name).ToString(), path.Append(first[name]).ToString()));
        }
    }
}

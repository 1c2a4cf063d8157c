using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Json;

namespace Setpoint.Core.Layers;

/// <summary>
/// The property names of a configuration, found without regard to case. Holds only those that are new against an older version of it,
/// and the way to them.
/// </summary>
internal sealed class NameTree
{
    private readonly Dictionary<string, (string Spelling, bool IsNew, NameTree? Below)> _names = new(StringComparer.OrdinalIgnoreCase);

    private NameTree()
    {
    }

    /// <summary>False if the configuration has no name that the older one has not.</summary>
    public static bool TryMakeOfNew(JsonObject config, JsonObject? older, [NotNullWhen(true)] out NameTree? tree)
    {
        tree = null;
        if (ReferenceEquals(config, older))
            return false;
        for (var i = 0; i < config.Count; i++)
        {
            var name = config.NameAt(i);
            JsonValue? olderValue = null;
            var isNew = older is null || !older.TryGetValue(name, out olderValue);
            NameTree? below = null;
            if (config.ValueAt(i) is JsonObject members)
                TryMakeOfNew(members, olderValue as JsonObject, out below);
            if (isNew || below is not null)
                (tree ??= new())._names[name] = (name, isNew, below);
        }

        return tree is not null;
    }

    /// <summary>Pointers of names here and there that are equal but for case.</summary>
    public IEnumerable<(string Path, string OtherPath)> ConflictsWith(JsonObject other) => ConflictsWith(other, JsonPointer.Root);

    private IEnumerable<(string Path, string OtherPath)> ConflictsWith(JsonObject other, JsonPointer at)
    {
        for (var i = 0; i < other.Count; i++)
        {
            var name = other.NameAt(i);
            if (!_names.TryGetValue(name, out var mine))
                continue;
            if (!string.Equals(mine.Spelling, name, StringComparison.Ordinal))
            {
                if (mine.IsNew)
                    yield return (at.Append(mine.Spelling).ToString(), at.Append(name).ToString());
            }
            else if (mine.Below is not null && other.ValueAt(i) is JsonObject members)
            {
                foreach (var conflict in mine.Below.ConflictsWith(members, at.Append(name)))
                    yield return conflict;
            }
        }
    }
}

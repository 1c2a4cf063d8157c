using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Json;

namespace Setpoint.Core.References;

/// <summary>
/// What the key of <c>${config:key}</c> names: <c>a.b</c> or <c>/a/b</c> in the configuration that is read, <c>ns/a.b</c> or
/// <c>ns//a/b</c> in that of another namespace, for the same environment and user.
/// </summary>
/// <param name="Namespace">Null: the one that is read.</param>
internal sealed record ConfigKey(string? Namespace, KeyPath Path)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out ConfigKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        // A slash at the start is a pointer; one further on ends the name of a namespace, which has none itself.
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!KeyPath.TryParse(slash > 0 ? text[(slash + 1)..] : text, out var path, out problem))
            return false;
        if (path.Pointer.IsRoot)
        {
            problem = "The key names a whole configuration; name a value in it.";
            return false;
        }

        key = new(slash > 0 ? text[..slash] : null, path);
        return true;
    }
}

using Setpoint.Core.Effects;

namespace Setpoint.Core.Tests.Effects;

/// <summary>Effects as lines: namespace, environment, arms, paths.</summary>
internal static class EffectText
{
    public static List<string> Of(IEnumerable<NamespaceEffect> effects) =>
    [
        .. from effect in effects
           from one in effect.Environments
           from line in Lines(one)
           select $"{effect.Namespace} {line}",
    ];

    private static IEnumerable<string> Lines(EnvironmentEffect one)
    {
        if (!one.Changes.IsEmpty)
            yield return $"{one.Environment}: {string.Join(' ', one.Changes.Select(change => change.Path))}";
        foreach (var told in one.Arms)
            yield return $"{one.Environment} {string.Join(' ', told.Picks.Select(pick => $"{pick.Rollout}={pick.Arm}"))}: {string.Join(' ', told.Changes.Select(change => change.Path))}";
    }
}

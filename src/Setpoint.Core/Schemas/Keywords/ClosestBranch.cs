using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary>Explains why no alternative matches by the one that came closest.</summary>
/// <remarks>
/// 1. Each branch (the first <see cref="TriedMax"/>) is explained by itself.
/// 2. A branch of which the value is plainly not an example ranks last: the value has another type, or a property of it that tells the
///    alternatives apart (<c>const</c>, <c>enum</c>) has another value.
/// 3. Of the rest, fewer errors are closer; of as many, errors deeper inside are closer; then the first.
/// </remarks>
internal static class ClosestBranch
{
    private const int TriedMax = 64;

    public static void Explain(string keyword, SchemaNode[] branches, JsonValue instance, Explanation explanation)
    {
        var here = explanation.Instance.ToString();
        var closest = -1;
        ImmutableArray<SchemaError> why = [];
        (int Foreign, int Count, int Shallow) least = default;
        for (var i = 0; i < Math.Min(branches.Length, TriedMax) && !explanation.IsFull; i++)
        {
            var errors = explanation.Try(branches[i], instance, keyword, i);
            if (errors.IsEmpty)
                continue;
            var rank = (errors.Count(error => IsForeign(error, here)), errors.Length, -errors.Max(error => error.InstancePath.Length));
            if (closest >= 0 && rank.CompareTo(least) >= 0)
                continue;
            (closest, why, least) = (i, errors, rank);
        }

        if (closest < 0)
        {
            explanation.Add(keyword, $"matches none of the {Wording.Count(branches.Length, "alternative")}.");
            return;
        }

        explanation.Add(keyword, branches.Length == 1
            ? "does not match the only alternative."
            : $"matches none of the {Wording.Number(branches.Length)} alternatives; it comes closest to {Describe(branches, closest)}.");
        explanation.AddRange(why);
    }

    /// <summary>"2 (TCP)": counted from 0 as in the schema path, with the title if there is one.</summary>
    public static string Describe(SchemaNode[] branches, int index) =>
        branches[index].Annotation.Title is { } title ? $"{Wording.Number(index)} ({Phrase.Clip(title)})" : Wording.Number(index);

    private static bool IsForeign(SchemaError error, string here)
    {
        var relative = error.InstancePath.AsSpan(here.Length);
        return error.Keyword switch
        {
            "type" => relative.IsEmpty,
            "const" or "enum" => relative.Count('/') <= 1,
            _ => false,
        };
    }
}

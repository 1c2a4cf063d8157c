using System.Runtime.CompilerServices;
using Setpoint.Core.Flags;
using Setpoint.Server.Http;

namespace Setpoint.Server.Flags;

/// <summary>
/// What is said about flags, in one shape of answer: rendered once for each variant and reason of a flag that comes up, and copied from then on.
/// Safe for concurrent use.
/// </summary>
/// <param name="render">The bytes for a flag, the place of its variant (-1 for none) and a reason; without an error.</param>
internal sealed class RenderedAnswers(Func<Flag, int, FlagReason, byte[]> render)
{
    private static readonly int Reasons = Enum.GetValues<FlagReason>().Length;

    // By flag: what a new version of a flag needs is made anew, and what is gone goes with it.
    private readonly ConditionalWeakTable<Flag, byte[]?[]> _byFlag = [];

    // The same by place, so that a look at all flags of a set does not search for each of them.
    private readonly ConditionalWeakTable<ActiveFlags, byte[]?[][]> _bySet = [];

    /// <param name="result">Of a flag, without an error.</param>
    public byte[] Of(in FlagResult result) => Of(ByFlag(result.Flag!), result);

    /// <summary>Evaluates all flags and writes what they come to, with commas between.</summary>
    /// <param name="writeFailure">What is said of an error, which is rendered each time.</param>
    public void WriteAll(AnswerBuffer output, ActiveFlags flags, FlagContext context, FlagTime now, Action<AnswerBuffer, FlagResult> writeFailure)
    {
        var answers = OfAll(flags);
        for (var place = 0; place < answers.Length; place++)
        {
            if (place > 0)
                output.Write(","u8);
            var result = flags.Set.EvaluateAt(place, context, now);
            if (result.Error == FlagError.None)
                output.Write(Of(answers[place], result));
            else
                writeFailure(output, result);
        }
    }

    private byte[] Of(byte[]?[] ofFlag, in FlagResult result)
    {
        ref var answer = ref ofFlag[((result.VariantNumber + 1) * Reasons) + (int)result.Reason];
        return answer ??= render(result.Flag!, result.VariantNumber, result.Reason);
    }

    /// <summary>For each flag of the set, in its order, where its answers are or will be.</summary>
    private byte[]?[][] OfAll(ActiveFlags flags)
    {
        if (_bySet.TryGetValue(flags, out var known))
            return known;
        var all = new byte[]?[flags.Flags.Count][];
        for (var place = 0; place < all.Length; place++)
            all[place] = ByFlag(flags.Flags[place]);
        _bySet.AddOrUpdate(flags, all);
        return all;
    }

    private byte[]?[] ByFlag(Flag flag) => _byFlag.GetValue(flag, static made => new byte[]?[(made.Variants.Length + 1) * Reasons]);
}

using System.Globalization;
using System.Text;

namespace Setpoint.Core.Schemas.Patterns;

/// <summary>Writes a pattern for .NET so that it means there what it means in ECMA-262 with the flag u.</summary>
/// <remarks>
/// 1. .NET matches UTF-16 units: a set becomes a class for the characters of one unit and alternatives of two classes for the others.
/// 2. <c>$</c> becomes <c>\z</c> (in .NET it also matches before a last line feed), <c>^</c> becomes <c>\A</c>.
/// 3. <c>\b</c> speaks of ASCII letters in ECMA-262 and of all letters in .NET, so it becomes a pair of lookarounds.
/// 4. Groups capture only if something refers to them; a reference to a group that has not matched matches the empty text.
/// </remarks>
internal sealed class NetPatternWriter
{
    private const string Word = "[0-9A-Z_a-z]";

    private readonly StringBuilder _text = new();
    private readonly bool _captures;

    private NetPatternWriter(bool captures) => _captures = captures;

    public static string Write(PatternNode pattern)
    {
        var writer = new NetPatternWriter(HasReference(pattern));
        writer.Add(pattern);
        return writer._text.ToString();
    }

    /// <summary>True if an automaton cannot decide it.</summary>
    public static bool NeedsBacktracking(PatternNode pattern) => pattern switch
    {
        PatternNode.Look or PatternNode.BackReference => true,
        PatternNode.Anchor anchor => anchor.Kind is AnchorKind.WordBoundary or AnchorKind.NoWordBoundary,
        _ => Parts(pattern).Any(NeedsBacktracking),
    };

    private static bool HasReference(PatternNode pattern) => pattern is PatternNode.BackReference || Parts(pattern).Any(HasReference);

    private static IEnumerable<PatternNode> Parts(PatternNode pattern) => pattern switch
    {
        PatternNode.Sequence sequence => sequence.Parts,
        PatternNode.Choice choice => choice.Branches,
        PatternNode.Repeat repeat => [repeat.Part],
        PatternNode.Capture capture => [capture.Part],
        PatternNode.Look look => [look.Part],
        _ => [],
    };

    private void Add(PatternNode pattern)
    {
        switch (pattern)
        {
            case PatternNode.Set set:
                Add(set.Characters);
                break;
            case PatternNode.Sequence sequence:
                foreach (var part in sequence.Parts)
                    AddPart(part);
                break;
            case PatternNode.Choice choice:
                for (var i = 0; i < choice.Branches.Length; i++)
                {
                    if (i > 0)
                        _text.Append('|');
                    Add(choice.Branches[i]);
                }

                break;
            case PatternNode.Repeat repeat:
                Enclose("(?:", repeat.Part);
                Quantify(repeat);
                break;
            case PatternNode.Capture capture:
                Enclose(_captures ? $"(?<{Number(capture.Number)}>" : "(?:", capture.Part);
                break;
            case PatternNode.BackReference reference:
                _text.Append(CultureInfo.InvariantCulture, $"(?({reference.Number})\\{reference.Number})");
                break;
            case PatternNode.Look look:
                Enclose($"(?{(look.Behind ? "<" : "")}{(look.Negative ? "!" : "=")}", look.Part);
                break;
            case PatternNode.Anchor anchor:
                _text.Append(anchor.Kind switch
                {
                    AnchorKind.Start => @"\A",
                    AnchorKind.End => @"\z",
                    AnchorKind.WordBoundary => $"(?:(?<={Word})(?!{Word})|(?<!{Word})(?={Word}))",
                    _ => $"(?:(?<={Word})(?={Word})|(?<!{Word})(?!{Word}))",
                });
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(pattern), pattern, "Unknown part of a pattern.");
        }
    }

    private void AddPart(PatternNode part)
    {
        if (part is PatternNode.Choice or PatternNode.Sequence)
            Enclose("(?:", part);
        else
            Add(part);
    }

    private void Enclose(string open, PatternNode part)
    {
        if (open == "(?:" && part is PatternNode.Set set && IsOneClass(set.Characters))
        {
            Add(part);
            return;
        }

        _text.Append(open);
        Add(part);
        _text.Append(')');
    }

    private void Quantify(PatternNode.Repeat repeat)
    {
        _text.Append((repeat.Least, repeat.Most) switch
        {
            (0, null) => "*",
            (1, null) => "+",
            (0, 1) => "?",
            (var least, null) => $"{{{Number(least)},}}",
            var (least, most) when least == most => $"{{{Number(least)}}}",
            var (least, most) => $"{{{Number(least)},{Number(most.Value)}}}",
        });
        if (repeat.Lazy)
            _text.Append('?');
    }

    private static bool IsOneClass(CodePointSet set) => set.Ranges is [.., var (_, last)] && last <= 0xFFFF;

    private void Add(CodePointSet set)
    {
        // An empty class matches nothing.
        if (set.Ranges.IsEmpty)
        {
            _text.Append(@"[^\s\S]");
            return;
        }

        var alternatives = new List<string>();
        var single = set.Ranges.Where(range => range.From <= 0xFFFF).Select(range => Class(range.From, Math.Min(range.To, 0xFFFF))).ToList();
        if (single.Count > 0)
            alternatives.Add($"[{string.Concat(single)}]");
        foreach (var (from, to) in set.Ranges.Where(range => range.To > 0xFFFF))
            AddPairs(Math.Max(from, 0x10000), to, alternatives);
        _text.Append(alternatives.Count == 1 && single.Count > 0 ? alternatives[0] : $"(?:{string.Join('|', alternatives)})");
    }

    /// <summary>A range of characters of two units: the first high half with the rest of its lows, full highs, the last high with its lows.</summary>
    private static void AddPairs(int from, int to, List<string> alternatives)
    {
        while (from <= to)
        {
            var (high, low) = Halves(from);
            var (lastHigh, lastLow) = Halves(to);
            var full = low == 0xDC00 ? (lastLow == 0xDFFF ? lastHigh : lastHigh - 1) : high - 1;
            if (full >= high)
            {
                alternatives.Add($"[{Class(high, full)}][{Class(0xDC00, 0xDFFF)}]");
                from = 0x10000 + ((full + 1 - 0xD800) << 10);
                continue;
            }

            var end = high == lastHigh ? lastLow : 0xDFFF;
            alternatives.Add($"[{Class(high, high)}][{Class(low, end)}]");
            from += end - low + 1;
        }
    }

    private static (int High, int Low) Halves(int character) => (0xD800 + ((character - 0x10000) >> 10), 0xDC00 + ((character - 0x10000) & 0x3FF));

    private static string Class(int from, int to) => from == to ? Unit(from) : $"{Unit(from)}-{Unit(to)}";

    private static string Unit(int unit) => $"\\u{unit.ToString("X4", CultureInfo.InvariantCulture)}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

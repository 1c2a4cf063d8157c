using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Setpoint.Core.Rules;

/// <summary><c>cat</c>.</summary>
internal sealed class JoinNode : LogicNode
{
    public JoinNode(ImmutableArray<LogicNode> parts)
    {
        Parts = parts;
        Cost = CostOf(parts.AsSpan());
    }

    /// <summary>For those who need the characters and not the string.</summary>
    public ImmutableArray<LogicNode> Parts { get; }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        var text = new DefaultInterpolatedStringHandler(0, 0);
        foreach (var part in Parts)
            LogicText.Append(ref text, part.Evaluate(ref frame), ref frame);
        return LogicValue.Of(text.ToStringAndClear());
    }
}

/// <summary><c>substr</c>: from a position, which counts from the end if negative; a length, which leaves off that many characters if negative.</summary>
internal sealed class SubstringNode : LogicNode
{
    private readonly LogicNode _text;
    private readonly LogicNode _start;
    private readonly LogicNode? _length;

    public SubstringNode(LogicNode text, LogicNode start, LogicNode? length)
    {
        _text = text;
        _start = start;
        _length = length;
        Cost = CostOf(text, start) + (length?.Cost ?? 0);
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        var text = LogicText.Of(_text.Evaluate(ref frame), ref frame);
        var start = Whole(LogicNumbers.Of(_start.Evaluate(ref frame), ref frame));
        var from = start < 0 ? Math.Max(text.Length + start, 0) : Math.Min(start, text.Length);
        var rest = text.Length - (int)from;
        var taken = (double)rest;
        if (_length is not null)
        {
            var length = _length.Evaluate(ref frame);
            var number = LogicNumbers.Of(length, ref frame);
            if (number >= 0 || double.IsNaN(number))
                taken = Math.Min(Whole(number), rest);
            else if (length.IsNumber)
                taken = Math.Max(Whole(rest + number), 0);
            else
                // json-logic-js adds the length to the text of the number here ("5" + "-1"), and that is no length.
                taken = 0;
        }

        if (!frame.SpendOnText((int)taken))
            return LogicValue.EmptyText;
        return LogicValue.Of(text.Substring((int)from, (int)taken));
    }

    /// <summary>Without fraction; 0 for NaN. Infinities stay.</summary>
    private static double Whole(double number) => double.IsNaN(number) ? 0 : Math.Truncate(number);
}

/// <summary><c>starts_with</c> and <c>ends_with</c>, as flagd has them: null unless both are strings.</summary>
internal sealed class AffixNode : LogicNode
{
    private readonly LogicOperand _text;
    private readonly LogicNode _affix;
    private readonly string? _knownAffix;
    private readonly bool _atEnd;

    public AffixNode(LogicNode text, LogicNode affix, bool atEnd)
    {
        _text = new(text);
        _affix = affix;
        _knownAffix = (affix as ConstantNode)?.Value.TextOrNull;
        _atEnd = atEnd;
        Cost = CostOf(text, affix);
    }

    public override LogicValue Evaluate(ref LogicFrame frame) => Holds(ref frame) is { } holds ? LogicValue.Of(holds) : LogicValue.Null;

    public override bool Test(ref LogicFrame frame) => Holds(ref frame) == true;

    public override LogicCheck ToCheck() => _knownAffix is null ? LogicCheck.Of(this) : LogicCheck.Affix(this, _text, _knownAffix, _atEnd);

    private bool? Holds(ref LogicFrame frame)
    {
        var text = _text.Read(ref frame).TextOrNull;
        var affix = _knownAffix ?? _affix.Evaluate(ref frame).TextOrNull;
        if (text is null || affix is null || !frame.SpendOnText(affix.Length))
            return null;
        return _atEnd ? text.AsSpan().EndsWith(affix) : text.AsSpan().StartsWith(affix);
    }
}

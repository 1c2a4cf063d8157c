using System.Collections.Frozen;

namespace Setpoint.Core.Rules;

/// <summary><c>in</c>: a part of a string, or an item of an array.</summary>
internal sealed class MemberNode : TestNode
{
    // The search of a text in a text takes their lengths' product where they are made to, at some 32 characters at once.
    private const int ComparisonsPerStep = 1024;

    private readonly LogicNode _item;
    private readonly LogicNode _container;

    private MemberNode(LogicNode item, LogicNode container)
    {
        _item = item;
        _container = container;
        Cost = CostOf(item, container);
    }

    public static LogicNode Of(LogicNode item, LogicNode container) =>
        container is ConstantNode { Value.IsArray: true } constant ? new SetMemberNode(item, constant.Value) : new MemberNode(item, container);

    public override bool Test(ref LogicFrame frame)
    {
        var item = _item.Evaluate(ref frame);
        var container = _container.Evaluate(ref frame);
        if (container.TextOrNull is { } text)
            return text.Length > 0 && IsPart(LogicText.Of(item, ref frame), text, ref frame);
        if (!LogicItems.TryOf(container, out var items))
            return false;
        for (var i = 0; i < items.Count; i++)
        {
            if (!frame.Spend(1))
                return false;
            if (LogicEquality.Strict(items[i], item, ref frame))
                return true;
        }

        return false;
    }

    private static bool IsPart(string part, string text, ref LogicFrame frame)
    {
        if (part.Length > text.Length)
            return false;
        var comparisons = (long)part.Length * (text.Length - part.Length);
        return frame.SpendOnText(text.Length) && frame.Spend(comparisons / ComparisonsPerStep) && text.Contains(part, StringComparison.Ordinal);
    }
}

/// <summary>Membership in a constant array: one look-up, however many items there are.</summary>
internal sealed class SetMemberNode : TestNode
{
    /// <summary>So few texts are looked through sooner than hashed.</summary>
    private const int FewTexts = 8;

    private readonly LogicOperand _item;
    private readonly TextChoice? _few;
    private readonly FrozenSet<string> _texts;
    private readonly FrozenSet<double> _numbers;
    private readonly bool _hasNull;
    private readonly bool _hasTrue;
    private readonly bool _hasFalse;
    private readonly LogicValue[] _containers;

    public SetMemberNode(LogicNode item, LogicValue array)
    {
        _item = new(item);
        LogicItems.TryOf(array, out var items);
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<double>();
        var containers = new List<LogicValue>();
        for (var i = 0; i < items.Count; i++)
        {
            var value = items[i];
            switch (value.Kind)
            {
                case LogicKind.Null: _hasNull = true; break;
                case LogicKind.Boolean when value.Boolean: _hasTrue = true; break;
                case LogicKind.Boolean: _hasFalse = true; break;
                case LogicKind.String: texts.Add(value.Text); break;
                // NaN equals nothing, itself included.
                case LogicKind.Number when !double.IsNaN(value.Number): numbers.Add(value.Number); break;
                case LogicKind.Array or LogicKind.Object: containers.Add(value); break;
            }
        }

        _few = texts.Count <= FewTexts ? new(texts) : null;
        _texts = texts.ToFrozenSet(StringComparer.Ordinal);
        _numbers = numbers.ToFrozenSet();
        _containers = [.. containers];
        Cost = CostOf(item);
    }

    public override LogicCheck ToCheck() => _few is null ? LogicCheck.Of(this) : LogicCheck.Among(this, _item, _few);

    public override bool Test(ref LogicFrame frame)
    {
        var item = _item.Read(ref frame);
        if (item.TextOrNull is { } text)
            return frame.SpendOnText(text.Length) && (_few?.Contains(text) ?? _texts.Contains(text));
        switch (item.Kind)
        {
            case LogicKind.Number: return _numbers.Contains(item.Number);
            case LogicKind.Boolean: return item.Boolean ? _hasTrue : _hasFalse;
            case LogicKind.Null: return _hasNull;
        }

        foreach (var container in _containers)
        {
            if (!frame.Spend(1))
                return false;
            if (LogicEquality.Strict(container, item, ref frame))
                return true;
        }

        return false;
    }
}

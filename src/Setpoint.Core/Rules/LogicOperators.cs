using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Setpoint.Core.Rules;

/// <summary>The operators of the language. Extensions come by <see cref="LogicOptions.With"/>.</summary>
internal static class LogicOperators
{
    private const int Many = LogicOperator.Many;

    private static readonly LogicOperator[] All =
    [
        new("var", 0, 2, Variable) { IsPure = false },
        new("missing", 0, Many, Missing) { IsPure = false },
        new("missing_some", 2, 2, MissingSome) { IsPure = false },
        new("if", 0, Many, call => IfNode.Of(call.Arguments)),
        new("?:", 0, Many, call => IfNode.Of(call.Arguments)),
        new("and", 1, Many, call => new JunctionNode(call.Arguments, settledBy: false)),
        new("or", 1, Many, call => new JunctionNode(call.Arguments, settledBy: true)),
        new("!", 1, 1, call => new TruthNode(call.Arguments[0], negated: true)),
        new("!!", 1, 1, call => new TruthNode(call.Arguments[0], negated: false)),
        new("==", 2, 2, call => EqualNode.Of(call.Arguments[0], call.Arguments[1], strict: false, negated: false)),
        new("!=", 2, 2, call => EqualNode.Of(call.Arguments[0], call.Arguments[1], strict: false, negated: true)),
        new("===", 2, 2, call => EqualNode.Of(call.Arguments[0], call.Arguments[1], strict: true, negated: false)),
        new("!==", 2, 2, call => EqualNode.Of(call.Arguments[0], call.Arguments[1], strict: true, negated: true)),
        new("<", 2, 3, call => Order(LogicComparison.Less, call.Arguments)),
        new("<=", 2, 3, call => Order(LogicComparison.LessOrEqual, call.Arguments)),
        new(">", 2, 2, call => Order(LogicComparison.Greater, call.Arguments)),
        new(">=", 2, 2, call => Order(LogicComparison.GreaterOrEqual, call.Arguments)),
        new("+", 0, Many, call => new SumNode(call.Arguments)),
        new("*", 1, Many, call => new ProductNode(call.Arguments)),
        new("-", 1, 2, call => call.Arguments is [var only] ? new NegativeNode(only) : Arithmetic(LogicArithmetic.Minus, call.Arguments)),
        new("/", 2, 2, call => Arithmetic(LogicArithmetic.Divide, call.Arguments)),
        new("%", 2, 2, call => Arithmetic(LogicArithmetic.Remainder, call.Arguments)),
        new("min", 1, Many, call => new ExtremeNode(call.Arguments, largest: false)),
        new("max", 1, Many, call => new ExtremeNode(call.Arguments, largest: true)),
        new("cat", 0, Many, call => new JoinNode(call.Arguments)),
        new("substr", 2, 3, call => new SubstringNode(call.Arguments[0], call.Arguments[1], call.Arguments.Length == 3 ? call.Arguments[2] : null)),
        new("in", 2, 2, call => MemberNode.Of(call.Arguments[0], call.Arguments[1])),
        new("merge", 0, Many, call => new MergeNode(call.Arguments)),
        new("map", 2, 2, call => new MapNode(call.Arguments[0], call.Arguments[1])) { BodyAt = 1, IsPure = false },
        new("filter", 2, 2, call => new FilterNode(call.Arguments[0], call.Arguments[1])) { BodyAt = 1, IsPure = false },
        new("reduce", 2, 3, Reduce) { BodyAt = 1, IsPure = false },
        new("all", 2, 2, call => Quantity(LogicQuantity.All, call.Arguments)) { BodyAt = 1, IsPure = false },
        new("none", 2, 2, call => Quantity(LogicQuantity.None, call.Arguments)) { BodyAt = 1, IsPure = false },
        new("some", 2, 2, call => Quantity(LogicQuantity.Some, call.Arguments)) { BodyAt = 1, IsPure = false },
        // json-logic-js writes its argument to the console here. Core has none, and values may be secret: it answers the argument.
        new("log", 1, 1, call => call.Arguments[0]),
        new("sem_ver", 3, 3, SemVerNode.Of),
        new("starts_with", 2, 2, call => new AffixNode(call.Arguments[0], call.Arguments[1], atEnd: false)),
        new("ends_with", 2, 2, call => new AffixNode(call.Arguments[0], call.Arguments[1], atEnd: true)),
    ];

    public static FrozenDictionary<string, LogicOperator> Standard { get; } = All.ToFrozenDictionary(item => item.Name, StringComparer.Ordinal);

    /// <summary>Those in flagd's schema of targeting rules, with its numbers of arguments.</summary>
    public static FrozenDictionary<string, LogicOperator> Flagd { get; } = All
        .Where(item => item.Name is not ("log" or "?:"))
        .Select(item => item.Name switch
        {
            "var" or "if" or "+" or "cat" or "merge" => item with { ArgumentsMin = 1 },
            "*" => item with { ArgumentsMin = 2 },
            "reduce" => item with { ArgumentsMin = 3 },
            _ => item,
        })
        .ToFrozenDictionary(item => item.Name, StringComparer.Ordinal);

    private static LogicNode Variable(LogicCall call)
    {
        if (call.Arguments.IsEmpty)
            return call.Whole();
        var fallback = call.Arguments.Length == 2 ? call.Arguments[1] : null;
        if (!call.TryConstant(0, out var path))
        {
            call.ReadsAnything();
            return new AnyVariableNode(call.Arguments[0], fallback);
        }

        if (LogicPath.IsWhole(path))
            return call.Whole();
        var frame = new LogicFrame(default, default, int.MaxValue);
        return call.Variable(LogicText.Of(path, ref frame), fallback);
    }

    private static LogicNode Missing(LogicCall call)
    {
        var keys = call.Arguments is [ConstantNode { Value.IsArray: true } list] ? Items(list.Value) : Constants(call.Arguments);
        if (keys is { } known && !known.Any(key => string.IsNullOrEmpty(key.TextOrNull)))
            return new MissingPathsNode(known, [.. known.Select(key => call.Variable(key.Text))]);
        call.ReadsAnything();
        return new MissingNode(call.Arguments);
    }

    private static LogicNode MissingSome(LogicCall call)
    {
        if (call.TryConstant(1, out var keys) && keys.IsArray && !Items(keys)!.Value.Any(key => string.IsNullOrEmpty(key.TextOrNull)))
        {
            foreach (var key in Items(keys)!.Value)
                call.Reads(key.Text);
        }
        else
        {
            call.ReadsAnything();
        }

        return new MissingSomeNode(call.Arguments[0], call.Arguments[1]);
    }

    private static LogicNode Reduce(LogicCall call) =>
        new ReduceNode(call.Arguments[0], call.Arguments[1], call.Arguments.Length == 3 ? call.Arguments[2] : null, call.Body.IsTakenWhole);

    private static LogicNode Order(LogicComparison comparison, ImmutableArray<LogicNode> arguments) => arguments.Length == 3
        ? new BetweenNode(comparison, arguments[0], arguments[1], arguments[2])
        : OrderNode.Of(comparison, arguments[0], arguments[1]);

    private static ArithmeticNode Arithmetic(LogicArithmetic operation, ImmutableArray<LogicNode> arguments) => new(operation, arguments[0], arguments[1]);

    private static QuantityNode Quantity(LogicQuantity quantity, ImmutableArray<LogicNode> arguments) => new(quantity, arguments[0], arguments[1]);

    private static ImmutableArray<LogicValue>? Items(LogicValue array) =>
        LogicItems.TryOf(array, out var items) ? [.. Enumerable.Range(0, items.Count).Select(i => items[i])] : null;

    private static ImmutableArray<LogicValue>? Constants(ImmutableArray<LogicNode> nodes) =>
        nodes.All(node => node is ConstantNode) ? [.. nodes.Select(node => ((ConstantNode)node).Value)] : null;
}

using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Rules;

/// <summary>Turns an expression into nodes and reports everything that is wrong with it.</summary>
/// <remarks>
/// 1. An array is an array of expressions. 2. An object with one property is a call: the name is the operator, the value its arguments, or
/// its only argument if it is no array. 3. Anything else is a value. 4. Arguments are compiled before their call; the body of a loop in a
/// scope of its own. 5. A pure call with constant arguments is computed here and becomes a constant.
/// </remarks>
internal sealed class LogicCompiler(LogicOptions options)
{
    // What takes longer is left to evaluation, which has a budget of its own.
    private const int FoldStepsMax = 10_000;

    /// <summary>Stands where something was refused; nothing is built on it, so that one mistake is reported once.</summary>
    private static readonly ConstantNode Refused = new(LogicValue.Null);

    private readonly ViolationList _violations = new();
    private readonly SortedSet<string> _reads = new(StringComparer.Ordinal);
    private readonly List<string> _place = [];
    private bool _readsAnything;
    private bool _readsByName;
    private int _nodes;

    public LogicOptions Options => options;

    public Result<JsonLogic> Compile(JsonValue expression)
    {
        if (expression.Depth > options.DepthMax)
        {
            Refuse(ViolationCode.ConstraintViolation, $"The expression is nested {expression.Depth} levels deep; the limit is {options.DepthMax}. Split it.");
            return Fault();
        }

        var root = Compile(expression, new LogicScope(isRoot: true));
        if (_nodes > options.NodesMax)
            Refuse(ViolationCode.ConstraintViolation, $"The expression has more than {options.NodesMax} parts, which is the limit. Split it.");
        return _violations.Count > 0 ? Fault() : new JsonLogic(root, options.StepsMax, [.. _reads], _readsAnything, _readsAnything || _readsByName);
    }

    public LogicNode Variable(string path, LogicNode? fallback, LogicScope scope)
    {
        Reads(path, scope);
        if (scope.IsRoot && options.Known.TryGetValue(path, out var known))
            return known;
        if (!scope.IsRoot || options.Slots is not { } slots)
            return new VariableNode(LogicPath.Parse(path), fallback);
        if (slots.TryFind(path, out var slot))
            return new SlotNode(slot, below: null, fallback);
        var (first, rest) = LogicPath.Parse(path).Split();
        return new SlotNode(slots.NumberOf(first), rest, fallback);
    }

    public void Reads(string path, LogicScope scope)
    {
        if (scope.IsRoot)
            _reads.Add(path);
    }

    public void ReadsByName(string path, LogicScope scope)
    {
        _readsByName |= scope.IsRoot;
        Reads(path, scope);
    }

    public void ReadsAnything(LogicScope scope)
    {
        scope.IsTakenWhole = true;
        _readsAnything |= scope.IsRoot;
    }

    public LogicNode RefuseArgument(string name, int argument, string message)
    {
        // Every place is left as it was found, so this one stands on the call.
        _place.Add(argument.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Refuse(ViolationCode.ConstraintViolation, $"'{name}': {message}");
        _place.RemoveAt(_place.Count - 1);
        return Refused;
    }

    private LogicNode Compile(JsonValue value, LogicScope scope)
    {
        // Past the bound there is nothing more to say than that.
        if (++_nodes > options.NodesMax)
            return Refused;
        return value switch
        {
            JsonArray array => List(array.Items, scope),
            JsonObject { Count: 1 } call => Call(call.NameAt(0), call.ValueAt(0), scope),
            JsonObject members => Literal(members),
            _ => new ConstantNode(LogicValue.Of(value)),
        };
    }

    private LogicNode List(ImmutableArray<JsonValue> items, LogicScope scope)
    {
        var nodes = Items(items, scope, body: null, bodyAt: -1);
        if (nodes.Contains(Refused))
            return Refused;
        return nodes.All(node => node is ConstantNode)
            ? new ConstantNode(LogicValue.Of(new LogicList([.. nodes.Select(node => ((ConstantNode)node).Value)])))
            : new ListNode(nodes);
    }

    private ImmutableArray<LogicNode> Items(ImmutableArray<JsonValue> items, LogicScope scope, LogicScope? body, int bodyAt)
    {
        var nodes = ImmutableArray.CreateBuilder<LogicNode>(items.Length);
        for (var i = 0; i < items.Length; i++)
        {
            _place.Add(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            nodes.Add(Compile(items[i], i == bodyAt ? body! : scope));
            _place.RemoveAt(_place.Count - 1);
        }

        return nodes.MoveToImmutable();
    }

    private LogicNode Call(string name, JsonValue value, LogicScope scope)
    {
        _place.Add(name);
        var node = options.Operators.TryGetValue(name, out var called)
            ? Call(called, value, scope)
            : Refuse(ViolationCode.UnknownReference, $"There is no operator '{Phrase.Clip(name)}'{Suggestion(name)}");
        _place.RemoveAt(_place.Count - 1);
        return node;
    }

    private LogicNode Call(LogicOperator called, JsonValue value, LogicScope scope)
    {
        var body = new LogicScope(isRoot: false);
        ImmutableArray<LogicNode> arguments = value is JsonArray array
            ? Items(array.Items, scope, body, called.BodyAt)
            : [Compile(value, scope)];
        if (arguments.Length < called.ArgumentsMin || arguments.Length > called.ArgumentsMax)
            return Refuse(ViolationCode.ConstraintViolation, $"'{called.Name}' takes {Numbers(called)}, and {arguments.Length} {(arguments.Length == 1 ? "is" : "are")} given.");
        if (arguments.Contains(Refused))
            return Refused;

        var node = called.Build(new LogicCall(this, called, arguments, scope, body));
        if (!called.IsPure || node is ConstantNode || !arguments.All(argument => argument is ConstantNode))
            return node;
        var frame = new LogicFrame(default, default, FoldStepsMax);
        var folded = node.Evaluate(ref frame);
        return frame.IsSpent ? node : new ConstantNode(folded);
    }

    private LogicNode Literal(JsonObject members)
    {
        for (var i = 0; i < members.Count; i++)
        {
            if (options.Operators.ContainsKey(members.NameAt(i)))
            {
                return Refuse(
                    ViolationCode.MalformedDocument,
                    $"The operator '{members.NameAt(i)}' stands beside {members.Count - 1} other propert{(members.Count == 2 ? "y" : "ies")}; an operator is the only property of its object. Join several with 'and'.");
            }
        }

        return options.AllowsObjects
            ? new ConstantNode(LogicValue.Of(members))
            : Refuse(ViolationCode.MalformedDocument, $"An object with {members.Count} properties is no expression: an operator is the only property of its object.");
    }

    private ConstantNode Refuse(string code, string message)
    {
        _violations.Add(address: null, JsonPointer.Of([.. _place]).ToString(), code, message);
        return Refused;
    }

    private Fault.Invalid Fault() => new(_violations.ToImmutable());

    private string Suggestion(string name)
    {
        var known = options.Operators.Keys.Order(StringComparer.Ordinal).ToList();
        return NearestName.Of(name, known) is { } near ? $"; did you mean '{near}'?" : $"; there are {string.Join(' ', known)}.";
    }

    private static string Numbers(LogicOperator called) => (called.ArgumentsMin, called.ArgumentsMax) switch
    {
        (1, 1) => "one argument",
        var (least, most) when least == most => $"{least} arguments",
        (var least, LogicOperator.Many) => $"{least} argument{(least == 1 ? "" : "s")} or more",
        var (least, most) => $"{least} to {most} arguments",
    };
}

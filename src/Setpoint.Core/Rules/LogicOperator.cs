using System.Collections.Immutable;

namespace Setpoint.Core.Rules;

/// <summary>An operator of the language: how it is called, and what a call of it becomes.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="ArgumentsMin">Fewer are refused.</param>
/// <param name="ArgumentsMax">More are refused; <see cref="Many"/> for any number.</param>
/// <param name="Build">Makes the node. It may refuse the call.</param>
internal sealed record LogicOperator(string Name, int ArgumentsMin, int ArgumentsMax, Func<LogicCall, LogicNode> Build)
{
    public const int Many = int.MaxValue;

    /// <summary>The argument that runs once for each item of the first, and reads that item instead of the data; -1 if there is none.</summary>
    public int BodyAt { get; init; } = -1;

    /// <summary>True if the answer depends on the arguments alone: a call with constant arguments is then computed by the compiler.</summary>
    public bool IsPure { get; init; } = true;
}

/// <summary>A call that is being compiled.</summary>
internal sealed class LogicCall(LogicCompiler compiler, LogicOperator called, ImmutableArray<LogicNode> arguments, LogicScope scope, LogicScope body)
{
    public ImmutableArray<LogicNode> Arguments => arguments;

    public LogicOptions Options => compiler.Options;

    /// <summary>False in the body of a loop, where <c>var</c> reads the item and not the data.</summary>
    public bool IsAtRoot => scope.IsRoot;

    /// <summary>What <c>var</c> reads in the argument that runs for each item.</summary>
    public LogicScope Body => body;

    /// <summary>The value of an argument that is constant.</summary>
    public bool TryConstant(int index, out LogicValue value)
    {
        var constant = arguments[index] as ConstantNode;
        value = constant?.Value ?? default;
        return constant is not null;
    }

    /// <summary>A read of all that is in scope.</summary>
    public LogicNode Whole()
    {
        ReadsAnything();
        return new ScopeNode();
    }

    /// <summary>A read of the scope, at a path that is known now.</summary>
    /// <param name="path">Dotted.</param>
    /// <param name="fallback">What to answer where there is nothing; null for null.</param>
    public LogicNode Variable(string path, LogicNode? fallback = null) => compiler.Variable(path, fallback, scope);

    /// <summary>Says that the call reads a path of the scope, known now, by a node of its own.</summary>
    public void Reads(string path) => compiler.ReadsByName(path, scope);

    /// <summary>Says that the call reads what only evaluation tells.</summary>
    public void ReadsAnything() => compiler.ReadsAnything(scope);

    /// <summary>Refuses an argument.</summary>
    public LogicNode Refuse(int argument, string message) => compiler.RefuseArgument(called.Name, argument, message);
}

/// <summary>What the compiler knows of a place in which <c>var</c> reads: the root, or the body of a loop.</summary>
internal sealed class LogicScope(bool isRoot)
{
    public bool IsRoot => isRoot;

    /// <summary>True if something in it may take the whole object, and so keep it.</summary>
    public bool IsTakenWhole { get; set; }
}

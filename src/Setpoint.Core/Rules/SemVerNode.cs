namespace Setpoint.Core.Rules;

internal enum SemVerRelation
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    SameMinor,
    SameMajor,
}

/// <summary><c>sem_ver</c>, as flagd has it: null where a version or the operator is none.</summary>
internal sealed class SemVerNode : LogicNode
{
    private const string Known = "=, !=, <, <=, >, >=, ~ (same minor version), ^ (same major version)";

    private readonly LogicOperand _left;
    private readonly LogicNode _relation;
    private readonly LogicNode _right;

    // Known where they are constant.
    private readonly SemVerRelation? _knownRelation;
    private readonly SemVer? _knownRight;
    private readonly long? _plainRight;

    private SemVerNode(LogicNode left, LogicNode relation, LogicNode right)
    {
        _left = new(left);
        _relation = relation;
        _right = right;
        Cost = CostOf(left, relation, right);
        if (relation is ConstantNode { Value.TextOrNull: { } name })
            _knownRelation = RelationOf(name);
        var frame = new LogicFrame(default, default, int.MaxValue);
        if (right is ConstantNode constant && TryVersion(constant.Value, ref frame, out var version))
            _knownRight = version;
        if (right is ConstantNode { Value.TextOrNull: { } text } && SemVer.TryPlain(text, out var plain))
            _plainRight = plain;
    }

    public static LogicNode Of(LogicCall call)
    {
        var node = new SemVerNode(call.Arguments[0], call.Arguments[1], call.Arguments[2]);
        if (!call.Options.RefusesBadConstants)
            return node;
        if (call.TryConstant(1, out var relation) && node._knownRelation is null)
            return call.Refuse(1, $"{relation} is no operator of versions; there are {Known}.");
        if (call.TryConstant(2, out var right) && node._knownRight is null)
            return call.Refuse(2, $"{right} is no version; write 1.2.3, 1.2.3-beta.1, v1.2 or 1.");
        return node;
    }

    public override LogicValue Evaluate(ref LogicFrame frame) => Holds(ref frame) is { } holds ? LogicValue.Of(holds) : LogicValue.Null;

    public override bool Test(ref LogicFrame frame) => Holds(ref frame) == true;

    public override LogicCheck ToCheck() => _knownRelation is { } relation && _plainRight is { } version
        ? LogicCheck.Version(this, _left, relation, version)
        : LogicCheck.Of(this);

    private bool? Holds(ref LogicFrame frame)
    {
        var value = _left.Read(ref frame);
        if (!TryVersion(value, ref frame, out var left))
            return null;
        var relation = _knownRelation ?? (_relation.Evaluate(ref frame).TextOrNull is { } name ? RelationOf(name) : null);
        var right = _knownRight.GetValueOrDefault();
        if (relation is null || (_knownRight is null && !TryVersion(_right.Evaluate(ref frame), ref frame, out right)))
            return null;
        return Holds(relation.Value, left, right);
    }

    private static bool Holds(SemVerRelation relation, in SemVer left, in SemVer right) => relation switch
    {
        SemVerRelation.SameMajor => left.Major == right.Major,
        SemVerRelation.SameMinor => left.Major == right.Major && left.Minor == right.Minor,
        SemVerRelation.Equal => SemVer.Compare(left, right) == 0,
        SemVerRelation.NotEqual => SemVer.Compare(left, right) != 0,
        SemVerRelation.Less => SemVer.Compare(left, right) < 0,
        SemVerRelation.LessOrEqual => SemVer.Compare(left, right) <= 0,
        SemVerRelation.Greater => SemVer.Compare(left, right) > 0,
        _ => SemVer.Compare(left, right) >= 0,
    };

    private static SemVerRelation? RelationOf(string name) => name switch
    {
        "=" => SemVerRelation.Equal,
        "!=" => SemVerRelation.NotEqual,
        "<" => SemVerRelation.Less,
        "<=" => SemVerRelation.LessOrEqual,
        ">" => SemVerRelation.Greater,
        ">=" => SemVerRelation.GreaterOrEqual,
        "~" => SemVerRelation.SameMinor,
        "^" => SemVerRelation.SameMajor,
        _ => null,
    };

    // A number is a version too: 1.1 is written 1.1 and means 1.1.0.
    private static bool TryVersion(LogicValue value, ref LogicFrame frame, out SemVer version)
    {
        if (value.TextOrNull is { } text)
            return SemVer.TryParse(text, out version);
        if (value.IsNumber)
            return SemVer.TryParse(LogicText.Of(value, ref frame), out version);
        version = default;
        return false;
    }
}

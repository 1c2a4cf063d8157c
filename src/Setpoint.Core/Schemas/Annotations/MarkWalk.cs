using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;
using Setpoint.Core.Schemas.Patterns;

namespace Setpoint.Core.Schemas.Annotations;

/// <summary>
/// One walk over an instance for the places that a schema marks. It takes every way that may apply, whether or not the branch validates:
/// better a value held secret for nothing than one secret shown. Not thread-safe.
/// </summary>
internal sealed class MarkWalk(JsonValue root, ICollection<SchemaMark> into)
{
    // A node is looked at once for each place, however many ways lead there; the sum is bounded all the same.
    private readonly HashSet<(int Node, string Path)> _seen = [];
    private readonly HashSet<(string Path, SchemaMarkKind Kind)> _found = [];
    private int _stepsLeft = Run.StepsMax;
    private int _depth;

    public Trail Instance { get; } = new();

    public Trail Schema { get; } = new();

    public bool Enter(SchemaNode node, JsonValue instance)
    {
        if (--_stepsLeft < 0 || _depth >= Run.DepthMax)
        {
            // What was not looked at may be secret, so everything is.
            _stepsLeft = 0;
            if (_found.Add((string.Empty, SchemaMarkKind.Secret)))
                into.Add(new SchemaMark(string.Empty, string.Empty, SchemaMarkKind.Secret, root));
            return false;
        }

        var path = Instance.ToString();
        if (!_seen.Add((node.Id, path)))
            return false;
        _depth++;
        if (node.Annotation.Secret)
            Add(path, "secret", SchemaMarkKind.Secret, instance, advice: null);
        if (node.Annotation.Deprecated)
            Add(path, "deprecated", SchemaMarkKind.Deprecated, instance, node.Annotation.Advice);
        return true;
    }

    public void Leave() => _depth--;

    public void Below(SchemaNode node, JsonValue instance, string keyword)
    {
        if (!node.MayMark)
            return;
        Schema.Push(keyword);
        node.FindMarks(instance, this);
        Schema.Pop();
    }

    public void Below(SchemaNode node, JsonValue instance, string keyword, int index)
    {
        if (!node.MayMark)
            return;
        Schema.Push(keyword);
        Schema.Push(index);
        node.FindMarks(instance, this);
        Schema.Pop();
        Schema.Pop();
    }

    public void Below(SchemaNode node, JsonValue instance, string keyword, string name)
    {
        if (!node.MayMark)
            return;
        Schema.Push(keyword);
        Schema.Push(name);
        node.FindMarks(instance, this);
        Schema.Pop();
        Schema.Pop();
    }

    /// <summary>True as well where the pattern takes too long: then the property may be one that is meant.</summary>
    public static bool Matches(EcmaPattern pattern, string name)
    {
        var run = new Run();
        return pattern.IsMatch(name, ref run) || run.GaveUp;
    }

    private void Add(string path, string keyword, SchemaMarkKind kind, JsonValue instance, string? advice)
    {
        // One mark for each place and kind: the first way there.
        if (!_found.Add((path, kind)))
            return;
        Schema.Push(keyword);
        into.Add(new SchemaMark(path, Schema.ToString(), kind, instance, advice));
        Schema.Pop();
    }
}

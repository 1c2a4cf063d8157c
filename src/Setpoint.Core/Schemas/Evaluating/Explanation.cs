using System.Collections.Immutable;
using System.Diagnostics;
using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Evaluating;

/// <summary>
/// Collects the errors of one instance that has failed. Slower than the check and allowed to be: it runs only where something is wrong,
/// enters only what failed, and asks the check itself what that is, so the two cannot disagree. Not thread-safe.
/// </summary>
internal sealed class Explanation
{
    private readonly HashSet<string> _secrets;
    private readonly ImmutableArray<SchemaError>.Builder _errors = ImmutableArray.CreateBuilder<SchemaError>();
    private readonly Stack<int> _begins = new();
    private int _secretDepth;

    /// <param name="secrets">Pointers to the values that the schema marks as secret; each covers what lies within it.</param>
    public Explanation(HashSet<string> secrets) => _secrets = secrets;

    /// <summary>The budget; the explanation has one of its own, as large as that of the check.</summary>
    public Run Run = new();

    public Trail Instance { get; } = new();

    public Trail Schema { get; } = new();

    public int Count => _errors.Count;

    /// <summary>Errors reported since the innermost node was entered.</summary>
    public int CountHere => _errors.Count - _begins.Peek();

    public bool IsFull => _errors.Count >= SchemaVerdict.ErrorsMax || Run.GaveUp;

    public ImmutableArray<SchemaError> Errors => _errors.ToImmutable();

    /// <summary>False where there is no room or no budget for more.</summary>
    public bool Enter(SchemaNode node)
    {
        if (IsFull)
            return false;
        if (--Run.StepsLeft < 0 || Run.Depth >= Run.DepthMax)
            return Run.GiveUp();
        Run.Depth++;
        _begins.Push(_errors.Count);
        if (node.Annotation.Secret)
            _secretDepth++;
        return true;
    }

    public void Leave(SchemaNode node)
    {
        Run.Depth--;
        _begins.Pop();
        if (node.Annotation.Secret)
            _secretDepth--;
    }

    /// <summary>Explains a subschema of the same value, or of a part that the caller has pushed.</summary>
    public void Below(SchemaNode node, JsonValue instance, string keyword)
    {
        Schema.Push(keyword);
        node.Explain(instance, this);
        Schema.Pop();
    }

    public void Below(SchemaNode node, JsonValue instance, string keyword, int index)
    {
        Schema.Push(keyword);
        Schema.Push(index);
        node.Explain(instance, this);
        Schema.Pop();
        Schema.Pop();
    }

    public void Below(SchemaNode node, JsonValue instance, string keyword, string name)
    {
        Schema.Push(keyword);
        Schema.Push(name);
        node.Explain(instance, this);
        Schema.Pop();
        Schema.Pop();
    }

    /// <summary>The error at the present place. The message follows the name of the place: "is 0; the minimum is 1."</summary>
    public void Add(string keyword, string message)
    {
        if (_errors.Count >= SchemaVerdict.ErrorsMax)
            return;
        Schema.Push(keyword);
        AddAt(Schema.ToString(), keyword, message);
        Schema.Pop();
    }

    /// <summary>The schema <c>false</c>: there is no keyword, the schema itself is the place.</summary>
    public void AddFalse() => AddAt(Schema.ToString(), "false", "is not allowed here.");

    /// <summary>How a message shows a value: scalars as they are, cut where they are long; others by their kind; secrets never.</summary>
    public string Show(JsonValue value)
    {
        if (IsSecretHere())
            return value.Kind >= JsonKind.String ? $"{JsonKinds.Describe(value.Kind)} (secret, not shown)" : "a secret value (not shown)";
        return Wording.Show(value);
    }

    public bool IsSecretHere()
    {
        if (_secretDepth > 0)
            return true;
        if (_secrets.Count == 0)
            return false;
        var path = Instance.ToString();
        for (var end = path.Length; end >= 0; end = end == 0 ? -1 : path.LastIndexOf('/', end - 1))
        {
            if (_secrets.Contains(path[..end]))
                return true;
        }

        return false;
    }

    /// <summary>Another explanation at the same place, for a branch that may or may not be reported.</summary>
    public ImmutableArray<SchemaError> Try(SchemaNode branch, JsonValue instance, string keyword, int index)
    {
        var from = _errors.Count;
        Below(branch, instance, keyword, index);
        var found = ImmutableArray.CreateRange(_errors.Skip(from));
        _errors.Count = from;
        return found;
    }

    public void AddRange(ImmutableArray<SchemaError> errors)
    {
        foreach (var error in errors)
        {
            if (_errors.Count < SchemaVerdict.ErrorsMax)
                _errors.Add(error);
        }
    }

    private void AddAt(string schemaPath, string keyword, string message)
    {
        Debug.Assert(message[^1] is '.' or '?', message);
        if (_errors.Count >= SchemaVerdict.ErrorsMax)
            return;
        var path = Instance.ToString();
        var place = path.Length == 0 ? "The document" : $"'{path}'";
        var error = new SchemaError(path, schemaPath, keyword, $"{place} {message}");

        // The same definition may be reached by two ways; the way is part of the error, so equal ones are rare and are kept out here.
        if (_errors.Count == 0 || _errors[^1] != error)
            _errors.Add(error);
    }
}

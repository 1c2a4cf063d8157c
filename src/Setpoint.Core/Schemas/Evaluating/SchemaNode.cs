using System.Diagnostics;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Keywords;

namespace Setpoint.Core.Schemas.Evaluating;

/// <summary>
/// A compiled subschema. The keywords lie ready by kind of value: <c>type</c> costs nothing where it holds, and a string never meets
/// <c>properties</c>.
/// </summary>
internal sealed class SchemaNode
{
    public const int Kinds = 6;

    private static readonly Keyword[] Nothing = [];

    // Reads of a node that is still being filled would find these; compiled schemas are handed out only when all are.
    private Keyword[][] _keywords = [Nothing, Nothing, Nothing, Nothing, Nothing, Nothing];
    private Keyword? _unevaluatedProperties;
    private Keyword? _unevaluatedItems;

    public SchemaNode(int id) => Id = id;

    /// <summary>Different for each node of a schema.</summary>
    public int Id { get; }

    public Annotation Annotation { get; private set; } = Annotation.None;

    /// <summary>True if a mark (secret, deprecated) can be reached from here.</summary>
    public bool MayMark { get; set; }

    /// <summary>True if a default can be reached from here.</summary>
    public bool MayDefault { get; set; }

    /// <summary>True if every value is valid and nothing can be found here.</summary>
    public bool IsTrivial { get; private set; } = true;

    /// <summary>True for the schema <c>false</c>.</summary>
    public bool RefusesAll { get; private set; }

    public void Fill(List<Keyword>[] keywords, Keyword? unevaluatedProperties, Keyword? unevaluatedItems, Annotation annotation)
    {
        Debug.Assert(keywords.Length == Kinds);
        _keywords = [.. keywords.Select(list => list.Count == 0 ? Nothing : list.ToArray())];
        _unevaluatedProperties = unevaluatedProperties;
        _unevaluatedItems = unevaluatedItems;
        Annotation = annotation;
        RefusesAll = keywords.All(list => list is [RefuseAllKeyword]);
        IsTrivial = keywords.All(list => list.Count == 0) && unevaluatedProperties is null && unevaluatedItems is null;
    }

    public IEnumerable<Keyword> AllKeywords
    {
        get
        {
            var all = _keywords.SelectMany(list => list);
            if (_unevaluatedProperties is not null)
                all = all.Append(_unevaluatedProperties);
            if (_unevaluatedItems is not null)
                all = all.Append(_unevaluatedItems);
            return all.Distinct();
        }
    }

    public ReadOnlySpan<Keyword> KeywordsFor(JsonKind kind) => _keywords[(int)kind];

    /// <inheritdoc cref="Keyword.Check"/>
    public bool Check(JsonValue instance, ref Run run, int marks)
    {
        if (--run.StepsLeft < 0 || run.Depth >= Run.DepthMax)
            return run.GiveUp();
        var kind = instance.Kind;
        if (Unevaluated(kind) is { } unevaluated)
            return CheckAll(instance, kind, unevaluated, ref run, marks);

        run.Depth++;
        foreach (var keyword in _keywords[(int)kind])
        {
            if (!keyword.Check(instance, ref run, marks))
            {
                run.Depth--;
                return false;
            }
        }

        run.Depth--;
        return true;
    }

    /// <summary>Checks the name of a property; most keywords for text do it without making a value of it.</summary>
    public bool CheckName(string name, ref Run run)
    {
        if (--run.StepsLeft < 0 || run.Depth >= Run.DepthMax)
            return run.GiveUp();
        run.Depth++;
        foreach (var keyword in _keywords[(int)JsonKind.String])
        {
            if (!keyword.CheckName(name, ref run))
            {
                run.Depth--;
                return false;
            }
        }

        run.Depth--;
        return true;
    }

    /// <summary>Reports everything that is wrong with the instance. Called where <see cref="Check"/> failed.</summary>
    public void Explain(JsonValue instance, Explanation explanation)
    {
        if (!explanation.Enter(this))
            return;
        var kind = instance.Kind;
        foreach (var keyword in _keywords[(int)kind])
        {
            if (keyword.ExplainsEachPart || !keyword.Check(instance, ref explanation.Run, Run.NoMarks))
                keyword.Explain(instance, explanation);
        }

        // What a failed keyword left unevaluated is no news; the specification leaves it open, and people want the first cause.
        if (explanation.CountHere == 0)
            Unevaluated(kind)?.Explain(instance, explanation);
        explanation.Leave(this);
    }

    /// <summary>Looks for marks here and, through everything that may apply, below.</summary>
    public void FindMarks(JsonValue instance, MarkWalk walk)
    {
        if (!MayMark || !walk.Enter(this, instance))
            return;
        foreach (var keyword in _keywords[(int)instance.Kind])
            keyword.FindMarks(instance, walk);
        Unevaluated(instance.Kind)?.FindMarks(instance, walk);
        walk.Leave();
    }

    /// <summary>Runs the other keywords in a frame, so that the caller finds there what they evaluated.</summary>
    public bool CheckOthers(JsonValue instance, ref Run run, int frame)
    {
        foreach (var keyword in _keywords[(int)instance.Kind])
        {
            if (!keyword.Check(instance, ref run, frame))
                return false;
        }

        return true;
    }

    public static int PartsOf(JsonValue instance) => instance switch
    {
        JsonObject members => members.Count,
        JsonArray array => array.Items.Length,
        _ => 0,
    };

    private Keyword? Unevaluated(JsonKind kind) => kind switch
    {
        JsonKind.Object => _unevaluatedProperties,
        JsonKind.Array => _unevaluatedItems,
        _ => null,
    };

    private bool CheckAll(JsonValue instance, JsonKind kind, Keyword unevaluated, ref Run run, int marks)
    {
        // What lies outside must not count as evaluated here, so there is a frame of this node's own.
        run.Depth++;
        var count = PartsOf(instance);
        var frame = run.OpenMarks(count);
        var valid = CheckOthers(instance, ref run, frame) && unevaluated.Check(instance, ref run, frame);
        if (valid && marks >= 0)
            run.Merge(frame, marks, count);
        run.CloseMarks(frame);
        run.Depth--;
        return valid;
    }
}

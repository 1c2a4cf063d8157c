using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Evaluating;
using Setpoint.Core.Schemas.Keywords;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>
/// Makes the keywords of one node, in the order in which they are to be checked: cheap ones that refuse often first, then what goes
/// into the value, then what applies other schemas to it.
/// </summary>
internal sealed class SubschemaCompiler(SchemaCompilation compilation, SchemaLocation place, DynamicScope scope)
{
    private static readonly string[] TypeNames = ["null", "boolean", "number", "string", "array", "object"];

    private readonly List<Keyword>[] _keywords = [.. Enumerable.Range(0, SchemaNode.Kinds).Select(_ => new List<Keyword>())];

    public void Fill(SchemaNode node)
    {
        switch (place.Value)
        {
            case JsonBoolean { Value: true }:
                return;
            case JsonObject members:
                Fill(node, new SubschemaReader(compilation, place, scope, members));
                return;
            default:
                // false, or no schema at all, which has been reported.
                AddForAll(new RefuseAllKeyword());
                node.Fill(_keywords, null, null, Annotation.None);
                return;
        }
    }

    private void Fill(SchemaNode node, SubschemaReader reader)
    {
        var annotation = AnnotationReader.Read(reader);
        if (reader.Dialect.ReferenceStandsAlone && reader.Value("$ref") is not null)
        {
            AddReference(reader, "$ref", dynamic: false);
            node.Fill(_keywords, null, null, annotation);
            return;
        }

        if (reader.Dialect.Has(Vocabularies.Validation))
        {
            AddType(reader);
            AddValues(reader);
            Add(JsonKind.Number, NumberCompiler.Keywords(reader));
            Add(JsonKind.Object, ObjectCompiler.Assertions(reader));
            Add(JsonKind.Array, ArrayCompiler.Assertions(reader));
        }

        Add(JsonKind.String, StringCompiler.Keywords(reader));
        AddReference(reader, "$ref", dynamic: false);
        if (reader.Dialect.Draft == DialectDraft.Draft202012)
            AddReference(reader, "$dynamicRef", dynamic: true);
        Keyword? unevaluatedProperties = null;
        Keyword? unevaluatedItems = null;
        if (reader.Dialect.Has(Vocabularies.Applicator))
        {
            Add(JsonKind.Object, ObjectCompiler.Applicators(reader));
            Add(JsonKind.Array, ArrayCompiler.Applicators(reader));
            AddInPlace(reader);
        }

        if (reader.Dialect.Has(Vocabularies.Unevaluated) && reader.Dialect.Draft != DialectDraft.Draft7)
        {
            if (reader.One("unevaluatedProperties") is { } properties)
                unevaluatedProperties = new UnevaluatedPropertiesKeyword(node, properties);
            if (reader.One("unevaluatedItems") is { } items)
                unevaluatedItems = new UnevaluatedItemsKeyword(node, items);
        }

        node.Fill(_keywords, unevaluatedProperties, unevaluatedItems, annotation);
    }

    private void AddType(SubschemaReader reader)
    {
        if (reader.Value("type") is not { } type)
            return;
        var allowed = type switch
        {
            JsonString one => [one.Value],
            JsonArray list => reader.Names(list, reader.PointerTo("type")),
            _ => [],
        };
        if (allowed.Length == 0 || allowed.Any(name => name != "integer" && !TypeNames.Contains(name)))
        {
            reader.Refuse(reader.PointerTo("type"), ViolationCode.ConstraintViolation, $"'{reader.PointerTo("type")}' must be one of {Wording.Or([.. TypeNames, "integer"])}, or a list of them.");
            return;
        }

        for (var kind = 0; kind < SchemaNode.Kinds; kind++)
        {
            if (allowed.Contains(TypeNames[kind]))
                continue;
            if (kind == (int)JsonKind.Number && allowed.Contains("integer"))
                _keywords[kind].Add(new IntegerKeyword(allowed));
            else
                _keywords[kind].Add(new TypeKeyword(allowed));
        }
    }

    private void AddValues(SubschemaReader reader)
    {
        if (reader.Value("const") is { } constant)
            AddForAll(new OneOfValuesKeyword("const", [constant]));
        if (reader.Array("enum") is { } values)
            AddForAll(new OneOfValuesKeyword("enum", [.. values.Items]));
    }

    private void AddReference(SubschemaReader reader, string keyword, bool dynamic)
    {
        if (reader.Reference(keyword, dynamic) is { } target)
            AddForAll(new ReferenceKeyword(keyword, target));
    }

    private void AddInPlace(SubschemaReader reader)
    {
        if (reader.List("allOf") is { } all)
            AddForAll(new AllOfKeyword(all));
        if (reader.List("anyOf") is { } any)
            AddForAll(new ChoiceKeyword(exactlyOne: false, any));
        if (reader.List("oneOf") is { } one)
            AddForAll(new ChoiceKeyword(exactlyOne: true, one));
        if (reader.One("not") is { } not)
            AddForAll(new NotKeyword(not));
        var then = reader.One("then");
        var otherwise = reader.One("else");

        // Without then and else it still decides what has been evaluated.
        if (reader.One("if") is { } condition)
            AddForAll(new ConditionKeyword(condition, then, otherwise));
    }

    private void AddForAll(Keyword keyword)
    {
        foreach (var list in _keywords)
            list.Add(keyword);
    }

    private void Add(JsonKind kind, IEnumerable<Keyword> keywords) => _keywords[(int)kind].AddRange(keywords);
}

using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>One compilation: from a document to linked nodes.</summary>
/// <remarks>
/// 1. The document is held against its metaschema. If it fails, that is all that is reported: its keywords cannot be read.
/// 2. Its resources and anchors are found, so that a reference can be resolved before the place that it leads to is compiled.
/// 3. Nodes are made from a queue, each for one place in one dynamic scope; a reference links to a node that may not be filled yet.
///    No recursion, so a chain of a thousand references costs no stack.
/// 4. A node that leads to itself without going into the value would never end: such cycles are refused.
/// 5. What can be reached from a node (marks, defaults) is carried backwards along the links.
/// </remarks>
internal sealed class SchemaCompilation
{
    /// <summary>Each costs some hundred bytes. The largest document that may be stored holds about 300,000 schemas of three bytes.</summary>
    public const int NodesMax = 100_000;

    private readonly SchemaOptions _options;
    private readonly bool _checkMetaschema;
    private readonly ViolationList _violations = new();
    private readonly Dictionary<string, SchemaDocument> _documents = new(StringComparer.Ordinal);
    private readonly Dictionary<(SchemaDocument Document, string Pointer, int Scope), SchemaNode> _nodes = [];
    private readonly Queue<(SchemaNode Node, SchemaLocation Place, DynamicScope Scope)> _queue = new();
    private readonly List<(SchemaNode Node, SchemaLocation Place)> _filled = [];
    private readonly SortedSet<string> _external = new(StringComparer.Ordinal);
    private readonly HashSet<string> _metaschemasInWork;
    private bool _tooLarge;

    private SchemaCompilation(SchemaOptions options, bool checkMetaschema, HashSet<string> metaschemasInWork)
    {
        _options = options;
        _checkMetaschema = checkMetaschema;
        _metaschemasInWork = metaschemasInWork;
        DefaultDialect = Dialect.Of(options.Draft);
    }

    public Dialect DefaultDialect { get; }

    public bool AssertFormat => _options.AssertFormat;

    public PatternCache Patterns { get; } = new();

    public static Result<JsonSchema> Run(JsonValue schema, SchemaOptions options, bool checkMetaschema = true) =>
        new SchemaCompilation(options, checkMetaschema, new(StringComparer.Ordinal)).Compile(schema);

    public void Add(SchemaDocument document, string pointer, string code, string message)
    {
        // A violation points into the schema that is compiled. One in another document has to say so.
        var isMain = document.Uri == SchemaUri.Unnamed;
        _violations.Add(null, isMain ? pointer : string.Empty, code, isMain ? message : $"In '{document.Uri}' at '{pointer}': {message}");
    }

    /// <summary>The node for a place, made on first use and filled later.</summary>
    public SchemaNode NodeFor(SchemaLocation place, DynamicScope scope)
    {
        scope = scope.Enter(place.Resource);
        var key = (place.Resource.Document, place.Pointer, scope.Id);
        if (_nodes.TryGetValue(key, out var node))
            return node;
        node = new SchemaNode(_nodes.Count);
        if (_nodes.Count >= NodesMax)
        {
            _tooLarge = true;
            return node;
        }

        _nodes.Add(key, node);
        _queue.Enqueue((node, place, scope));
        return node;
    }

    /// <summary>The dialect that <c>$schema</c> asks for; the given one if it says nothing.</summary>
    public Dialect DialectOf(JsonValue schema, Dialect otherwise)
    {
        if (schema is not JsonObject members || members["$schema"] is not JsonString name)
            return otherwise;
        var (uri, _) = SchemaUri.Split(name.Value);
        if (Dialect.Known(uri) is { } known)
            return known;
        if (!_options.Registry.TryFind(uri, out var metaschema))
        {
            _violations.Add(null, "/$schema", ViolationCode.UnknownReference,
                $"'$schema' is '{Phrase.Clip(name.Value)}', which is neither draft-07 ({MetaschemaFiles.Draft7}#) nor 2020-12 ({MetaschemaFiles.Draft202012}) nor a registered metaschema.");
            return otherwise;
        }

        _external.Add(uri);
        return VocabularyReader.Read(this, uri, metaschema, otherwise);
    }

    public void AddUnknownVocabulary(string metaschema, string vocabulary) =>
        _violations.Add(null, "/$schema", ViolationCode.UnknownReference,
            $"The metaschema '{metaschema}' requires the vocabulary '{vocabulary}', which is not known here.");

    /// <summary>The resource with that URI, in the document at hand, in one that was read before, or in the registry.</summary>
    public SchemaResource? FindResource(string uri, SchemaDocument at)
    {
        if (at.Find(uri) is { } here)
            return here;
        foreach (var read in _documents.Values)
        {
            if (read.Uri != uri && read.Find(uri) is { } found)
                return found;
        }

        if (_documents.TryGetValue(uri, out var document))
            return document.RootResource;
        if (!_options.Registry.TryFind(uri, out var root))
            return null;
        document = ResourceScan.Read(this, uri, root, isMain: false);
        _documents.Add(uri, document);
        if (!SchemaRegistry.IsBuiltIn(uri))
        {
            _external.Add(uri);
            CheckMetaschema(document);
        }

        return document.RootResource;
    }

    private Result<JsonSchema> Compile(JsonValue schema)
    {
        var document = ResourceScan.Read(this, SchemaUri.Unnamed, schema, isMain: true);
        _documents.Add(SchemaUri.Unnamed, document);
        CheckMetaschema(document);
        if (_violations.Count > 0)
            return new Fault.Invalid(_violations.ToImmutable());

        var scope = new DynamicScope();
        var root = NodeFor(document.RootResource.Root, scope);
        FillAll();
        foreach (var definition in document.Definitions)
            NodeFor(definition, scope);
        FillAll();
        if (_tooLarge)
            return new Fault.TooLarge($"The schema has more than {Wording.Number(NodesMax)} subschemas, counting those it refers to; the limit is {Wording.Number(NodesMax)}.");

        NodeGraph.RefuseEndless(this, _filled);
        if (_violations.Count > 0)
            return new Fault.Invalid(_violations.ToImmutable());
        NodeGraph.CarryBack(_filled.Select(filled => filled.Node).ToList());
        return new JsonSchema(root, [.. _external]);
    }

    private void FillAll()
    {
        while (!_tooLarge && _queue.TryDequeue(out var next))
        {
            new SubschemaCompiler(this, next.Place, next.Scope).Fill(next.Node);
            _filled.Add((next.Node, next.Place));
        }
    }

    private void CheckMetaschema(SchemaDocument document)
    {
        if (!_checkMetaschema)
            return;
        if (MetaschemaFor(document) is not { } metaschema)
            return;
        var verdict = metaschema.Evaluate(document.Root);
        if (verdict.TimedOut)
            Add(document, string.Empty, ViolationCode.ConstraintViolation, "The schema is too large to be checked against its metaschema.");

        // A metaschema of several vocabularies says of a schema that is a number once for each of them that it is none.
        foreach (var error in verdict.Errors.DistinctBy(error => error.Message))
            Add(document, error.InstancePath, Metaschemas.CodeOf(error), error.Message);
    }

    /// <summary>Null where there is none that could be asked: 2019-09, or a metaschema that describes itself.</summary>
    private JsonSchema? MetaschemaFor(SchemaDocument document)
    {
        if ((document.Root as JsonObject)?["$schema"] is not JsonString name)
            return Metaschemas.For(DefaultDialect.Draft);
        var (uri, _) = SchemaUri.Split(name.Value);
        if (Dialect.Known(uri) is { } known)
            return Metaschemas.For(known.Draft);
        if (!_options.Registry.TryFind(uri, out var custom) || !_metaschemasInWork.Add(uri))
            return null;
        var compiled = new SchemaCompilation(Metaschemas.Options(_options), _checkMetaschema, _metaschemasInWork).Compile(custom);
        _metaschemasInWork.Remove(uri);
        if (compiled.TryGet(out var schema, out var fault))
            return schema;
        _violations.Add(null, "/$schema", ViolationCode.ConstraintViolation, $"The metaschema '{uri}' is itself not valid: {fault.Message}");
        return null;
    }
}

using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Setpoint.Server.Sources;

/// <summary>Reads one YAML document into the tree that JSON is read into, as strictly as JSON is read.</summary>
/// <remarks>
/// Scalars get their types by the core schema of YAML 1.2: <c>no</c> is a string and <c>0.10</c> keeps its digits. Anchors and aliases
/// work; their parts are shared, so that a bomb of them is measured, not built. Refused, with line and column: duplicate and complex
/// keys, tags of other schemas, <c>&lt;&lt;</c>, infinities and NaN, a second document, anything over the limits. Messages name keys and
/// never hold a value. Never throws for any bytes.
/// </remarks>
internal static class YamlReader
{
    private const int NameShownMax = 64;

    public static Result<JsonObject> ParseObject(ReadOnlySpan<byte> utf8, JsonLimits limits)
    {
        if (utf8.Length > limits.SizeMax)
            return new Fault.TooLarge($"The YAML text has {utf8.Length} bytes; the limit is {limits.SizeMax}.");
        if (!Utf8.IsValid(utf8))
            return Refuse(PlaceOfBadByte(utf8), "the text is not valid UTF-8.");
        try
        {
            var root = new Run(new Scanner(new StringReader(Encoding.UTF8.GetString(utf8))), limits.DepthMax).ReadDocument();
            return JsonMeasure.Check(root, limits) is { } tooLarge ? tooLarge : root;
        }
        catch (RefusedException refused)
        {
            return refused.TooDeep ? new Fault.TooLarge($"{PlaceOf(refused.At)}: {refused.Message}") : Refuse(PlaceOf(refused.At), refused.Message);
        }
        catch (YamlException broken)
        {
            // The scanner's and the parser's sentences are fixed texts without anything of the input in them.
            return Refuse(PlaceOf(broken.Start), Sentence(broken.Message));
        }
    }

    private static Fault.Malformed Refuse(string place, string message) =>
        new($"{place}: {message}", [new Violation("", ViolationCode.MalformedDocument, $"{place}: {message}")]);

    private static string PlaceOf(in Mark at) => $"Line {Math.Max(1, at.Line)}, column {Math.Max(1, at.Column)}";

    private static string PlaceOfBadByte(ReadOnlySpan<byte> utf8)
    {
        var scratch = new char[utf8.Length];
        Utf8.ToUtf16(utf8, scratch, out var offset, out var characters, replaceInvalidSequences: false);
        var line = 1 + utf8[..offset].Count((byte)'\n');
        var column = characters - scratch.AsSpan(0, characters).LastIndexOf('\n');
        return $"Line {line}, column {column}";
    }

    private static string Sentence(string message) =>
        message.Length == 0 ? "this is not valid YAML." : string.Concat(char.ToLowerInvariant(message[0]).ToString(), message.AsSpan(1));

    /// <summary>One run over one text.</summary>
    private sealed class Run(Scanner scanner, int depthMax)
    {
        private readonly Parser _parser = new(scanner);
        private readonly Dictionary<string, JsonValue> _anchors = new(StringComparer.Ordinal);

        public JsonObject ReadDocument()
        {
            Next<StreamStart>();
            Move();
            if (_parser.Current is not DocumentStart)
                throw new RefusedException(_parser.Current!.Start, "the text holds no document; write {} for one without settings.");
            Move();
            var start = _parser.Current!.Start;
            if (Read(0) is not JsonObject root)
                throw new RefusedException(start, "a mapping of names to values is expected at the top.");
            Next<DocumentEnd>();
            Move();
            return _parser.Current is StreamEnd ? root : throw new RefusedException(_parser.Current!.Start, "a second document begins; a file holds one.");
        }

        private bool Move()
        {
            try
            {
                return _parser.MoveNext();
            }
            catch (Exception broken) when (broken is InvalidOperationException or ArgumentException)
            {
                // The scanner asserts what malformed text can make untrue, for example a colon after an item of an unclosed [.
                throw new RefusedException(scanner.CurrentPosition, "this is not valid YAML; a bracket, quote or tag before it may be left open.");
            }
        }

        private void Next<T>() where T : ParsingEvent
        {
            if (!Move() || _parser.Current is not T)
                throw new RefusedException(_parser.Current?.Start ?? Mark.Empty, "this is not valid YAML.");
        }

        /// <summary>Reads the node that the parser stands on and leaves it on the node's last event.</summary>
        private JsonValue Read(int depth)
        {
            var at = _parser.Current!;
            var value = at switch
            {
                Scalar scalar => YamlScalars.Read(scalar),
                SequenceStart start => ReadSequence(start, depth),
                MappingStart start => ReadMapping(start, depth),
                // An anchor is known once its node is complete, so that no node can contain itself. The name is not told: a secret that
                // begins with a star, and was not quoted, looks like an alias.
                AnchorAlias alias => _anchors.GetValueOrDefault(alias.Value.Value)
                    ?? throw new RefusedException(at.Start, "no anchor before this alias has its name; quote it if it is meant as text."),
                _ => throw new RefusedException(at.Start, "a value is expected."),
            };

            // An alias can be deep although it stands high up: 64 lines of anchors would be, each around the one before it.
            if (depth + value.Depth > depthMax)
                throw new RefusedException(at.Start, $"mappings and sequences are nested deeper than {depthMax} levels, which is the limit.") { TooDeep = true };
            if (at is NodeEvent { Anchor.IsEmpty: false } node)
                _anchors[node.Anchor.Value] = value;
            return value;
        }

        private JsonArray ReadSequence(SequenceStart start, int depth)
        {
            Enter(start, "tag:yaml.org,2002:seq", depth);
            var items = ImmutableArray.CreateBuilder<JsonValue>();
            while (Move() && _parser.Current is not SequenceEnd)
                items.Add(Read(depth + 1));
            return items.Count == 0 ? JsonArray.Empty : new(items.DrainToImmutable());
        }

        private JsonObject ReadMapping(MappingStart start, int depth)
        {
            Enter(start, "tag:yaml.org,2002:map", depth);
            var members = new JsonObjectBuilder();
            var names = new HashSet<string>(StringComparer.Ordinal);
            while (Move() && _parser.Current is not MappingEnd)
            {
                var at = _parser.Current!;
                var name = ReadName(at);
                if (!names.Add(name))
                    throw new RefusedException(at.Start, $"key '{Clip(name)}' occurs twice in one mapping.");
                Move();
                members.Add(name, Read(depth + 1));
            }

            return members.Build();
        }

        private static string ReadName(ParsingEvent at) => at switch
        {
            Scalar { Style: ScalarStyle.Plain, Value: "<<" } => throw new RefusedException(at.Start,
                "'<<' is a merge key of YAML 1.1; repeat the settings here, or move what services share to a lower layer."),
            Scalar { Anchor.IsEmpty: true } scalar => scalar.Value,
            Scalar => throw new RefusedException(at.Start, "a key cannot have an anchor."),
            AnchorAlias => throw new RefusedException(at.Start, "a key cannot be an alias."),
            _ => throw new RefusedException(at.Start, "a key must be a plain or quoted text, not a mapping or sequence."),
        };

        private void Enter(NodeEvent start, string ownTag, int depth)
        {
            if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific && start.Tag.Value != ownTag)
                throw new RefusedException(start.Start, "this tag is not of YAML's core schema.");
            if (depth >= depthMax)
                throw new RefusedException(start.Start, $"mappings and sequences are nested deeper than {depthMax} levels, which is the limit.") { TooDeep = true };
        }

        private static string Clip(string name) => name.Length <= NameShownMax ? name : string.Concat(name.AsSpan(0, NameShownMax), "...");
    }
}

/// <summary>Leaves the recursion; never leaves <see cref="YamlReader"/>.</summary>
internal sealed class RefusedException(Mark at, string message) : Exception(message)
{
    public Mark At { get; } = at;

    public bool TooDeep { get; init; }
}

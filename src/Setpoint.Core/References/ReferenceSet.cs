using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.References;

/// <summary>What the strings of one layer refer to. Immutable.</summary>
public sealed class ReferenceSet
{
    /// <summary>Of a layer without references: nothing in it needs a look when it is resolved.</summary>
    public static readonly ReferenceSet None = new([], []);

    private ReferenceSet(ImmutableArray<Reference> references, ImmutableArray<string> namespaces)
    {
        References = references;
        Namespaces = namespaces;
    }

    /// <summary>Each once, in the order of the document.</summary>
    public ImmutableArray<Reference> References { get; }

    /// <summary>Namespaces that are named; the one that is read is not.</summary>
    public ImmutableArray<string> Namespaces { get; }

    /// <summary>Whether a string must be rewritten: for a reference, or for an escaped <c>${</c>.</summary>
    public bool IsEmpty => ReferenceEquals(this, None);

    /// <param name="report">Told the place and what is wrong with a string that cannot be read.</param>
    public static ReferenceSet Of(JsonObject config, Action<JsonPointer, string>? report = null)
    {
        var finder = new Finder(report);
        finder.Visit(config, JsonPointer.Root);
        return finder.HasAny
            ? new([.. finder.Found.Distinct()], [.. finder.Found.Select(NamespaceOf).OfType<string>().Distinct(StringComparer.Ordinal)])
            : None;
    }

    private static string? NamespaceOf(Reference reference) =>
        reference.Provider == Reference.Config && ConfigKey.TryParse(reference.Key, out var key, out _) ? key.Namespace : null;

    private sealed class Finder(Action<JsonPointer, string>? report)
    {
        public bool HasAny { get; private set; }

        public List<Reference> Found { get; } = [];

        public void Visit(JsonValue value, JsonPointer at)
        {
            switch (value)
            {
                case JsonString text:
                    if (ReferenceText.MayRefer(text.Value))
                        Read(text.Value, at);
                    break;
                case JsonObject members:
                    for (var i = 0; i < members.Count; i++)
                    {
                        if (Concerns(members.ValueAt(i)))
                            Visit(members.ValueAt(i), at.Append(members.NameAt(i)));
                    }

                    break;
                case JsonArray array:
                    for (var i = 0; i < array.Items.Length; i++)
                    {
                        if (Concerns(array.Items[i]))
                            Visit(array.Items[i], at.Append(i));
                    }

                    break;
            }
        }

        /// <summary>Spares most values the making of their pointer: this runs over every string of every layer.</summary>
        private static bool Concerns(JsonValue value) =>
            value is JsonString text ? ReferenceText.MayRefer(text.Value) : value.Kind >= JsonKind.Array;

        private void Read(string text, JsonPointer at)
        {
            HasAny = true;
            if (!ReferenceText.TryParse(text, out var parsed, out var problem))
            {
                report?.Invoke(at, problem);
                return;
            }

            foreach (var part in parsed.Parts)
            {
                if (part.Reference is not { } reference)
                    continue;
                if (reference.Provider == Reference.Config && !ConfigKey.TryParse(reference.Key, out _, out problem))
                    report?.Invoke(at, $"The key of {reference} cannot be read. {problem}");
                else
                    Found.Add(reference);
            }
        }
    }
}

using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>Reads <c>$vocabulary</c> of a registered metaschema.</summary>
internal static class VocabularyReader
{
    public static Dialect Read(SchemaCompilation compilation, string uri, JsonValue metaschema, Dialect otherwise)
    {
        // A metaschema is itself written in a draft, and that is the one it describes.
        var draft = metaschema is JsonObject members && members["$schema"] is JsonString name && Dialect.Known(SchemaUri.Split(name.Value).Uri) is { } known
            ? known
            : otherwise;
        if (draft.Draft == DialectDraft.Draft7 || (metaschema as JsonObject)?["$vocabulary"] is not JsonObject listed)
            return draft;

        var vocabularies = Vocabularies.None;
        for (var i = 0; i < listed.Count; i++)
        {
            if (Dialect.Vocabulary(listed.NameAt(i)) is { } vocabulary)
                vocabularies |= vocabulary;
            else if (listed.ValueAt(i) is JsonBoolean { Value: true })
                compilation.AddUnknownVocabulary(uri, listed.NameAt(i));
        }

        return draft with { Vocabularies = vocabularies };
    }
}

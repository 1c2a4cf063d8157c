namespace Setpoint.Core.Schemas.Compiling;

/// <summary>The drafts whose keywords are understood. 2019-09 only where a registered document is written in it.</summary>
internal enum DialectDraft
{
    Draft7,
    Draft201909,
    Draft202012,
}

/// <summary>The vocabularies that a metaschema can leave out (<c>$vocabulary</c>). The core is always there.</summary>
[Flags]
internal enum Vocabularies
{
    None = 0,
    Applicator = 1,
    Unevaluated = 2,
    Validation = 4,
    MetaData = 8,
    Format = 16,
    FormatAssertion = 32,
    Content = 64,
    All = Applicator | Unevaluated | Validation | MetaData | Format | Content,
}

/// <summary>How the keywords of a resource are read.</summary>
internal sealed record Dialect(DialectDraft Draft, Vocabularies Vocabularies)
{
    public static readonly Dialect Draft7 = new(DialectDraft.Draft7, Vocabularies.All);
    public static readonly Dialect Draft201909 = new(DialectDraft.Draft201909, Vocabularies.All);
    public static readonly Dialect Draft202012 = new(DialectDraft.Draft202012, Vocabularies.All);

    private const string VocabularyPrefix = "https://json-schema.org/draft/2020-12/vocab/";
    private const string VocabularyPrefix2019 = "https://json-schema.org/draft/2019-09/vocab/";

    public bool Has(Vocabularies vocabulary) => (Vocabularies & vocabulary) != Vocabularies.None;

    /// <summary>Draft-07: beside <c>$ref</c> nothing else of a schema counts.</summary>
    public bool ReferenceStandsAlone => Draft == DialectDraft.Draft7;

    public static Dialect Of(SchemaDraft draft) => draft switch
    {
        SchemaDraft.Draft7 => Draft7,
        SchemaDraft.Draft202012 => Draft202012,
        _ => throw new ArgumentOutOfRangeException(nameof(draft), draft, "Unknown draft."),
    };

    /// <summary>The dialect of a metaschema that is known by its name; null if it must be looked up.</summary>
    public static Dialect? Known(string metaschema) => metaschema switch
    {
        MetaschemaFiles.Draft7 or "https://json-schema.org/draft-07/schema" => Draft7,
        "https://json-schema.org/draft/2019-09/schema" => Draft201909,
        MetaschemaFiles.Draft202012 => Draft202012,
        _ => null,
    };

    /// <summary>The vocabulary of this URI; null if it is none that is understood.</summary>
    public static Vocabularies? Vocabulary(string uri)
    {
        if (!uri.StartsWith(VocabularyPrefix, StringComparison.Ordinal) && !uri.StartsWith(VocabularyPrefix2019, StringComparison.Ordinal))
            return null;
        return uri[VocabularyPrefix.Length..] switch
        {
            "core" => Vocabularies.None,
            "applicator" when uri.StartsWith(VocabularyPrefix2019, StringComparison.Ordinal) => Vocabularies.Applicator | Vocabularies.Unevaluated,
            "applicator" => Vocabularies.Applicator,
            "unevaluated" => Vocabularies.Unevaluated,
            "validation" => Vocabularies.Validation,
            "meta-data" => Vocabularies.MetaData,
            "format-annotation" or "format" => Vocabularies.Format,
            "format-assertion" => Vocabularies.Format | Vocabularies.FormatAssertion,
            "content" => Vocabularies.Content,
            _ => null,
        };
    }
}

using Setpoint.Core.Faults;
using Setpoint.Core.Schemas.Evaluating;
using Setpoint.Core.Schemas.Formats;
using Setpoint.Core.Schemas.Keywords;
using Setpoint.Core.Schemas.Patterns;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>The keywords for strings.</summary>
internal static class StringCompiler
{
    public static IEnumerable<Keyword> Keywords(SubschemaReader reader)
    {
        if (reader.Dialect.Has(Vocabularies.Validation))
        {
            var (least, most) = (reader.Count("minLength"), reader.Count("maxLength"));
            if (least is not null || most is not null)
                yield return new LengthKeyword(least, most);
            if (reader.Text("pattern") is { } source && Pattern(reader, source, reader.PointerTo("pattern")) is { } pattern)
                yield return new PatternKeyword(pattern);
        }

        var asserts = (reader.Compilation.AssertFormat && reader.Dialect.Has(Vocabularies.Format)) || reader.Dialect.Has(Vocabularies.FormatAssertion);
        if (asserts && reader.Text("format") is { } name && StringFormat.Find(name, reader.Dialect.Draft) is { } format)
            yield return new FormatKeyword(format);
    }

    /// <summary>Null where the pattern cannot be read, which is then reported.</summary>
    public static EcmaPattern? Pattern(SubschemaReader reader, string source, string pointer)
    {
        var pattern = reader.Compilation.Patterns.Find(source, out var problem);
        if (pattern is null)
            reader.Refuse(pointer, ViolationCode.ConstraintViolation, $"The pattern '{Phrase.Clip(source)}' cannot be read as a regular expression (ECMA-262): {problem}");
        return pattern;
    }
}

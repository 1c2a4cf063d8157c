using System.Globalization;

namespace Setpoint.Core.Schemas.Patterns;

/// <summary>The sets of <c>\p{...}</c>: general categories by all of their names, and a few others. Scripts are not known to the runtime.</summary>
internal static class UnicodeProperties
{
    /// <summary>Two letters, long name, other names (PropertyValueAliases.txt of Unicode); in the order of <see cref="UnicodeCategory"/>.</summary>
    private static readonly string[][] Categories =
    [
        ["Lu", "Uppercase_Letter"], ["Ll", "Lowercase_Letter"], ["Lt", "Titlecase_Letter"], ["Lm", "Modifier_Letter"], ["Lo", "Other_Letter"],
        ["Mn", "Nonspacing_Mark"], ["Mc", "Spacing_Mark"], ["Me", "Enclosing_Mark"],
        ["Nd", "Decimal_Number", "digit"], ["Nl", "Letter_Number"], ["No", "Other_Number"],
        ["Zs", "Space_Separator"], ["Zl", "Line_Separator"], ["Zp", "Paragraph_Separator"],
        ["Cc", "Control", "cntrl"], ["Cf", "Format"], ["Cs", "Surrogate"], ["Co", "Private_Use"],
        ["Pc", "Connector_Punctuation"], ["Pd", "Dash_Punctuation"], ["Ps", "Open_Punctuation"], ["Pe", "Close_Punctuation"],
        ["Pi", "Initial_Punctuation"], ["Pf", "Final_Punctuation"], ["Po", "Other_Punctuation"],
        ["Sm", "Math_Symbol"], ["Sc", "Currency_Symbol"], ["Sk", "Modifier_Symbol"], ["So", "Other_Symbol"],
        ["Cn", "Unassigned"],
    ];

    private static readonly string[][] Groups =
    [
        ["L", "Letter"], ["M", "Mark", "Combining_Mark"], ["N", "Number"], ["Z", "Separator"], ["C", "Other"], ["P", "Punctuation", "punct"], ["S", "Symbol"],
    ];

    // One pass over all characters, 10 ms, when the first property is asked for.
    private static readonly Lazy<CodePointSet[]> Sets = new(ReadAll);

    /// <summary>Null if the name means nothing here.</summary>
    public static CodePointSet? Find(string property)
    {
        var equals = property.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0 && property[..equals] is not ("gc" or "General_Category"))
            return null;
        var name = property[(equals + 1)..];
        if (equals < 0)
        {
            switch (name)
            {
                case "Any":
                    return CodePointSet.All;
                case "ASCII":
                    return CodePointSet.Of((0, 0x7F));
                case "ASCII_Hex_Digit" or "AHex":
                    return CodePointSet.Of(('0', '9'), ('A', 'F'), ('a', 'f'));
            }
        }

        if (name is "LC" or "Cased_Letter")
            return CodePointSet.Union(Sets.Value[..3]);
        var category = Array.FindIndex(Categories, names => names.Contains(name));
        if (category >= 0)
            return Sets.Value[category];
        var group = Array.Find(Groups, names => names.Contains(name));
        return group is null
            ? null
            : CodePointSet.Union(Sets.Value.Where((_, i) => Categories[i][0][0] == group[0][0]));
    }

    private static CodePointSet[] ReadAll()
    {
        var ranges = Categories.Select(_ => new List<(int From, int To)>()).ToArray();
        for (var character = 0; character <= CodePointSet.Last; character++)
        {
            var list = ranges[(int)CharUnicodeInfo.GetUnicodeCategory(character)];
            if (list.Count > 0 && list[^1].To == character - 1)
                list[^1] = (list[^1].From, character);
            else
                list.Add((character, character));
        }

        return [.. ranges.Select(list => CodePointSet.Of(list))];
    }
}

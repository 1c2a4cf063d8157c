using System.Collections.Immutable;
using System.Text;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Rules;

/// <summary>
/// The message of a rule: text with places <c>{path.to.value}</c> for values of the data. <c>{{</c> and <c>}}</c> are braces.
/// </summary>
internal sealed class RuleMessage
{
    /// <summary>Characters of a value that are shown.</summary>
    private const int ValueLengthMax = 100;

    // Texts and paths by turns, beginning and ending with a text.
    private readonly ImmutableArray<string> _parts;

    private RuleMessage(ImmutableArray<string> parts) => _parts = parts;

    /// <summary>Reads a message; <paramref name="problem"/> says what is wrong with its braces.</summary>
    public static RuleMessage? Parse(string text, out string? problem)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is not ('{' or '}'))
            {
                literal.Append(text[at]);
                continue;
            }

            if (at + 1 < text.Length && text[at + 1] == text[at])
            {
                literal.Append(text[at++]);
                continue;
            }

            var end = text[at] == '{' ? text.IndexOfAny(['{', '}'], at + 1) : -1;
            if (end <= at + 1 || text[end] != '}')
            {
                problem = $"The message has a '{text[at]}' at {at} that belongs to no {{path}}; write '{text[at]}{text[at]}' for the character itself.";
                return null;
            }

            parts.Add(literal.ToString());
            literal.Clear();
            parts.Add(text[(at + 1)..end]);
            at = end;
        }

        parts.Add(literal.ToString());
        problem = null;
        return new(parts.ToImmutable());
    }

    /// <summary>The message with the values that the data has now.</summary>
    /// <param name="data">Where the paths lead.</param>
    /// <param name="isSecret">True for paths whose values nobody may read; what lies below such a path is not shown either.</param>
    public string Fill(LogicRecord data, Func<string, bool> isSecret)
    {
        var filled = new StringBuilder(_parts[0]);
        for (var i = 1; i < _parts.Length; i += 2)
            filled.Append(Shown(data, _parts[i], isSecret)).Append(_parts[i + 1]);
        return filled.ToString();
    }

    private static string Shown(LogicRecord data, string path, Func<string, bool> isSecret)
    {
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            if (isSecret(path[..dot]))
                return "***";
        }

        if (isSecret(path))
            return "***";
        if (!LogicPath.Parse(path).TryRead(LogicValue.Of(data), out var value))
            return "(not set)";
        return value.Kind switch
        {
            LogicKind.Object => "(an object)",
            LogicKind.Array when LogicItems.TryOf(value, out var items) => $"(an array of {items.Count})",
            LogicKind.String => Phrase.Clip(value.Text, ValueLengthMax),
            _ => Phrase.Clip(value.ToString(), ValueLengthMax),
        };
    }
}

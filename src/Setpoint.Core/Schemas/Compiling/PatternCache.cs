using Setpoint.Core.Schemas.Patterns;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>One pattern for each text, however often a schema repeats it: the automaton behind it is the largest thing a schema holds.</summary>
internal sealed class PatternCache
{
    private readonly Dictionary<string, (EcmaPattern? Pattern, string? Problem)> _patterns = new(StringComparer.Ordinal);

    public EcmaPattern? Find(string source, out string? problem)
    {
        if (!_patterns.TryGetValue(source, out var known))
        {
            known = (EcmaPattern.TryParse(source, out var pattern, out var why) ? pattern : null, why);
            _patterns.Add(source, known);
        }

        problem = known.Problem;
        return known.Pattern;
    }
}

using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Server.Http;

/// <summary>
/// Takes the parameters of a query by name and type. A parameter that nobody asked for is refused: a misspelt <c>enviroment</c> must not
/// quietly answer with another environment's configuration.
/// </summary>
internal sealed class QueryReader
{
    /// <summary>Parameters with this prefix are attributes of the context.</summary>
    public const string AttributePrefix = "ctx.";

    // Every read passes here: a query without parameters allocates nothing. What is known matters where something was given.
    private List<string>? _known;
    private List<(string Name, string Value)>? _given;
    private ViolationList? _violations;

    public QueryReader(HttpRequest request)
    {
        foreach (var pair in new QueryStringEnumerable(request.QueryString.Value))
        {
            var name = pair.DecodeName().ToString();
            if (name.StartsWith(AttributePrefix, StringComparison.Ordinal))
                continue;
            if (Find(name) is not null)
                Report(name, $"Query parameter '{name}' is given twice.");
            else
                (_given ??= new(4)).Add((name, pair.DecodeValue().ToString()));
        }
    }

    public string? String(string name)
    {
        Know(name);
        return Find(name) is { Length: > 0 } value ? value : null;
    }

    /// <summary><c>true</c> or <c>false</c>; the name alone means true.</summary>
    public bool Boolean(string name)
    {
        Know(name);
        switch (Find(name))
        {
            case null or "false" or "0":
                return false;
            case "true" or "1" or "":
                return true;
            case var other:
                Report(name, $"Query parameter '{name}' is '{other}'; it must be true or false.");
                return false;
        }
    }

    /// <summary>What was chosen with <c>true</c> or <c>false</c>; null if neither was said.</summary>
    public bool? Choice(string name)
    {
        switch (String(name))
        {
            case null:
                return null;
            case "true":
                return true;
            case "false":
                return false;
            case var other:
                Report(name, $"Query parameter '{name}' is '{other}'; it must be true or false.");
                return null;
        }
    }

    public long? Number(string name, long min, long max)
    {
        if (String(name) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        Report(name, $"Query parameter '{name}' is '{text}'; it must be a whole number from {min} to {max}.");
        return null;
    }

    /// <summary>An RFC 3339 time, or a day.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (String(name) is not { } text)
            return null;
        // A '+' of the zone that nobody encoded arrives as a space.
        if (Rfc3339.TryParse(text.Replace(' ', '+'), out var time))
            return time;
        Report(name, $"Query parameter '{name}' is '{text}'; it must be an RFC 3339 time such as 2026-11-20T12:00:00Z, or a day such as 2026-11-20.");
        return null;
    }

    /// <summary>A time span such as <c>500ms</c>, <c>30s</c> or <c>1m</c>.</summary>
    public TimeSpan? Duration(string name, TimeSpan max)
    {
        if (String(name) is not { } text)
            return null;
        var digits = text.AsSpan().TrimEnd("ms");
        TimeSpan? span = null;
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 86_400_000)
        {
            span = text[digits.Length..] switch
            {
                "ms" => TimeSpan.FromMilliseconds(number),
                "s" or "" => TimeSpan.FromSeconds(number),
                "m" => TimeSpan.FromMinutes(number),
                _ => null,
            };
        }

        if (span is { } found && found <= max)
            return found;
        Report(name, $"Query parameter '{name}' is '{text}'; it must be a time such as 500ms or 30s, at most {max.TotalSeconds:0}s.");
        return null;
    }

    /// <summary>The refusal that names every wrong or unknown parameter; null if there is none. Call it after the last parameter.</summary>
    public Fault? Finish()
    {
        foreach (var (name, _) in _given ?? [])
        {
            if (_known?.Contains(name) != true)
                Report(name, $"Query parameter '{name}' is not known here; {Known()}.");
        }

        if (_violations is null)
            return null;
        var found = _violations.ToImmutable();
        return new Fault.Malformed(found.Length == 1 ? found[0].Message : $"{found.Length} query parameters are wrong; 'errors' lists each of them.", found);
    }

    private void Know(string name)
    {
        if (_given is not null)
            (_known ??= new(8)).Add(name);
    }

    private string Known() => _known is null
        ? "there are none"
        : $"known are {string.Join(", ", _known.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}";

    private string? Find(string name)
    {
        if (_given is null)
            return null;
        foreach (var given in _given)
        {
            if (given.Name == name)
                return given.Value;
        }

        return null;
    }

    private void Report(string name, string message) => (_violations ??= new()).Add(null, name, ViolationCode.MalformedDocument, message);
}

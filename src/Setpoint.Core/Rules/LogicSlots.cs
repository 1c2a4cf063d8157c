namespace Setpoint.Core.Rules;

/// <summary>
/// Gives the attributes of a flat context numbers while expressions are compiled, so that evaluation reads an array and not a dictionary.
/// Shared by all expressions that are evaluated with the same context. Not thread-safe.
/// </summary>
internal sealed class LogicSlots
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public int Count => _numbers.Count;

    /// <summary>The number of the attribute; a new attribute gets the next.</summary>
    public int NumberOf(string name)
    {
        if (!_numbers.TryGetValue(name, out var number))
            _numbers.Add(name, number = _numbers.Count);
        return number;
    }

    /// <summary>The number that a name, or a whole path under which the context has a value (<c>$flagd.flagKey</c>), was given before.</summary>
    public bool TryFind(string path, out int number) => _numbers.TryGetValue(path, out number);

    /// <summary>The names by number.</summary>
    public string[] Names()
    {
        var names = new string[_numbers.Count];
        foreach (var (name, number) in _numbers)
            names[number] = name;
        return names;
    }
}

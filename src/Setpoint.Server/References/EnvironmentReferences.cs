using System.Collections;
using System.Collections.Frozen;
using Setpoint.Core.Json;
using Setpoint.Core.References;
using Setpoint.Server.Process;

namespace Setpoint.Server.References;

/// <summary>The variables that are on the list, as they were when the server started. Immutable.</summary>
internal sealed class EnvironmentReferences : IReferenceProvider
{
    private readonly IReadOnlyList<string> _allowed;
    private readonly FrozenDictionary<string, JsonString> _values;

    public EnvironmentReferences(ServerSettings settings)
        : this(settings.ReferenceVariables, Environment.GetEnvironmentVariables())
    {
    }

    public EnvironmentReferences(IReadOnlyList<string> allowed, IDictionary variables)
    {
        _allowed = allowed;
        // A loop and not a query: a query over a struct is code that every start would have to compile.
        var values = new Dictionary<string, JsonString>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in variables)
        {
            if (IsAllowed((string)variable.Key))
                values.Add((string)variable.Key, new JsonString((string?)variable.Value ?? ""));
        }

        _values = values.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public string Name => Reference.Env;

    public long Generation => 0;

    public ReferenceValue Find(string key)
    {
        if (_values.TryGetValue(key, out var value))
            return ReferenceValue.Of(value);
        // Whether a variable that is not on the list is set is nobody's business either.
        return ReferenceValue.Unknown(IsAllowed(key)
            ? $"the server has no environment variable '{key}'; set it and restart the server"
            : $"environment variable '{key}' is not among those that SETPOINT_REFERENCE_ENV lists");
    }

    private bool IsAllowed(string name) =>
        !ServerSettings.OwnSecrets.Contains(name)
        && _allowed.Any(one => one.EndsWith('*') ? name.StartsWith(one[..^1], StringComparison.Ordinal) : name == one);
}

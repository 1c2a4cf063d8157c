using System.Collections.Immutable;
using Setpoint.Core.Flags;

namespace Setpoint.Client.Flags;

/// <summary>One namespace at one moment.</summary>
/// <param name="Definitions">Null while there are none.</param>
/// <param name="Set">The definitions compiled; null while there are none.</param>
internal sealed record NamespaceFlags(string Namespace, FlagDefinitions? Definitions, FlagSet? Set, SetpointOrigin Origin);

/// <summary>All flags of this process at one moment: immutable, so that an evaluation sees one state from its first look to its last.</summary>
internal sealed class FlagView
{
    // The namespaces that have definitions, in their order.
    private readonly NamespaceFlags[] _ready;

    // Those of them that have a flag: what evaluation walks. A service often has none of its own.
    private readonly NamespaceFlags[] _asked;

    public FlagView(ImmutableArray<NamespaceFlags> namespaces)
    {
        Namespaces = namespaces;
        _ready = [.. namespaces.Where(one => one.Set is not null)];
        _asked = [.. _ready.Where(one => one.Set!.Count > 0 || one.Definitions!.Unreadable.Count > 0)];
    }

    /// <summary>In the order in which they count.</summary>
    public ImmutableArray<NamespaceFlags> Namespaces { get; }

    public bool IsReady => _ready.Length == Namespaces.Length && _ready.Length > 0;

    /// <summary>Evaluates in the first namespace that has the flag, and counts. False if none has one that can be read.</summary>
    public bool TryEvaluate(string key, FlagContext context, FlagTime time, out FlagResult result, out NamespaceFlags? home)
    {
        foreach (var candidate in _asked)
        {
            home = candidate;
            if (candidate.Set!.TryEvaluate(key, context, time, out result))
                return true;
            // What is there and cannot be read must not give way to a flag of the same key elsewhere.
            if (candidate.Definitions!.Unreadable.Count > 0 && candidate.Definitions.Unreadable.ContainsKey(key))
                break;
        }

        home = null;
        result = default;
        return false;
    }

    /// <summary>Why <see cref="TryEvaluate"/> found nothing: OpenFeature's code, and a sentence.</summary>
    public (string Code, string Message) WhyMissing(string? key)
    {
        if (Namespaces.IsEmpty)
            return (FlagCodes.ProviderNotReady, "Flags are off in this client: set options.Flags.Enabled.");
        if (key is null)
            return (FlagCodes.FlagNotFound, "The key is null.");
        foreach (var one in _ready)
        {
            if (one.Definitions!.Unreadable.TryGetValue(key, out var problem))
                return (FlagCodes.ParseError, $"Flag '{key}' of namespace '{one.Namespace}' cannot be read by this version of the library: {problem}");
        }

        var missing = Namespaces.Where(one => one.Set is null).Select(one => $"'{one.Namespace}'").ToList();
        if (missing.Count > 0)
            return (FlagCodes.ProviderNotReady, $"The flags of {string.Join(" and ", missing)} have not arrived, neither from the server nor from the cache.");
        return (FlagCodes.FlagNotFound, $"There is no flag '{key}' in {string.Join(" or ", Namespaces.Select(one => $"'{one.Namespace}'"))}.");
    }
}

/// <summary>Error codes that only the client gives, in OpenFeature's words; the others come from the evaluator.</summary>
internal static class FlagCodes
{
    public const string ProviderNotReady = "PROVIDER_NOT_READY";

    public static readonly string FlagNotFound = FlagError.FlagNotFound.ToWire()!;
    public static readonly string ParseError = FlagError.ParseError.ToWire()!;
    public static readonly string TypeMismatch = FlagError.TypeMismatch.ToWire()!;
}

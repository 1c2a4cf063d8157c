using System.Collections.Immutable;
using Setpoint.Core.Flags;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rules;

namespace Setpoint.Client.Hosting;

/// <summary><see cref="SetpointFlagOptions"/> as checked and completed.</summary>
internal sealed record SetpointFlagSettings
{
    private const int NamespacesMax = 8;

    /// <summary>At least one; the first one's flag of a key counts.</summary>
    public required ImmutableArray<string> Namespaces { get; init; }

    public required string Environment { get; init; }

    /// <summary>What every context has that does not say otherwise.</summary>
    public required FlagContext Defaults { get; init; }

    public required FlagContextSchema? Schema { get; init; }

    public required bool ReportsExposures { get; init; }

    public required bool CountsTargetingKeys { get; init; }

    public required TimeSpan ExposureInterval { get; init; }

    /// <summary>Null where flags are not used.</summary>
    public static SetpointFlagSettings? Of(SetpointFlagOptions options, ConfigurationIdentity identity)
    {
        if (!options.Enabled)
            return null;
        return new()
        {
            Namespaces = NamespacesOf(options, identity.Service),
            Environment = identity.Environment!,
            Defaults = DefaultsOf(identity),
            Schema = options.Schema,
            ReportsExposures = options.ReportsExposures,
            CountsTargetingKeys = options is { ReportsExposures: true, CountsTargetingKeys: true },
            ExposureInterval = options.ExposureInterval,
        };
    }

    public static void Check(SetpointFlagOptions options, string? environment, List<string> problems)
    {
        if (!options.Enabled)
            return;
        if (environment is null)
            problems.Add($"Flags are enabled and Environment is missing: set it, or {SetpointSettings.EnvironmentVariable}; flags have a state for each environment.");
        if (options.Namespaces.Count > NamespacesMax)
            problems.Add($"Flags.Namespaces has {options.Namespaces.Count} entries; {NamespacesMax} at most.");
        foreach (var ns in options.Namespaces.Where(ns => !Names.IsValid(ns)))
            problems.Add($"Flags.Namespaces: {Names.Explain("Namespace", ns)}");
        SetpointSettings.CheckRange("Flags.ExposureInterval", options.ExposureInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), problems);
    }

    private static ImmutableArray<string> NamespacesOf(SetpointFlagOptions options, string service)
    {
        IEnumerable<string> names = options.Namespaces.Count > 0 ? options.Namespaces : [service, Names.Global];
        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    private static FlagContext DefaultsOf(ConfigurationIdentity identity)
    {
        // Of a name that occurs twice the last one counts: what the app says about itself beats what we know.
        (string, LogicValue)[] attributes =
        [
            ("service", LogicValue.Of(identity.Service)),
            ("environment", LogicValue.Of(identity.Environment!)),
            .. identity.Context.Select(pair => (pair.Key, LogicValue.Of(pair.Value))),
        ];
        return FlagContext.Of(identity.User, attributes);
    }
}

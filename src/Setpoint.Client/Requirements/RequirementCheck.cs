using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Setpoint.Client.Hosting;
using Setpoint.Client.Judging;
using Setpoint.Client.Snapshots;
using Setpoint.Core.Json;

namespace Setpoint.Client.Requirements;

/// <summary>
/// Looks for required keys in what the app reads. Works without the server: a cached configuration is looked at like any other. As a judge it
/// refuses what lacks one, so that a cached configuration that has it takes the place, and a later change never takes it away.
/// </summary>
/// <param name="configuration">All sources of the app, since options are bound from all of them; null where this source stands alone.</param>
internal sealed class RequirementCheck(ImmutableArray<RequiredKey> required, IConfiguration? configuration, ConfigurationIdentity identity) : IJudge
{
    public void Judge(ConfigurationSnapshot candidate, ConfigurationSnapshot? accepted, List<ConfigurationFailure> failures) =>
        failures.AddRange(Problems(candidate).Select(problem => new ConfigurationFailure("Required key", problem)));

    /// <summary>Every required key that is missing or not of its type, and how to set it. None holds a value.</summary>
    /// <param name="snapshot">What is current, or pinned to this thread.</param>
    public IEnumerable<string> Problems(ConfigurationSnapshot snapshot)
    {
        var sources = configuration ?? snapshot.AsConfiguration();
        foreach (var key in required)
        {
            if (ProblemOf(key, sources, snapshot) is { } problem)
                yield return $"{key.Requirement.Key} {problem}{(key.Origin is null ? "" : $", for {key.Origin}")}; {WayOut(key.Requirement.Key)}";
        }
    }

    private string WayOut(string key)
    {
        var environment = identity.Environment is { } name ? $"?environment={Uri.EscapeDataString(name)}" : "";
        return $"PUT {identity.Server}api/config/{Uri.EscapeDataString(identity.Service)}/keys/{Uri.EscapeDataString(key)}{environment} sets it";
    }

    private static string? ProblemOf(RequiredKey key, IConfiguration sources, ConfigurationSnapshot snapshot)
    {
        var type = key.Requirement.Type;
        // IConfiguration does not tell a null from what is missing; the snapshot does.
        var path = key.Paths.FirstOrDefault(path => sources.GetSection(path).Exists()) ?? key.Paths.FirstOrDefault(snapshot.Values.ContainsKey);
        if (path is null)
            return type is null ? "is missing" : $"is missing; it must be {JsonTypes.Describe(type)}";
        if (type is null)
            return null;

        return Misfit(type, sources.GetSection(path)) is { } misfit ? $"{misfit}; it must be {JsonTypes.Describe(type)}" : null;
    }

    private static string? Misfit(string type, IConfigurationSection section)
    {
        var hasParts = section.GetChildren().Any();
        // Empty ones are a null and an empty text in .NET's configuration. A list may be written as an object with numbers for names.
        if (type is JsonTypes.Object or JsonTypes.Array)
            return hasParts || string.IsNullOrEmpty(section.Value) ? null : "is a single value";
        if (hasParts)
            return "has parts";
        return section.Value switch
        {
            null => "is null",
            var text when JsonTypes.ReadsAs(type, text) => null,
            _ => "is another value",
        };
    }
}

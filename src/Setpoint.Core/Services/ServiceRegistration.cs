using System.Collections.Immutable;

namespace Setpoint.Core.Services;

/// <summary>A service as it has introduced itself in one environment.</summary>
/// <param name="ServiceVersion">Of the program, in its own counting.</param>
/// <param name="Endpoints">Where it can be reached.</param>
/// <param name="HealthCheck">Where it tells of its health.</param>
/// <param name="RequiredConfigs">Keys without which it does not work.</param>
/// <param name="OptionalConfigs">Keys that it reads where they are there.</param>
/// <param name="Version">Revision of the commit that wrote it.</param>
public sealed record ServiceRegistration(
    string ServiceName,
    string Environment,
    string? DisplayName,
    string? Description,
    string? ServiceVersion,
    ImmutableArray<string> Endpoints,
    string? HealthCheck,
    ImmutableArray<KeyRequirement> RequiredConfigs,
    ImmutableArray<KeyRequirement> OptionalConfigs,
    ImmutableArray<string> Tags,
    long Version);

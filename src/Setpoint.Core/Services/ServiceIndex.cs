using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Services;

/// <summary>The registered services, each with the environments that it is registered in.</summary>
public sealed class ServiceIndex : KindIndex
{
    private static readonly ImmutableSortedDictionary<string, ServiceRegistration> Nowhere =
        ImmutableSortedDictionary.Create<string, ServiceRegistration>(StringComparer.Ordinal);

    internal static readonly ServiceIndex Empty =
        new(ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, ServiceRegistration>>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, ServiceRegistration>> _services;

    private ServiceIndex(ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, ServiceRegistration>> services) => _services = services;

    /// <summary>In order of name.</summary>
    public IEnumerable<string> Names => _services.Keys;

    public int Count => _services.Count;

    /// <summary>The service in each environment that it is registered in, in order of environment; empty if it is not registered.</summary>
    public IEnumerable<ServiceRegistration> Of(string name) => (_services.GetValueOrDefault(name) ?? Nowhere).Values;

    public ServiceRegistration? Find(string name, string environment) => _services.GetValueOrDefault(name)?.GetValueOrDefault(environment);

    /// <summary>Services that are registered in this environment, in order of name.</summary>
    public IEnumerable<string> NamesIn(string environment) => _services.Where(service => service.Value.ContainsKey(environment)).Select(service => service.Key);

    public override KindIndex With(Document document, object? model)
    {
        var (name, environment) = (document.Address.Segments[1], document.Address.Segments[2]);
        var before = _services.GetValueOrDefault(name) ?? Nowhere;
        var after = model is ServiceRegistration registration
            ? before.SetItem(environment, registration with { Version = document.Version })
            : before.Remove(environment);
        return new ServiceIndex(after.IsEmpty ? _services.Remove(name) : _services.SetItem(name, after));
    }
}

/// <summary>What a snapshot knows of services.</summary>
public static class SnapshotServices
{
    public static ServiceIndex Services(this Snapshot snapshot) => snapshot.Index<ServiceIndex>(ServiceKind.KindName);

    /// <summary>The refusal where there is no such service.</summary>
    public static Fault.Missing MissingService(string name, string? environment = null) => new("NotFound",
        $"Service '{name}' is not registered{(environment is null ? "" : $" in environment '{environment}'")}. GET /api/services lists those that are; POST /api/services/register registers one.");
}

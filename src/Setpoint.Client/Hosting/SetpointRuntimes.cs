using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Client.Provider;

namespace Setpoint.Client.Hosting;

/// <summary>Finds the Setpoint sources of a configuration, also those behind a chained one.</summary>
internal static class SetpointRuntimes
{
    /// <summary>The runtimes in the order of their sources; the last one overrides the others.</summary>
    public static IReadOnlyList<SetpointRuntime> Of(IConfiguration configuration)
    {
        var found = new List<SetpointRuntime>(1);
        Collect(configuration, found);
        return found;
    }

    /// <summary>The runtimes of the app's configuration.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static IReadOnlyList<SetpointRuntime> Required(IServiceProvider services)
    {
        var runtimes = Of(services.GetRequiredService<IConfiguration>());
        return runtimes.Count > 0
            ? runtimes
            : throw new InvalidOperationException("The configuration has no Setpoint source: call builder.Configuration.AddSetpoint(...) before the host is built.");
    }

    private static void Collect(IConfiguration configuration, List<SetpointRuntime> found)
    {
        if (configuration is not IConfigurationRoot root)
            return;
        foreach (var provider in root.Providers)
        {
            switch (provider)
            {
                case SetpointConfigurationProvider ours when !found.Contains(ours.Runtime):
                    found.Add(ours.Runtime);
                    break;
                case ChainedConfigurationProvider chained:
                    Collect(chained.Configuration, found);
                    break;
            }
        }
    }
}

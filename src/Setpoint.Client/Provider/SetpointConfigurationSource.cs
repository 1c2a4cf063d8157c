using Microsoft.Extensions.Configuration;

namespace Setpoint.Client.Provider;

/// <summary>Owns the runtime, so that a builder that builds its providers anew keeps one connection and one last good configuration.</summary>
internal sealed class SetpointConfigurationSource(SetpointRuntime runtime) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new SetpointConfigurationProvider(runtime);
}

using Setpoint.Core.References;

namespace Setpoint.Server.References;

/// <summary>Values from outside the ledger that configurations refer to: environment variables and files.</summary>
internal static class ReferencesModule
{
    public static IServiceCollection AddReferences(this IServiceCollection services)
    {
        services.AddSingleton<IReferenceProvider, EnvironmentReferences>();
        services.AddSingleton<FileReferences>();
        services.AddSingleton<IReferenceProvider>(provider => provider.GetRequiredService<FileReferences>());
        services.AddSingleton<FileReferenceWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<FileReferenceWatch>());
        return services;
    }
}

using Setpoint.Core;
using Setpoint.Core.References;
using Setpoint.Core.Validation;
using Setpoint.Server.Process;
using Setpoint.Storage;
using Setpoint.Storage.Sqlite;

namespace Setpoint.Server.Ledger;

/// <summary>The store, the newest snapshot and the one writer.</summary>
internal static class LedgerModule
{
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddSingleton<ILedgerStore>(provider => SqliteLedger.Create(
            new SqliteOptions(provider.GetRequiredService<ServerSettings>().DataFolder, provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton(provider => StandardCatalog.Create(new ReferenceProviders(provider.GetServices<IReferenceProvider>()), provider.GetServices<IConfigRule>()));
        services.AddSingleton<SnapshotBoard>();
        services.AddSingleton<LedgerMetrics>();
        services.AddSingleton<LongPoll>();
        services.AddSingleton<CommitGroup>();
        services.AddSingleton<LedgerWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerWriter>());
        services.AddHostedService<RuntimeExpiry>();
        return services;
    }

    /// <summary>Answers carry their revision, and wait for the one that the caller has seen elsewhere.</summary>
    public static void UseRevisionHeaders(this IApplicationBuilder app) => app.UseMiddleware<RevisionHeaders>();
}

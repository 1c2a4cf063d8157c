namespace Setpoint.Server.Writes;

/// <summary>What all writes have in common: conditions, idempotency keys, dry runs, and the answer with the new version.</summary>
internal static class WritesModule
{
    public static IServiceCollection AddWrites(this IServiceCollection services) => services.AddSingleton<DocumentWriter>();
}

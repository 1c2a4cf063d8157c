using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;

namespace Setpoint.Server.Flags;

/// <summary>Which flags a list shows.</summary>
/// <param name="Environment">Whose view of them; null only where stale ones are asked for, and then those of every environment together.</param>
/// <param name="Tags">All of them, not one: each more narrows the list.</param>
/// <param name="Stale">Null: whether they are is not asked.</param>
/// <param name="Days">How long a flag has to be unused to be stale; null for the default.</param>
internal sealed record ListQuery(string Namespace, string? Environment, bool? Enabled, string[] Tags, bool? Stale, int? Days)
{
    public static Result<ListQuery> Read(HttpRequest request)
    {
        var query = new QueryReader(request);
        var (ns, environment) = FlagTarget.Read(query, request);
        var enabled = query.Choice("enabled");
        var tags = query.String("tags")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        var stale = query.Choice("stale");
        var days = (int?)query.Number("days", 1, int.MaxValue);
        if (query.Finish() is { } fault)
            return fault;
        if (days is not null && stale is null)
            return new Fault.Malformed("Query parameter 'days' says how long a flag was unused; send it with 'stale'.");
        if (stale is null && !FlagTarget.Choose(ns, environment, context: null).TryGet(out _, out fault))
            return fault;
        if (enabled is not null && environment is null)
            return new Fault.Malformed("Query parameter 'enabled' needs an environment, in which a flag is enabled or not. Send ?environment=production, or the header X-Environment.");
        return new ListQuery(ns ?? Names.Global, environment, enabled, tags, stale, days);
    }

    /// <param name="state">What the environment makes of the flag; null without one.</param>
    public bool Takes(Flag flag, FlagState? state) =>
        (Enabled is null || state?.IsEnabled == Enabled) && Array.TrueForAll(Tags, tag => flag.Tags.Contains(tag, StringComparer.Ordinal));
}

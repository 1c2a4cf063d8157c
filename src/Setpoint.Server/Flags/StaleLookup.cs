using System.Collections.Frozen;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Server.Flags;

/// <summary>Tells which flags of a namespace have done their work. Use is counted elsewhere; the list of flags only asks.</summary>
/// <returns>A refusal where it is asked for a time that is not kept, or where what was counted cannot be read.</returns>
internal delegate Task<Result<StaleReport>> StaleLookup(Snapshot snapshot, StaleQuestion question, CancellationToken cancellationToken);

/// <param name="Environment">Where use counts; null for everywhere.</param>
/// <param name="Days">How far to look back; null for the default.</param>
internal sealed record StaleQuestion(string Namespace, string? Environment, int? Days);

/// <param name="ByKey">Of each stale flag, why it is, as it is shown.</param>
/// <param name="Days">How far was looked back.</param>
/// <param name="CountingSince">Nothing is known of the time before.</param>
internal sealed record StaleReport(FrozenDictionary<string, JsonObject> ByKey, int Days, string CountingSince);

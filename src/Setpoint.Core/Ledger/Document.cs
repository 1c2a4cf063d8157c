using Setpoint.Core.Json;

namespace Setpoint.Core.Ledger;

/// <summary>A document as one commit left it.</summary>
/// <param name="Address">Where it lives.</param>
/// <param name="Version">Revision of the commit that wrote it.</param>
/// <param name="Body">What was written; null if that commit removed it (a tombstone).</param>
/// <param name="Fingerprint">Of <paramref name="Body"/>; <see cref="Json.Fingerprint.None"/> for a tombstone.</param>
/// <param name="Actor">Who wrote it.</param>
/// <param name="At">When, UTC.</param>
public sealed record Document(Address Address, long Version, JsonObject? Body, Fingerprint Fingerprint, string Actor, DateTimeOffset At)
{
    public bool Exists => Body is not null;
}

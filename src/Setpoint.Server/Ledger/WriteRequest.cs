using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Server.Ledger;

/// <summary>A proposal and how it is to be treated.</summary>
/// <param name="Idempotency">Null: every call is a change of its own.</param>
/// <param name="DryRun">Judge it and change nothing.</param>
internal sealed record WriteRequest(Proposal Proposal, IdempotencyKey? Idempotency = null, bool DryRun = false);

/// <param name="Request">Fingerprint of method, path, query and body: the same key with another request is refused.</param>
internal sealed record IdempotencyKey(string Key, Fingerprint Request);

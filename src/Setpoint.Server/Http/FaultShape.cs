using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Server.Http;

/// <summary>Marks routes of a protocol that has error bodies of its own: every refusal there looks so, whoever refuses.</summary>
/// <param name="Body">From the request, the fault and its status to the body.</param>
internal sealed record FaultShape(Func<HttpContext, Fault, int, JsonObject> Body);

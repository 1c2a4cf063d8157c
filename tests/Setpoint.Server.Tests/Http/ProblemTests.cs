using Setpoint.Core.Faults;
using Setpoint.Server.Http;

namespace Setpoint.Server.Tests.Http;

public sealed class ProblemTests
{
    [Fact]
    public void A_schema_version_that_cannot_be_reached_is_a_conflict_that_says_both_versions()
    {
        var fault = new Fault.SchemaVersionMismatch(Expected: 1, Actual: 3, "There is no way from version 3 to 1.");

        Problem.StatusOf(fault).ShouldBe(409);
        Problem.ToJson(fault, 409).ToString().ShouldBe(
            """{"type":"https://setpoint.dev/problems/SchemaVersionMismatch","title":"Conflict","status":409,"detail":"There is no way from version 3 to 1.","code":"SchemaVersionMismatch","expectedVersion":1,"actualVersion":3}""");
    }
}

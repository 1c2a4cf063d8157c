using Setpoint.Core.Json;

namespace Setpoint.Core.Tests.Json;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("2026-11-20", "2026-11-20T00:00:00.0000000+00:00")]
    [InlineData("2026-11-20T12:00:00Z", "2026-11-20T12:00:00.0000000+00:00")]
    [InlineData("2026-11-20t12:00:00z", "2026-11-20T12:00:00.0000000+00:00")]
    [InlineData("2026-11-20T12:00:00+02:00", "2026-11-20T10:00:00.0000000+00:00")]
    [InlineData("2026-11-20T12:00:00.5-01:30", "2026-11-20T13:30:00.5000000+00:00")]
    [InlineData("2026-11-20T12:00:00.123456789Z", "2026-11-20T12:00:00.1234567+00:00")]
    [InlineData("2028-02-29", "2028-02-29T00:00:00.0000000+00:00")]
    public void A_time_is_read_to_utc(string text, string time)
    {
        Rfc3339.TryParse(text, out var read).ShouldBeTrue();
        read.ToString("O").ShouldBe(time);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10:30")]
    [InlineData("2026-11")]
    [InlineData("2026-02-29")]
    [InlineData("2026-13-01")]
    [InlineData("2026-11-20T24:00:00Z")]
    [InlineData("2026-11-20T12:00:00")]
    [InlineData("2026-11-20 12:00:00Z")]
    [InlineData("2026-11-20T12:00:00.Zz")]
    [InlineData("20 Nov 2026")]
    [InlineData("1763640000")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("2026-11-20T12:00:00.123456789")]
    public void What_is_none_is_not_guessed(string? text) => Rfc3339.TryParse(text, out _).ShouldBeFalse();
}

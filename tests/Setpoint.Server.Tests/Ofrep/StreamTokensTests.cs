using Microsoft.AspNetCore.Http;
using Setpoint.Server.Flags;
using Setpoint.Server.Ofrep;

namespace Setpoint.Server.Tests.Ofrep;

public sealed class StreamTokensTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly StreamTokens _tokens = new();
    private readonly HttpRequest _request = new DefaultHttpContext().Request;

    [Fact]
    public void An_address_is_the_same_for_half_an_hour_and_opens_its_stream_for_half_an_hour_more()
    {
        var first = Url(Start);
        Url(Start.AddMinutes(29)).ShouldBe(first);
        var next = Url(Start.AddMinutes(30));
        next.ShouldNotBe(first);
        // A request that began before the period did.
        Url(Start.AddMinutes(29)).ShouldBe(first);
        Url(Start.AddMinutes(30)).ShouldBe(next);

        Opens(first, Start.AddMinutes(59)).ShouldBeTrue();
        Opens(first, Start.AddMinutes(60)).ShouldBeFalse();
        Opens(next, Start.AddMinutes(60)).ShouldBeTrue();
        Opens(next, Start.AddMinutes(29)).ShouldBeFalse();
    }

    [Fact]
    public void Each_namespace_and_environment_has_an_address_of_its_own_at_the_host_that_was_asked()
    {
        var ours = Url(Start);
        var staging = Url(Start, environment: "staging");
        Url(Start, host: "flags.example").ShouldBe(ours.Replace("localhost", "flags.example", StringComparison.Ordinal));
        Url(Start, environment: "staging").ShouldBe(staging);

        Opens(staging, Start).ShouldBeFalse();
        Opens(staging, Start, environment: "staging").ShouldBeTrue();
        Opens(Url(Start, ns: "shop"), Start).ShouldBeFalse();
    }

    private string Url(DateTimeOffset now, string ns = "global", string environment = "production", string host = "localhost")
    {
        (_request.Scheme, _request.Host) = ("https", new HostString(host));
        return _tokens.UrlFor(_request, ns, environment, now);
    }

    private bool Opens(string url, DateTimeOffset now, string ns = "global", string environment = "production") =>
        _tokens.Opens(new FlagTarget(ns, environment), url.AsSpan(url.IndexOf("token=", StringComparison.Ordinal) + 6), now);
}

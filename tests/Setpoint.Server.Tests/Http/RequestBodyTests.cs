using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Http;

public sealed partial class RequestBodyTests
{
    [Theory]
    [InlineData(70_000)]
    [InlineData(400_000)]
    public async Task A_body_of_unknown_length_that_is_too_large_is_refused_with_what_had_come_of_it(int size)
    {
        await using var server = await RunningServer.StartAsync();
        var text = $$"""{"context":{"targetingKey":"{{new string('x', size)}}"} }""";
        for (var round = 0; round < 5; round++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/ofrep/v1/evaluate/flags?environment=production");
            request.Headers.TransferEncodingChunked = true;
            request.Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(text)), bufferSize: 5_000);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

            using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

            response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
            var told = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var numbers = Numbers().Match(told);
            numbers.Success.ShouldBeTrue(told);
            var limit = long.Parse(numbers.Groups["limit"].Value, CultureInfo.InvariantCulture);
            limit.ShouldBe(65 * 1024);
            long.Parse(numbers.Groups["found"].Value, CultureInfo.InvariantCulture).ShouldBeInRange(limit + 1, text.Length);
        }
    }

    [GeneratedRegex("has (?<found>-?[0-9]+) bytes or more; the limit is (?<limit>[0-9]+)", RegexOptions.None, 1_000)]
    private static partial Regex Numbers();
}

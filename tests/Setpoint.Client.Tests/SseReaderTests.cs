using System.Text;
using Setpoint.Client.Transport;

namespace Setpoint.Client.Tests;

public sealed class SseReaderTests
{
    private const int Seed = 20261120;

    private const string Example =
        "\uFEFF: hello\n\nevent: configuration-update\nid: 42\ndata: {\"a\":\ndata:1}\n\nretry: 5\ndata: plain\n\n:beat\nid\nevent: x\n\ndata: last\n\ndata: cut off";

    private static readonly string[] Expected = ["#|", "configuration-update|42|{\"a\":\n1}", "message|42|plain", "#|42", "message||last"];

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Events_are_the_same_however_the_bytes_are_split_and_lines_end(string lineEnd)
    {
        var bytes = Encoding.UTF8.GetBytes(Example.Replace("\n", lineEnd, StringComparison.Ordinal));
        for (var chunk = 1; chunk <= bytes.Length; chunk++)
            (await ReadAsync(bytes, chunk)).ShouldBe(Expected, ignoreOrder: false, $"in chunks of {chunk}");
    }

    [Fact]
    public async Task A_line_and_an_event_over_the_limit_are_refused()
    {
        await Should.ThrowAsync<InvalidDataException>(() => ReadAsync(Encoding.UTF8.GetBytes("data: " + new string('x', 20_000)), 1000, sizeMax: 10_000));
        await Should.ThrowAsync<InvalidDataException>(
            () => ReadAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("data: 0123456789\n", 2000))), 1000, sizeMax: 10_000));
        (await ReadAsync(Encoding.UTF8.GetBytes("data: " + new string('x', 10_000) + "\n\n"), 1000, sizeMax: 10_000)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Any_bytes_are_read_within_the_limit_or_refused()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = new byte[random.Next(200)];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = "data:evntid\n\r \0\uFEFF"u8[random.Next(18)];
            try
            {
                await ReadAsync(bytes, 1 + random.Next(10), sizeMax: 64);
            }
            catch (InvalidDataException)
            {
                // Over the limit of this test.
            }
            catch (Exception other)
            {
                throw new InvalidOperationException($"Seed {Seed}, round {round}: {Convert.ToHexString(bytes)}", other);
            }
        }
    }

    private static async Task<List<string>> ReadAsync(byte[] bytes, int chunk, int sizeMax = 100_000)
    {
        var reader = new SseReader(new ChunkedStream(bytes, chunk), sizeMax);
        var items = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } item)
            items.Add(item.IsComment ? $"#|{item.Id}" : $"{item.Type}|{item.Id}|{Encoding.UTF8.GetString(item.Data.Span)}");
        return items;
    }

    private sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}

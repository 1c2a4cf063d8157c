using Setpoint.Core.Json;

namespace Setpoint.Core.Tests.Json;

public sealed class PooledBufferTests
{
    private const int HalfAndMore = (1 << 30) + 1;

    [Theory]
    [InlineData(4096, 4000, 100, 8192)]
    [InlineData(4096, 4000, 10_000, 14_000)]
    [InlineData(1 << 30, (1 << 30) - 10, 4096, int.MaxValue)]
    [InlineData(HalfAndMore, HalfAndMore, 4096, int.MaxValue)]
    [InlineData(2_000_000_000, 2_000_000_000, 100_000_000, int.MaxValue)]
    public void A_buffer_grows_to_twice_its_length_or_what_is_needed_and_never_past_an_array(int length, int written, int room, int expected) =>
        PooledBuffer.GrownLength(length, written, room).ShouldBe(Math.Min(expected, Array.MaxLength));

    [Theory]
    [InlineData(2_000_000_000, 2_000_000_000, 200_000_000)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    public void A_text_that_no_array_holds_is_refused_by_its_size(int length, int written, int room) =>
        Should.Throw<InvalidOperationException>(() => PooledBuffer.GrownLength(length, written, room)).Message.ShouldContain($"{(long)written + room} bytes");
}

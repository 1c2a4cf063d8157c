using System.Text;
using Setpoint.Core.Statistics;

namespace Setpoint.Core.Tests.Statistics;

public sealed class XxHash64Tests
{
    [Theory]
    // python3 -c "import xxhash; print(xxhash.xxh64(s.encode()).hexdigest())" (libxxhash 0.8)
    [InlineData("", 0xef46db3751d8e999)]
    [InlineData("a", 0xd24ec4f1a98c6e5b)]
    [InlineData("abc", 0x44bc2cf5ad770999)]
    [InlineData("user-1", 0xa173746b114c6be8)]
    [InlineData("0123456", 0x97ee4fe4a0ff4dfa)]
    [InlineData("01234567", 0xe4ba22a49ad89d3f)]
    [InlineData("0123456789ab", 0x862e292326b8a4fc)]
    [InlineData("0123456789abcdef0123456789abcde", 0x1fdfc63febacfde7)]
    [InlineData("0123456789abcdef0123456789abcdef", 0x642a94958e71e6c5)]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdefé😀xy", 0x561ea6cbf26a5a6f)]
    public void A_hash_is_that_of_the_reference_implementation(string text, ulong expected) =>
        XxHash64.Of(Encoding.UTF8.GetBytes(text)).ShouldBe(expected);
}

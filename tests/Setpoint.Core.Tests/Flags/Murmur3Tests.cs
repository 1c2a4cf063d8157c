using System.Text;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Flags;

public sealed class Murmur3Tests
{
    [Theory]
    [InlineData("", 0x00000000)]
    [InlineData("a", 0x3c2569b2)]
    [InlineData("abc", 0xb3dd93fa)]
    [InlineData("test", 0xba6bd213)]
    [InlineData("hello", 0x248bfa47)]
    [InlineData("hello, world", 0x149bbb7f)]
    [InlineData("19 Jan 2038 at 3:14:07 AM", 0xe31e8a70)]
    [InlineData("The quick brown fox jumps over the lazy dog.", 0xd5c48bfc)]
    // Of flagd's test bed: keys that were searched for because their hashes lie at the ends of the range.
    [InlineData("ejOoVL", 0x00000000)]
    [InlineData("bY9fO-", 0x00000001)]
    [InlineData("SI7p-", 0x7fffffff)]
    [InlineData("6LvT0", 0x80000000)]
    [InlineData("ceQdGm", 0xffffffff)]
    public void The_hash_is_that_of_published_vectors(string text, uint hash) => Murmur3.Of(text).ShouldBe(hash);

    [Fact]
    public void Text_is_hashed_as_utf8_in_whatever_parts_it_comes() => Seeded.Run(2_000, random =>
    {
        string[] alphabet = ["a", "Z", "7", "-", "é", "ß", "日", "語", "😀", "\u0000", "\uffff"];
        var parts = Enumerable.Range(0, random.Next(6))
            .Select(_ => string.Concat(Enumerable.Range(0, random.Next(12) * random.Next(1, 30)).Select(_ => alphabet[random.Next(random.Next(2) == 0 ? 4 : alphabet.Length)])))
            .ToArray();
        var hash = default(Murmur3);
        foreach (var part in parts)
            hash.TryAppend(part).ShouldBeTrue();
        var begun = hash;
        var expected = Reference(Encoding.UTF8.GetBytes(string.Concat(parts)));
        hash.Finish().ShouldBe(expected);

        // Ending at once is the same as going on and ending, and changes nothing.
        var last = parts.Length > 0 ? parts[^1] : "";
        begun.FinishWith(last).ShouldBe(Reference(Encoding.UTF8.GetBytes(string.Concat(parts) + last)));
        begun.Finish().ShouldBe(expected);
    });

    [Fact]
    public void Every_length_behind_every_carry_is_hashed_as_published_wherever_it_leaves_ASCII()
    {
        for (var carry = 0; carry < 4; carry++)
        {
            for (var length = 0; length <= 40; length++)
            {
                for (var odd = -1; odd < length; odd++)
                {
                    var salt = "salt"[..carry];
                    var text = string.Concat(Enumerable.Range(0, length).Select(i => i == odd ? (length % 2 == 0 ? 'é' : '語') : (char)('!' + ((i * 7) % 90))));
                    var hash = default(Murmur3);
                    hash.TryAppend(salt).ShouldBeTrue();
                    hash.FinishWith(text).ShouldBe(Reference(Encoding.UTF8.GetBytes(salt + text)), $"{salt}{text}");
                }
            }
        }
    }

    [Fact]
    public void A_part_that_ends_inside_a_character_is_refused_and_nothing_is_taken()
    {
        var hash = default(Murmur3);
        hash.TryAppend("user-").ShouldBeTrue();
        hash.TryAppend("x\ud83d").ShouldBeFalse();
        hash.FinishWith("x\ud83d").ShouldBeNegative();
        hash.Finish().ShouldBe(Murmur3.Of("user-"));
        Murmur3.Of("x\ud83d").ShouldBe(Murmur3.Of("x\ufffd"));
    }

    /// <summary>The algorithm as it is published, byte by byte.</summary>
    private static uint Reference(byte[] data)
    {
        uint hash = 0;
        for (var i = 0; i + 4 <= data.Length; i += 4)
            hash = (uint.RotateLeft(hash ^ Scrambled(BitConverter.ToUInt32(data, i)), 13) * 5) + 0xe6546b64;
        uint tail = 0;
        for (var i = data.Length - 1; i >= data.Length / 4 * 4; i--)
            tail = (tail << 8) | data[i];
        hash ^= Scrambled(tail) ^ (uint)data.Length;
        hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
        return hash ^ (hash >> 16);

        static uint Scrambled(uint k) => uint.RotateLeft(k * 0xcc9e2d51, 15) * 0x1b873593;
    }
}

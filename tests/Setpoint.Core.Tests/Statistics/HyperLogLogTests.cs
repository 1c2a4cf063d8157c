using System.Text;
using Setpoint.Core.Statistics;
using Setpoint.Core.Tests.Json;
using Setpoint.TestKit;

namespace Setpoint.Core.Tests.Statistics;

public sealed class HyperLogLogTests
{
    [Theory]
    [InlineData(14, 100)]
    [InlineData(14, 1000)]
    [InlineData(14, 10_000)]
    [InlineData(14, 50_000)]
    [InlineData(14, 100_000)]
    [InlineData(14, 1_000_000)]
    [InlineData(10, 100)]
    [InlineData(10, 5000)]
    [InlineData(10, 100_000)]
    [InlineData(12, 10_000)]
    [InlineData(16, 100)]
    [InlineData(16, 200_000)]
    public void An_estimate_is_within_three_standard_errors_and_has_no_bias(int precision, int count)
    {
        const int Rounds = 20;
        var standardError = 1.04 / Math.Sqrt(1 << precision);
        var sum = 0.0;
        Seeded.Run(count == 1_000_000 ? 3 : Rounds, random =>
        {
            var sketch = Sketch(precision, Keys(random, count));
            var error = (sketch.Estimate() - count) / count;
            error.ShouldBe(0, 3 * standardError);
            sum += error;
        });

        if (count < 1_000_000)
            (sum / Rounds).ShouldBe(0, 3 * standardError / Math.Sqrt(Rounds));
    }

    [Fact]
    public void A_reduced_sketch_is_the_one_that_the_same_keys_make_at_that_precision() => Seeded.Run(20, random =>
    {
        var keys = Keys(random, random.Next(1, 30_000)).ToList();
        var from = random.Next(HyperLogLog.PrecisionMin, HyperLogLog.PrecisionMax + 1);
        var to = random.Next(HyperLogLog.PrecisionMin, from + 1);
        var fine = Sketch(from, keys);
        var before = fine.ToBytes();

        fine.Reduced(to).ToBytes().ShouldBe(Sketch(to, keys).ToBytes(), $"{from} to {to}");

        fine.ToBytes().ShouldBe(before);
        Should.Throw<ArgumentOutOfRangeException>(() => fine.Reduced(from + 1));
    });

    [Theory]
    // Python with mpmath and 60 digits: m^2 / (2 ln 2 (m sigma(C0 / m) + sum C(k) 2^-k + m tau(1 - C(q+1) / m) 2^-q)), both series summed
    [InlineData(389.1597482463647, 0, 700, 1, 200, 5, 124)]
    [InlineData(1.0004825523164498, 0, 1023, 3, 1)]
    [InlineData(3025.5507858819494, 1, 500, 30, 400, 55, 124)]
    [InlineData(1.8655207604223829e+19, 54, 600, 55, 424)]
    public void An_estimate_is_that_of_the_formula_also_where_registers_are_at_their_end(double expected, params int[] ranksAndCounts)
    {
        var sketch = new HyperLogLog(10);
        var register = 0UL;
        for (var i = 0; i < ranksAndCounts.Length; i += 2)
        {
            for (var j = 0; j < ranksAndCounts[i + 1]; j++, register++)
            {
                // 10 bits of index, then zeros and a one; nothing but zeros has the highest rank.
                if (ranksAndCounts[i] > 0)
                    sketch.AddHash((register << 54) | (ranksAndCounts[i] == 55 ? 0 : 1UL << (54 - ranksAndCounts[i])));
            }
        }

        register.ShouldBe(1024UL);
        sketch.Estimate().ShouldBeWithin(1e-13, expected);
    }

    [Fact]
    public void Nothing_counts_as_nothing_and_a_few_count_almost_exactly()
    {
        new HyperLogLog().Estimate().ShouldBe(0);
        Sketch(14, ["a"]).Estimate().ShouldBe(1, 0.001);
        Sketch(14, Enumerable.Range(0, 20).Select(i => $"user-{i}")).Estimate().ShouldBe(20, 0.05);
    }

    [Fact]
    public void A_key_counts_once_however_often_it_is_added_and_in_whatever_order() => Seeded.Run(50, random =>
    {
        var keys = Keys(random, random.Next(1, 8000)).ToArray();
        var sketch = Sketch(12, keys);
        var bytes = sketch.ToBytes();

        random.Shuffle(keys);
        foreach (var key in keys)
            sketch.Add(key);

        sketch.ToBytes().ShouldBe(bytes);
        Sketch(12, keys).ToBytes().ShouldBe(bytes);
    });

    [Fact]
    public void Merged_sketches_are_the_sketch_of_all_their_keys() => Seeded.Run(100, random =>
    {
        var precision = random.Next(HyperLogLog.PrecisionMin, HyperLogLog.PrecisionMax + 1);
        var keys = Keys(random, random.Next(8000)).ToArray();
        var (cut, overlap) = (random.Next(keys.Length + 1), random.Next(keys.Length + 1));
        var left = Sketch(precision, keys[..Math.Max(cut, overlap)]);
        var right = Sketch(precision, keys[Math.Min(cut, overlap)..]);
        var rightBytes = right.ToBytes();

        left.Merge(right);

        left.ToBytes().ShouldBe(Sketch(precision, keys).ToBytes());
        right.ToBytes().ShouldBe(rightBytes);
        var estimate = left.Estimate();
        left.Merge(left);
        left.Estimate().ShouldBe(estimate);
    });

    [Fact]
    public void A_sketch_comes_back_from_its_bytes_and_goes_on_counting() => Seeded.Run(100, random =>
    {
        var precision = random.Next(HyperLogLog.PrecisionMin, HyperLogLog.PrecisionMax + 1);
        var keys = Keys(random, random.Next(3) == 0 ? random.Next(20) : random.Next(60_000)).ToArray();
        var sketch = Sketch(precision, keys);
        var bytes = sketch.ToBytes();

        var back = HyperLogLog.FromBytes(bytes).Value;

        back.Precision.ShouldBe(precision);
        back.Estimate().ShouldBe(sketch.Estimate());
        back.ToBytes().ShouldBe(bytes);
        bytes.Length.ShouldBeLessThanOrEqualTo(3 + (1 << precision) * 3 / 4);
        bytes.Length.ShouldBeLessThanOrEqualTo(3 + keys.Length * 3);
        foreach (var key in Keys(random, 100))
        {
            back.Add(key);
            sketch.Add(key);
        }

        back.ToBytes().ShouldBe(sketch.ToBytes());
    });

    [Fact]
    public void The_stored_form_is_the_documented_one()
    {
        // XXH64("a") = d24ec4f1a98c6e5b, XXH64("") = ef46db3751d8e999: the first 10 bits are the index; the others begin with 0011 and 0001.
        Convert.ToHexString(Sketch(10, ["a"]).ToBytes()).ShouldBe("010A00" + (0xd24ec4f1a98c6e5b >> 54 << 6 | 3).ToString("X6"));
        Convert.ToHexString(Sketch(10, [""]).ToBytes()).ShouldBe("010A00" + (0xef46db3751d8e999 >> 54 << 6 | 4).ToString("X6"));
        Convert.ToHexString(new HyperLogLog(14).ToBytes()).ShouldBe("010E00");
    }

    [Theory]
    [InlineData("", "has 0 bytes")]
    [InlineData("010A", "has 2 bytes")]
    [InlineData("020A00", "version 1 is known here, not 2")]
    [InlineData("010900", "from 10 to 16, not 9")]
    [InlineData("011100", "from 10 to 16, not 17")]
    [InlineData("010A02", "form is 0 or 1, not 2")]
    [InlineData("010A000000", "not 2 bytes")]
    [InlineData("010A00000000", "from 1 to 55, not 0")]
    [InlineData("010A00000038", "from 1 to 55, not 56")]
    [InlineData("010A00010001", "register 1024")]
    [InlineData("010A00000041000041", "register 1 comes after 1")]
    [InlineData("010A00000081000041", "register 1 comes after 2")]
    [InlineData("010A01", "768 bytes")]
    public void Bytes_that_are_no_sketch_are_refused_with_the_reason(string hex, string reason)
    {
        var fault = HyperLogLog.FromBytes(Convert.FromHexString(hex)).Fault.ShouldNotBeNull();

        fault.Code.ShouldBe("MalformedRequest");
        fault.Message.ShouldContain(reason);
    }

    [Fact]
    public void The_longer_of_two_forms_is_refused()
    {
        var dense = new byte[3 + 768];
        (dense[0], dense[1], dense[2], dense[3]) = (1, 10, 1, 0x04);
        HyperLogLog.FromBytes(dense).Fault.ShouldNotBeNull().Message.ShouldContain("with 1 registers in use it has form 0");

        dense[3] = 0xE0;
        HyperLogLog.FromBytes(dense).Fault.ShouldNotBeNull().Message.ShouldContain("register 0 is at most 55, not 56");

        var sparse = new byte[3 + 256 * 3];
        (sparse[0], sparse[1]) = (1, 10);
        HyperLogLog.FromBytes(sparse).Fault.ShouldNotBeNull().Message.ShouldContain("fewer than 256 entries");
    }

    [Fact]
    public void Bytes_with_a_defect_are_refused_or_are_the_one_spelling_of_a_sketch() => Seeded.Run(300, random =>
    {
        var bytes = Sketch(10, Keys(random, random.Next(600))).ToBytes();
        for (var i = random.Next(3); i >= 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        if (random.Next(4) == 0)
            bytes = bytes[..random.Next(bytes.Length + 1)];

        if (HyperLogLog.FromBytes(bytes).TryGet(out var sketch, out _))
            sketch.ToBytes().ShouldBe(bytes);
    });

    [Fact]
    public void Characters_count_as_their_utf8_bytes_however_long()
    {
        foreach (var key in (string[])["", "user-1", "é😀", new string('x', 10_000)])
        {
            var (text, bytes) = (new HyperLogLog(), new HyperLogLog());
            text.Add(key);
            bytes.Add(Encoding.UTF8.GetBytes(key));
            text.ToBytes().ShouldBe(bytes.ToBytes());
            text.Estimate().ShouldBe(1, 0.001);
        }
    }

    [Fact]
    public void Counting_allocates_nothing_once_the_sketch_has_grown()
    {
        var keys = Keys(new Random(1), 5000).ToArray();
        var sketch = Sketch(14, keys);
        var next = 0;

        Allocation.Of(() =>
        {
            sketch.Add(keys[next++ % keys.Length]);
            sketch.Add("bytes"u8);
        }).ShouldBe(0);
    }

    [Fact]
    public void Sketches_of_another_precision_are_refused()
    {
        var sketch = Sketch(14, ["a"]);
        var bytes = sketch.ToBytes();

        Should.Throw<ArgumentException>(() => sketch.Merge(Sketch(12, ["b"]))).Message.ShouldContain("precision 12 does not merge into one of 14");
        Should.Throw<ArgumentOutOfRangeException>(() => new HyperLogLog(9));
        Should.Throw<ArgumentOutOfRangeException>(() => new HyperLogLog(17));
        sketch.ToBytes().ShouldBe(bytes);
    }

    private static HyperLogLog Sketch(int precision, IEnumerable<string> keys)
    {
        var sketch = new HyperLogLog(precision);
        foreach (var key in keys)
            sketch.Add(key);
        return sketch;
    }

    /// <summary>Different ones, in the shapes that ids have.</summary>
    private static IEnumerable<string> Keys(Random random, int count)
    {
        var start = random.Next(1_000_000_000);
        var prefix = random.Next(2) == 0 ? "user-" : "";
        return Enumerable.Range(start, count).Select(i => prefix + i);
    }
}

using System.Numerics;
using Setpoint.Core.Json;
using Setpoint.TestKit;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class JsonComparisonTests
{
    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("1", "1e0")]
    [InlineData("100", "1E+2")]
    [InlineData("0.01", "1e-2")]
    [InlineData("0.0100", "10.0e-0003")]
    [InlineData("-1.50", "-15e-1")]
    [InlineData("0", "-0")]
    [InlineData("0", "0.000e999999999999999999999999")]
    [InlineData("1e1000000000", "10e999999999")]
    [InlineData("1e99999999999999999999", "10e99999999999999999998")]
    [InlineData("1e-100000000000000000000", "0.1e-99999999999999999999")]
    [InlineData("12345678901234567890.10", "1234567890123456789010e-2")]
    [InlineData("[1.0,{\"b\":2,\"a\":1e1}]", "[1,{\"a\":10,\"b\":2.0}]")]
    public void Values_that_mean_the_same_are_the_same(string left, string right)
    {
        JsonComparison.SameValue(JsonOf(left), JsonOf(right)).ShouldBeTrue();
        JsonComparison.SameValue(JsonOf(right), JsonOf(left)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("1", "-1")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("0.1", "0.10000000000000001")]
    [InlineData("1e400", "1e401")]
    [InlineData("1e-400", "0")]
    [InlineData("1e1000000000", "1e1000000001")]
    [InlineData("1e99999999999999999999", "1e-99999999999999999999")]
    [InlineData("1e999999999999999999", "1e1999999999999999999")]
    [InlineData("105", "15")]
    [InlineData("1.05", "1.5")]
    [InlineData("1", "\"1\"")]
    [InlineData("null", "false")]
    [InlineData("[1,2]", "[2,1]")]
    [InlineData("{\"a\":1}", "{\"a\":1,\"b\":1}")]
    public void Values_that_do_not_are_not(string left, string right)
    {
        JsonComparison.SameValue(JsonOf(left), JsonOf(right)).ShouldBeFalse();
        JsonComparison.SameValue(JsonOf(right), JsonOf(left)).ShouldBeFalse();
    }

    [Fact]
    public void Numbers_agree_with_exact_fractions() => Seeded.Run(20_000, random =>
    {
        var (left, right) = (Text(random), Text(random));
        JsonComparison.SameValue(JsonOf(left), JsonOf(right)).ShouldBe(Scaled(left) == Scaled(right), $"{left} and {right}");

        static string Text(Random random)
        {
            var fraction = random.Next(2) == 0 ? string.Empty : "." + Digits(random);
            var exponent = random.Next(2) == 0 ? string.Empty : $"{(random.Next(2) == 0 ? 'e' : 'E')}{(random.Next(3) switch { 0 => "-", 1 => "+", _ => string.Empty })}{random.Next(4)}";
            var whole = Digits(random).TrimStart('0');
            return $"{(random.Next(3) == 0 ? "-" : string.Empty)}{(whole.Length == 0 ? "0" : whole)}{fraction}{exponent}";
        }

        static string Digits(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => "0015"[random.Next(4)]));

        // Every such number is a whole number of millionths.
        static BigInteger Scaled(string text)
        {
            var parts = text.Split('e', 'E');
            var exponent = parts.Length == 2 ? int.Parse(parts[1]) : 0;
            var number = parts[0].Split('.');
            var digits = BigInteger.Parse(number[0].TrimStart('-') + (number.Length == 2 ? number[1] : string.Empty));
            return (text[0] == '-' ? -1 : 1) * digits * BigInteger.Pow(10, 6 + exponent - (number.Length == 2 ? number[1].Length : 0));
        }
    });

    [Fact]
    public void Numbers_of_half_a_million_digits_are_compared_in_a_moment()
    {
        var many = new string('9', 500_000);
        ProcessorTime.Of(() =>
        {
            JsonComparison.SameValue(JsonOf($"1e{many}"), JsonOf($"10e{many}")).ShouldBeFalse();
            JsonComparison.SameValue(JsonOf(many), JsonOf($"{many}.0")).ShouldBeTrue();
        }).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }
}

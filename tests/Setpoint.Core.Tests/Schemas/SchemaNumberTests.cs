using System.Globalization;
using System.Numerics;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Keywords;
using Setpoint.Core.Tests.Json;
using static Setpoint.Core.Tests.Schemas.SchemaSamples;

namespace Setpoint.Core.Tests.Schemas;

/// <summary>Numbers are compared as written: where a double lies, these tests fail.</summary>
public sealed class SchemaNumberTests
{
    [Theory]
    [InlineData("""{"maximum":9007199254740992}""", "9007199254740993", false)]
    [InlineData("""{"minimum":0.1}""", "0.09999999999999999999999999999999", false)]
    [InlineData("""{"minimum":0.1}""", "1e-1", true)]
    [InlineData("""{"exclusiveMinimum":1e400}""", "1e400", false)]
    [InlineData("""{"maximum":1e400}""", "2e400", false)]
    [InlineData("""{"maximum":-1e400}""", "-2e400", true)]
    [InlineData("""{"minimum":0}""", "-0", true)]
    [InlineData("""{"minimum":0}""", "-1e-999999999999999999999999", false)]
    [InlineData("""{"maximum":1e999999999999999999999999}""", "1e99999999999999999999999", true)]
    [InlineData("""{"multipleOf":0.01}""", "19.99", true)]
    [InlineData("""{"multipleOf":0.1}""", "0.3", true)]
    [InlineData("""{"multipleOf":0.0001}""", "0.00751", false)]
    [InlineData("""{"multipleOf":3}""", "1e1000000000", false)]
    [InlineData("""{"multipleOf":7}""", "12345678901234567890123456787", false)]
    [InlineData("""{"multipleOf":5e-324}""", "1", true)]
    [InlineData("""{"multipleOf":1e-8}""", "12391239123", true)]
    [InlineData("""{"type":"integer"}""", "1e1000000000", true)]
    [InlineData("""{"type":"integer"}""", "1.50e1", true)]
    [InlineData("""{"type":"integer"}""", "1.55e1", false)]
    [InlineData("""{"type":"integer"}""", "1e-99999999999999999999", false)]
    [InlineData("""{"type":"integer"}""", "0e-5", true)]
    [InlineData("""{"const":1}""", "1.0e0", true)]
    [InlineData("""{"enum":[1,2,3,4,5,6,7,8,9,10]}""", "10.0", true)]
    [InlineData("""{"enum":[1,2,3,4,5,6,7,8,9,9007199254740992]}""", "9007199254740993", false)]
    public void A_number_is_judged_exactly(string schema, string instance, bool valid) => Accepts(schema, instance).ShouldBe(valid);

    [Fact]
    public void Order_and_division_agree_with_arithmetic_on_fractions() => Seeded.Run(20_000, random =>
    {
        var (left, right) = (NumberText(random), NumberText(random));
        var (a, b) = (Fraction(left), Fraction(right));
        var order = (a.Top * b.Bottom).CompareTo(b.Top * a.Bottom);

        Math.Sign(ExactNumber.Of(left).CompareWith(ExactNumber.Of(right))).ShouldBe(order, $"{left} and {right}");
        JsonNumber.TryParse(left, out var number).ShouldBeTrue();
        if (b.Top.Sign > 0)
            ExactNumber.Of(left).IsMultipleOf(ExactNumber.Of(right)).ShouldBe((a.Top * b.Bottom % (b.Top * a.Bottom)).IsZero, $"{left} by {right}");
        DecimalText.Of(left).IsInteger.ShouldBe((a.Top % a.Bottom).IsZero, left);
        if (order == 0)
            DecimalText.Of(left).ValueHash().ShouldBe(DecimalText.Of(right).ValueHash(), $"{left} and {right}");
        number!.Text.ShouldBe(left);
        number.IsInteger.ShouldBe(DecimalText.Of(left).IsInteger, left);
    });

    private static string NumberText(Random random)
    {
        var text = random.Next(3) == 0 ? "-" : "";
        text += random.Next(4) == 0 ? "0" : Digits(random, random.Next(1, random.Next(4) == 0 ? 25 : 4)).TrimStart('0') is { Length: > 0 } whole ? whole : "0";
        if (random.Next(2) == 0)
            text += "." + Digits(random, random.Next(1, random.Next(4) == 0 ? 25 : 4));
        if (random.Next(3) == 0)
            text += $"e{random.Next(-30, 30).ToString(CultureInfo.InvariantCulture)}";
        return text;
    }

    // Few different digits, so that equal numbers and multiples are met often.
    private static string Digits(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => "001235"[random.Next(6)]));

    private static (BigInteger Top, BigInteger Bottom) Fraction(string text)
    {
        var mark = text.IndexOf('e');
        var exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = mark < 0 ? text : text[..mark];
        var point = digits.IndexOf('.');
        if (point >= 0)
            exponent -= digits.Length - point - 1;
        var top = BigInteger.Parse(digits.Replace(".", ""), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent >= 0 ? (top * BigInteger.Pow(10, exponent), 1) : (top, BigInteger.Pow(10, -exponent));
    }
}

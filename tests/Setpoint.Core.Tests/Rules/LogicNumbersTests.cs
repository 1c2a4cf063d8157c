using Setpoint.Core.Rules;

namespace Setpoint.Core.Tests.Rules;

/// <summary>Texts as numbers. The expected ones are what Node.js 20 answers.</summary>
public sealed class LogicNumbersTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("  ", 0)]
    [InlineData("\ufeff1\u2003", 1)]
    [InlineData("\u00851", double.NaN)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData(".", double.NaN)]
    [InlineData("+.5e1", 5)]
    [InlineData("1e", double.NaN)]
    [InlineData("e1", double.NaN)]
    [InlineData("--1", double.NaN)]
    [InlineData("1_0", double.NaN)]
    [InlineData("1,0", double.NaN)]
    [InlineData("Infinity", double.PositiveInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    [InlineData("infinity", double.NaN)]
    [InlineData("1e400", double.PositiveInfinity)]
    [InlineData("0e99999999999", 0)]
    [InlineData("1e99999999999", double.PositiveInfinity)]
    [InlineData("1e-99999999999", 0)]
    [InlineData("2.4703282292062328e-324", 5e-324)]
    [InlineData("2.4703282292062327e-324", 0)]
    [InlineData("0XaF", 175)]
    [InlineData("0o17", 15)]
    [InlineData("0B11", 3)]
    [InlineData("0x", double.NaN)]
    [InlineData("0xg", double.NaN)]
    [InlineData("-0x1", double.NaN)]
    [InlineData("0xffffffffffffffff", 18446744073709552000d)]
    // A tie goes to the even neighbour, unless a bit that is far off breaks it.
    [InlineData("0x20000000000001000000000000000", 1.0384593717069655e+34)]
    [InlineData("0x20000000000001000000000000001", 1.0384593717069658e+34)]
    public void A_text_is_the_number_that_javascript_makes_of_it(string text, double number) => LogicNumbers.Of(text).ShouldBe(number);

    [Theory]
    [InlineData(" 12px", 12)]
    [InlineData("5.", 5)]
    [InlineData("1e", 1)]
    [InlineData("1e+", 1)]
    [InlineData("0x1F", 0)]
    [InlineData("-Infinityx", double.NegativeInfinity)]
    [InlineData("", double.NaN)]
    [InlineData("px12", double.NaN)]
    public void The_beginning_of_a_text_is_the_number_that_parseFloat_makes_of_it(string text, double number)
    {
        var frame = new LogicFrame(default, default, 1_000);
        LogicNumbers.Parsed(LogicValue.Of(text), ref frame).ShouldBe(number);
    }
}

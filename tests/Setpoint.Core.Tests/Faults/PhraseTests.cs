using Setpoint.Core.Faults;

namespace Setpoint.Core.Tests.Faults;

public sealed class PhraseTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("abc", "abc")]
    [InlineData("abcd", "abc...")]
    [InlineData("ab\U0001F600", "ab...")]
    [InlineData("a\U0001F600x", "a\U0001F600...")]
    public void A_long_text_is_cut_and_never_within_a_character(string text, string shown) => Phrase.Clip(text, 3).ShouldBe(shown);

    [Fact]
    public void Sixty_four_characters_are_enough_to_find_a_text_again() =>
        Phrase.Clip(new('x', 65)).ShouldBe(new string('x', 64) + "...");

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a b", "a and b")]
    [InlineData("a b c", "a, b and c")]
    [InlineData("a b c d", "a, b, c and 1 more")]
    public void Names_are_listed_up_to_a_number_and_then_counted(string names, string listed) =>
        Phrase.List(names.Split(' ', StringSplitOptions.RemoveEmptyEntries), 3).ShouldBe(listed);
}

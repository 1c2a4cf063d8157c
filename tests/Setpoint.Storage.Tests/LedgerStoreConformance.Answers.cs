using Setpoint.Core.Json;

namespace Setpoint.Storage.Tests;

public abstract partial class LedgerStoreConformance
{
    private protected IdempotentAnswer AnswerOf(string key, string actor = "user:ada", string text = """{"version":1}""", double hours = 24) =>
        new(actor, key, CanonicalJson.FingerprintOf(new JsonString(key + text)), text, Time.Now.AddHours(hours));

    [Fact]
    public async Task An_answer_is_found_by_its_actor_and_key_alone()
    {
        Draft.Next("ns", """{"a":1}""");
        var answer = AnswerOf("key-1", text: "an answer, \"ü\"");
        await AppendDraftAsync(answer, AnswerOf("key-1", actor: "user:bob", text: "another"));

        (await Store.FindAnswerAsync("user:ada", "key-1", None)).ShouldBe(answer);
        (await Store.FindAnswerAsync("user:bob", "key-1", None))!.Answer.ShouldBe("another");
        (await Store.FindAnswerAsync("user:ada", "key-2", None)).ShouldBeNull();
        (await Store.FindAnswerAsync("user:ada", "KEY-1", None)).ShouldBeNull();

        await ReopenAsync();
        (await Store.FindAnswerAsync("user:ada", "key-1", None)).ShouldBe(answer);
    }

    [Fact]
    public async Task An_answer_can_be_kept_without_a_commit()
    {
        await AppendDraftAsync(AnswerOf("nothing-changed"));
        (await Store.FindAnswerAsync("user:ada", "nothing-changed", None)).ShouldNotBeNull();
        await StoreShouldHoldAsync(new());
    }

    [Fact]
    public async Task An_expired_answer_is_invisible_and_its_key_is_free_again()
    {
        await AppendDraftAsync(AnswerOf("key", hours: 1));
        Time.Now += TimeSpan.FromMinutes(59);
        (await Store.FindAnswerAsync("user:ada", "key", None)).ShouldNotBeNull();
        Time.Now += TimeSpan.FromMinutes(1);
        (await Store.FindAnswerAsync("user:ada", "key", None)).ShouldBeNull();

        var second = AnswerOf("key", text: "second");
        await AppendDraftAsync(second);
        (await Store.FindAnswerAsync("user:ada", "key", None)).ShouldBe(second);
    }

    [Fact]
    public async Task A_second_answer_to_a_key_in_use_is_a_bug_and_takes_its_commits_with_it()
    {
        var first = AnswerOf("key");
        Draft.Next("ns", """{"a":1}""");
        await AppendDraftAsync(first);

        var other = new LedgerDraft();
        other.Next("ns", """{"a":1}""");
        var next = other.Next("ns", """{"a":2}""");
        await Should.ThrowAsync<InvalidOperationException>(
            () => Store.AppendAsync([next], [AnswerOf("key", text: "second")], Draft.Head, None));

        await StoreShouldHoldAsync(Draft);
        (await Store.FindAnswerAsync("user:ada", "key", None)).ShouldBe(first);
    }

    [Fact]
    public async Task Removing_expired_answers_counts_them_and_leaves_the_others()
    {
        await AppendDraftAsync(AnswerOf("a", hours: 1), AnswerOf("b", hours: 2), AnswerOf("c", hours: 3));
        (await Store.RemoveExpiredAnswersAsync(Time.Now.AddHours(2), None)).ShouldBe(2);
        (await Store.RemoveExpiredAnswersAsync(Time.Now.AddHours(2), None)).ShouldBe(0);
        (await Store.FindAnswerAsync("user:ada", "b", None)).ShouldBeNull();
        (await Store.FindAnswerAsync("user:ada", "c", None)).ShouldNotBeNull();
    }
}

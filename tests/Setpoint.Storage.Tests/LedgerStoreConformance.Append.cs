using Setpoint.Core.Json;

namespace Setpoint.Storage.Tests;

public abstract partial class LedgerStoreConformance
{
    [Fact]
    public async Task What_was_appended_is_read_back_exactly_with_the_order_of_properties_and_the_digits()
    {
        Draft.Next(
            [
                (LedgerDraft.Config("ns"), LedgerDraft.Body("""{"z":1,"a":0.10,"big":12345678901234567890,"huge":1e400,"nested":{"y":[null,true,"ü\u0000\ud83d\ude00"],"x":{}}}""")),
                (LedgerDraft.Config("ns", "user/ü x"), LedgerDraft.Body("{}")),
                (LedgerDraft.Config("gone"), null),
            ],
            actor: "user:ada",
            message: "first\nline \"quoted\"",
            tags: ["release", ""],
            rollbackTo: 7);
        Draft.Next("ns", """{"a":0.1}""", actor: "key:ops");
        await AppendDraftAsync();

        await StoreShouldHoldAsync(Draft);
        (await ReopenAsync()).ShouldBe(Draft.Head);
        await StoreShouldHoldAsync(Draft);
    }

    [Fact]
    public async Task An_empty_message_an_empty_tag_list_and_a_commit_without_changes_are_kept()
    {
        Draft.Next([], actor: "system:test");
        await AppendDraftAsync();
        await StoreShouldHoldAsync(Draft);
        (await ReopenAsync()).ShouldBe(Draft.Head);
    }

    [Fact]
    public async Task A_group_is_appended_whole()
    {
        Draft.Grow(new(1), 40);
        await AppendDraftAsync();
        await StoreShouldHoldAsync(Draft);
    }

    [Fact]
    public async Task An_append_at_another_head_is_refused_and_changes_nothing()
    {
        Draft.Next("ns", """{"a":1}""");
        await AppendDraftAsync();

        var behind = new LedgerDraft();
        behind.Next("other", """{"b":2}""");
        var refusal = await Should.ThrowAsync<StoreException>(
            () => Store.AppendAsync(behind.Commits, [AnswerOf("k")], LedgerHead.Empty, None));

        refusal.Failure.ShouldBe(StoreFailure.HeadMoved);
        refusal.Message.ShouldContain("revision 1");
        refusal.Message.ShouldContain("expected 0");
        await StoreShouldHoldAsync(Draft);
        (await Store.FindAnswerAsync("user:ada", "k", None)).ShouldBeNull();
    }

    [Fact]
    public async Task The_same_revision_with_another_hash_is_another_head()
    {
        Draft.Next("ns", """{"a":1}""");
        await AppendDraftAsync();

        var fork = new LedgerDraft();
        fork.Next("ns", """{"a":2}""");
        var head = fork.Head;
        fork.Next("ns", """{"a":3}""");
        var refusal = await Should.ThrowAsync<StoreException>(() => Store.AppendAsync([fork.Commits[1]], [], head, None));

        refusal.Failure.ShouldBe(StoreFailure.HeadMoved);
        await StoreShouldHoldAsync(Draft);
    }

    public static TheoryData<string> Bugs =>
        ["gap", "previous hash", "own hash", "time goes back", "part of a millisecond", "twice", "version", "actor", "before", "fingerprint"];

    [Theory]
    [MemberData(nameof(Bugs))]
    public async Task A_commit_that_contradicts_the_chain_is_a_bug_and_changes_nothing(string bug)
    {
        Draft.Next("ns", """{"a":1}""");
        await AppendDraftAsync();
        var next = new LedgerDraft();
        next.Next("ns", """{"a":1}""");
        var good = next.Next("ns", """{"a":2}""");
        var change = good.Changes[0];
        var bad = bug switch
        {
            "gap" => good with { Revision = 3 },
            "previous hash" => good with { PreviousHash = Fingerprint.None },
            "own hash" => good with { Message = "another" },
            "time goes back" => good with { At = Draft.Head.At.AddMilliseconds(-1) },
            "part of a millisecond" => good with { At = good.At.AddTicks(1) },
            "twice" => good with { Changes = [change, change] },
            "version" => good with { Changes = [change with { After = change.After with { Version = 1 } }] },
            "actor" => good with { Changes = [change with { After = change.After with { Actor = "user:eve" } }] },
            "before" => good with { Changes = [change with { Before = change.After }] },
            _ => good with { Changes = [change with { After = change.After with { Fingerprint = Fingerprint.None } }] },
        };

        await Should.ThrowAsync<InvalidOperationException>(() => Store.AppendAsync([bad], [], Draft.Head, None));
        await StoreShouldHoldAsync(Draft);

        // And the store is as usable as before.
        await Store.AppendAsync([good], [], Draft.Head, None);
        await StoreShouldHoldAsync(next);
    }

    [Fact]
    public async Task A_cancelled_append_changes_nothing()
    {
        Draft.Next("ns", """{"a":1}""");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Store.AppendAsync(Draft.Commits, [], LedgerHead.Empty, cancelled.Token));
        await StoreShouldHoldAsync(new());
    }

    [Fact]
    public async Task A_large_commit_keeps_the_order_of_its_changes()
    {
        var random = new Random(5);
        Draft.Next(Enumerable.Range(0, 3000)
            .OrderBy(_ => random.Next())
            .Select(i => (LedgerDraft.Config($"ns-{i}"), (JsonObject?)LedgerDraft.Body($$"""{"i":{{i}}}"""))));
        await AppendDraftAsync();
        await StoreShouldHoldAsync(Draft);
    }

    [Fact]
    public async Task A_body_of_a_mebibyte_is_read_back()
    {
        Draft.Next("ns", $$"""{"text":"{{new string('x', (1024 * 1024) - 64)}}"}""");
        Draft.Next("ns", """{"text":"short again"}""");
        await AppendDraftAsync();
        await StoreShouldHoldAsync(Draft);
    }

    [Fact]
    public async Task Readers_beside_appends_see_whole_commits_only()
    {
        // Every commit writes the same number into two documents; a reader that sees half of one finds two numbers.
        const int Rounds = 60;
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => ReadWhileAsync(done.Token)).ToList();
        for (var i = 1; i <= Rounds; i++)
        {
            var body = LedgerDraft.Body($$"""{"n":{{i}}}""");
            Draft.Next([(LedgerDraft.Config("left"), body), (LedgerDraft.Config("right"), body)]);
            await AppendDraftAsync();
        }

        await done.CancelAsync();
        var seen = await Task.WhenAll(readers);
        seen.Sum().ShouldBeGreaterThan(0);
        await StoreShouldHoldAsync(Draft);
    }

    private async Task<int> ReadWhileAsync(CancellationToken stop)
    {
        var reads = 0;
        var newest = 0L;
        do
        {
            await Task.Yield();
            var documents = await CurrentAsync();
            documents.Count.ShouldBeOneOf(0, 2);
            if (documents.Count == 2)
            {
                documents[0].Body.ShouldBe(documents[1].Body);
                documents[0].Version.ShouldBeGreaterThanOrEqualTo(newest);
                newest = documents[0].Version;
            }

            var commits = await Store.ReadCommitsAsync(newest, 1000, null, None);
            commits.ShouldAllBe(commit => commit.Changes.Length == 2);
            reads++;
        }
        while (!stop.IsCancellationRequested);
        return reads;
    }
}

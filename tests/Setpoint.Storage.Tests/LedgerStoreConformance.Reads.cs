using Setpoint.Core.Ledger;

namespace Setpoint.Storage.Tests;

public abstract partial class LedgerStoreConformance
{
    [Fact]
    public async Task An_empty_ledger_answers_every_read()
    {
        await StoreShouldHoldAsync(new());
        (await Store.FindCommitAsync(1, None)).ShouldBeNull();
        (await Store.FindRevisionAtAsync(LedgerDraft.Start, None)).ShouldBe(0);
        (await Store.ReadAsOfAsync([LedgerDraft.Config("ns")], 5, None)).ShouldBeEmpty();
        (await Store.ReadAsOfAsync("config", null, 5, None)).ShouldBeEmpty();
        var history = await Store.ReadHistoryAsync([LedgerDraft.Config("ns")], 0, 10, None);
        history.Commits.ShouldBeEmpty();
        history.Total.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20261120)]
    [InlineData(77)]
    public async Task Reads_as_of_every_revision_equal_the_fold_of_the_commits(int seed)
    {
        Draft.Grow(new(seed), 60);
        await AppendDraftAsync();
        var addresses = Draft.Current.Keys.Append(LedgerDraft.Config("never")).ToList();
        for (var revision = 0L; revision <= Draft.Head.Revision; revision++)
        {
            var expected = Draft.AsOf(revision);
            (await Store.ReadAsOfAsync(addresses, revision, None)).ShouldBeExactly(expected.Values);
            (await Store.ReadAsOfAsync("config", null, revision, None)).ShouldBeExactly(expected.Values);
            foreach (var name in new[] { "alpha", "alpha-2", "never" })
            {
                (await Store.ReadAsOfAsync("config", name, revision, None))
                    .ShouldBeExactly(expected.Values.Where(document => document.Address.Kind == "config" && document.Address.Segments[1] == name));
            }
        }

        (await Store.ReadAsOfAsync("config", null, Draft.Head.Revision + 10, None)).ShouldBeExactly(Draft.Current.Values);
        (await Store.ReadAsOfAsync("flag", null, Draft.Head.Revision, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_kind_is_not_mixed_up_with_one_whose_name_it_begins()
    {
        var body = LedgerDraft.Body("{}");
        Draft.Next([(Address.Of("config", "a", "base"), body), (Address.Of("config-x", "a", "base"), body), (Address.Of("confi", "g"), body)]);
        await AppendDraftAsync();
        (await Store.ReadAsOfAsync("config", null, 1, None)).Select(document => document.Address.Text).ShouldBe(["config/a/base"]);
    }

    [Fact]
    public async Task A_first_segment_is_found_at_its_own_address_and_below_and_in_its_encoded_spelling()
    {
        var body = LedgerDraft.Body("{}");
        Draft.Next([(Address.Of("namespace", "a b"), body), (Address.Of("namespace", "a b", "x"), body), (Address.Of("namespace", "a b-2"), body), (Address.Of("namespace", "a"), body)]);
        await AppendDraftAsync();
        (await Store.ReadAsOfAsync("namespace", "a b", 1, None)).Select(document => document.Address.Text).Order()
            .ShouldBe(["namespace/a%20b", "namespace/a%20b/x"]);
    }

    [Fact]
    public async Task A_tombstone_keeps_its_version_and_a_document_written_again_had_none_before()
    {
        Draft.Next("ns", """{"a":1}""");
        var removed = Draft.Next("ns", null, actor: "user:bob");
        var again = Draft.Next("ns", """{"a":2}""");
        await AppendDraftAsync();

        var tombstone = (await Store.ReadAsOfAsync([LedgerDraft.Config("ns")], 2, None)).ShouldHaveSingleItem();
        tombstone.Exists.ShouldBeFalse();
        tombstone.Version.ShouldBe(2);
        tombstone.Actor.ShouldBe("user:bob");
        (await Store.FindCommitAsync(2, None)).ShouldBeExactly(removed);
        (await Store.FindCommitAsync(3, None)).ShouldBeExactly(again);
        again.Changes[0].Before.ShouldBeNull();
    }

    [Fact]
    public async Task A_document_removed_last_is_current_as_a_tombstone()
    {
        Draft.Next("ns", """{"a":1}""");
        Draft.Next("ns", null);
        await AppendDraftAsync();
        (await CurrentAsync()).ShouldHaveSingleItem().Exists.ShouldBeFalse();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task History_is_paged_newest_first_and_holds_only_the_asked_addresses(int seed)
    {
        Draft.Grow(new(seed), 80);
        await AppendDraftAsync();
        var wanted = new HashSet<Address> { LedgerDraft.Config("alpha"), LedgerDraft.Config("alpha", "env/production"), LedgerDraft.Config("never") };
        var expected = Draft.Commits
            .Where(commit => commit.Changes.Any(change => wanted.Contains(change.Address)))
            .Select(commit => commit with { Changes = [.. commit.Changes.Where(change => wanted.Contains(change.Address))] })
            .Reverse()
            .ToList();
        expected.Count.ShouldBeGreaterThan(10);

        for (var offset = 0; offset <= expected.Count + 3; offset += 7)
        {
            var page = await Store.ReadHistoryAsync(wanted, offset, 7, None);
            page.Total.ShouldBe(expected.Count);
            page.Commits.ShouldBeExactly(expected.Skip(offset).Take(7));
        }

        (await Store.ReadHistoryAsync(wanted, 0, 0, None)).Total.ShouldBe(expected.Count);
        (await Store.ReadHistoryAsync([], 0, 10, None)).Total.ShouldBe(0);
    }

    [Fact]
    public async Task Commits_are_read_oldest_first_after_a_revision_up_to_the_limit()
    {
        Draft.Grow(new(9), 30);
        await AppendDraftAsync();
        (await Store.ReadCommitsAsync(0, 10, null, None)).ShouldBeExactly(Draft.Commits.Take(10));
        (await Store.ReadCommitsAsync(25, 10, null, None)).ShouldBeExactly(Draft.Commits.Skip(25));
        (await Store.ReadCommitsAsync(30, 10, null, None)).ShouldBeEmpty();
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Store.ReadCommitsAsync(0, 0, null, None));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Store.ReadCommitsAsync(0, 1001, null, None));
    }

    [Fact]
    public async Task Commits_of_an_address_come_with_all_their_changes()
    {
        Draft.Grow(new(10), 150);
        await AppendDraftAsync();
        var address = LedgerDraft.Config("beta", "env/staging");
        var expected = Draft.Commits.Where(commit => commit.Changes.Any(change => change.Address == address)).ToList();
        expected.Count.ShouldBeGreaterThan(3);
        (await Store.ReadCommitsAsync(0, 1000, address, None)).ShouldBeExactly(expected);
        (await Store.ReadCommitsAsync(expected[0].Revision, 2, address, None)).ShouldBeExactly(expected.Skip(1).Take(2));
        (await Store.ReadCommitsAsync(0, 5, LedgerDraft.Config("never"), None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_revision_at_a_time_is_the_last_one_not_after_it()
    {
        // Several commits share a millisecond, and some seconds have none.
        foreach (var second in new[] { 0, 0, 1, 1, 1, 5, 9, 9 })
            Draft.Next([(LedgerDraft.Config("ns"), LedgerDraft.Body($$"""{"n":{{Draft.Commits.Count}}}"""))], at: LedgerDraft.Start.AddSeconds(second));
        await AppendDraftAsync();

        for (var milliseconds = -500; milliseconds <= 10_000; milliseconds += 250)
        {
            var at = LedgerDraft.Start.AddMilliseconds(milliseconds);
            var expected = Draft.Commits.LastOrDefault(commit => commit.At <= at)?.Revision ?? 0;
            (await Store.FindRevisionAtAsync(at, None)).ShouldBe(expected);
            (await Store.FindRevisionAtAsync(at.ToOffset(TimeSpan.FromHours(5)), None)).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_cancelled_read_says_so()
    {
        Draft.Grow(new(11), 5);
        await AppendDraftAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Store.ReadHeadAsync(cancelled.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => Store.ReadCommitsAsync(0, 10, null, cancelled.Token));
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Store.ReadCurrentAsync(cancelled.Token))
            {
            }
        });
        await StoreShouldHoldAsync(Draft);
    }

    [Fact]
    public async Task A_stream_of_documents_that_is_left_early_harms_nobody()
    {
        Draft.Grow(new(12), 30);
        await AppendDraftAsync();
        for (var i = 0; i < 10; i++)
        {
            await foreach (var _ in Store.ReadCurrentAsync(None))
                break;
        }

        await StoreShouldHoldAsync(Draft);
    }
}

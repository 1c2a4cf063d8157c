using System.Collections.Immutable;
using System.Reflection;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Ledger;

/// <summary>History cannot be edited unseen: whatever of a commit is changed, its hash is another.</summary>
public sealed class CommitHashTests
{
    // The hash itself is what is computed.
    private static readonly string[] NotHashed = [nameof(Commit.Hash)];

    public static TheoryData<string> Properties => [.. typeof(Commit).GetProperties().Select(property => property.Name).Except(NotHashed)];

    [Theory]
    [MemberData(nameof(Properties))]
    public void Another_value_of_any_property_is_another_hash(string name)
    {
        var commit = Sample();
        var hash = CommitHash.Of(commit);
        var property = typeof(Commit).GetProperty(name)!;

        foreach (var other in Others(property.GetValue(commit)))
            CommitHash.Of(With(commit, property, other)).ShouldNotBe(hash, $"{name} = {other}");
        CommitHash.Of(Sample()).ShouldBe(hash);
    }

    [Fact]
    public void Another_document_before_or_after_is_another_hash()
    {
        var commit = Sample();
        var change = commit.Changes[0];
        var after = change.After;
        DocumentChange[] others =
        [
            change with { Before = null },
            change with { Before = change.Before! with { Version = 7 } },
            change with { After = after with { Address = Address.Parse("config/other/base") } },
            change with { After = after with { Fingerprint = new(new byte[32]) } },
            change with { After = after with { Fingerprint = CanonicalJson.FingerprintOf(JsonObject.Empty) } },
            change with { After = after with { Body = null, Fingerprint = Fingerprint.None } },
        ];
        foreach (var other in others)
            CommitHash.Of(commit with { Changes = commit.Changes.SetItem(0, other) }).ShouldNotBe(commit.Hash, other.ToString());
        CommitHash.Of(commit with { Changes = [.. commit.Changes.Reverse()] }).ShouldNotBe(commit.Hash, "the order of changes counts");
        CommitHash.Of(commit with { Changes = commit.Changes[..1] }).ShouldNotBe(commit.Hash);
    }

    [Fact]
    public void Labels_cannot_be_shifted_from_one_to_the_next()
    {
        var commit = Sample();
        string[] hashes =
        [
            CommitHash.Of(commit with { Actor = "ab", Message = "c" }).ToString(),
            CommitHash.Of(commit with { Actor = "a", Message = "bc" }).ToString(),
            CommitHash.Of(commit with { Actor = "a", Message = "b", Tags = ["c"] }).ToString(),
            CommitHash.Of(commit with { Tags = ["a", "b"] }).ToString(),
            CommitHash.Of(commit with { Tags = ["ab"] }).ToString(),
            CommitHash.Of(commit with { Tags = ["a,b"] }).ToString(),
        ];
        hashes.ShouldBeUnique();
    }

    [Fact]
    public void Each_commit_carries_the_hash_of_the_one_before_it()
    {
        var ledger = new TestLedger();
        for (var i = 0; i < 5; i++)
            ledger.Commit(Set("config/mail/base", $$"""{"a":{{i}}}"""));

        var previous = Fingerprint.None;
        foreach (var commit in ledger.Commits)
        {
            commit.PreviousHash.ShouldBe(previous);
            CommitHash.Of(commit).ShouldBe(commit.Hash);
            previous = commit.Hash;
        }

        ledger.Snapshot.Hash.ShouldBe(previous);
    }

    private static Commit Sample()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""));
        var proposal = ProposalOf(Set("config/mail/base", """{"a":2}"""), Set("config/mail/user/ann", """{"b":1}""")) with { Message = "why", Tags = ["t"], RollbackTo = 1 };
        return ledger.Take(Gate.Judge(ledger.Snapshot, proposal, Start.AddSeconds(1))).Commit!;
    }

    /// <summary>Other values of the same type. A type that is new here has to be thought of.</summary>
    private static object?[] Others(object? value) => value switch
    {
        long number => [number + 1, 0L],
        DateTimeOffset time => [time.AddMilliseconds(1), time.AddDays(-1)],
        string text => [text + " ", "", text.ToUpperInvariant()],
        ImmutableArray<string> tags => [tags.Add("more"), ImmutableArray<string>.Empty],
        ImmutableArray<DocumentChange> changes => [changes.RemoveAt(0), ImmutableArray<DocumentChange>.Empty],
        Fingerprint hash => [new Fingerprint([.. hash.ToArray().Select(part => (byte)~part)]), Fingerprint.None],
        _ => throw new NotSupportedException($"A commit has a property of type {value?.GetType().Name ?? "null"}; say here how to change it."),
    };

    /// <summary>A copy in which one property has another value, set past its init-only setter.</summary>
    private static Commit With(Commit commit, PropertyInfo property, object? value)
    {
        var copy = commit with { };
        property.SetValue(copy, value);
        return copy;
    }
}

using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Ledger;

/// <summary>A ledger in memory that takes what the Gate lets through, with a clock of its own.</summary>
internal sealed class TestLedger
{
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private readonly List<Commit> _commits = [];

    public Snapshot Snapshot { get; private set; } = Snapshot.Empty(StandardCatalog.Default);

    public DateTimeOffset Now { get; set; } = Start;

    public IReadOnlyList<Commit> Commits => _commits;

    /// <summary>A ledger with the environments production, production-eu below it, and staging.</summary>
    public static TestLedger WithEnvironments()
    {
        var ledger = new TestLedger();
        ledger.Commit(
            Set("environment/production", """{"production":true}"""),
            Set("environment/production-eu", """{"parent":"production"}"""),
            Set("environment/staging", "{}"));
        return ledger;
    }

    public static ProposedChange Set(string address, string json, long? expectedVersion = null) =>
        new(Address.Parse(address), JsonSamples.ObjectOf(json), expectedVersion);

    public static ProposedChange Remove(string address, long? expectedVersion = null) => new(Address.Parse(address), null, expectedVersion);

    public static Proposal ProposalOf(params ImmutableArray<ProposedChange> changes) => new("tester", "", [], _ => changes);

    public Result<Verdict> Judge(params ImmutableArray<ProposedChange> changes) => Gate.Judge(Snapshot, ProposalOf(changes), Now);

    /// <summary>Commits what must be acceptable.</summary>
    public Verdict Commit(params ImmutableArray<ProposedChange> changes) => Take(Judge(changes));

    public Verdict Take(Result<Verdict> judged)
    {
        var verdict = judged.TryGet(out var found, out var fault) ? found : throw new ShouldAssertException($"refused: {Describe(fault)}");
        Snapshot = verdict.After;
        if (verdict.Commit is { } commit)
            _commits.Add(commit);
        return verdict;
    }

    /// <summary>Proposes what must be refused, and sees that nothing changed.</summary>
    public Fault Refused(params ImmutableArray<ProposedChange> changes)
    {
        var before = Snapshot;
        var fault = Judge(changes).Fault.ShouldNotBeNull("accepted");
        Snapshot.ShouldBeSameAs(before);
        return fault;
    }

    /// <summary>Proposes what must break rules.</summary>
    public ImmutableArray<Violation> Violations(params ImmutableArray<ProposedChange> changes) =>
        Refused(changes).ShouldBeOfType<Fault.Invalid>().Violations;

    /// <summary>Proposes what must break exactly one rule.</summary>
    public Violation Violation(params ImmutableArray<ProposedChange> changes)
    {
        var violations = Violations(changes);
        violations.Length.ShouldBe(1, string.Join("\n", violations.Select(violation => violation.Message)));
        return violations[0];
    }

    private static string Describe(Fault fault) =>
        fault is Fault.Invalid invalid ? string.Join("\n", invalid.Violations.Select(violation => violation.Message)) : fault.Message;
}

using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Ledger;

namespace Setpoint.Core.Tests.Flags;

/// <summary>Flags of the namespace shop that went through the Gate, compiled for an environment.</summary>
internal static class TestFlags
{
    public const string Namespace = "shop";

    public static readonly DateTimeOffset Now = TestLedger.Start;

    public static ProposedChange Flag(string key, string json) => new(FlagKind.AddressOf(Namespace, key), JsonSamples.ObjectOf(json));

    public static ProposedChange Segment(string key, string json) => new(SegmentKind.AddressOf(Namespace, key), JsonSamples.ObjectOf(json));

    /// <summary>One flag named <c>flag</c>.</summary>
    public static FlagSet SetOf(string json, string environment = "production") => SetOf(environment, Flag("flag", json));

    public static FlagSet SetOf(string environment, params ReadOnlySpan<ProposedChange> changes)
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit([.. changes]);
        return Compile(ledger.Snapshot, environment);
    }

    public static FlagSet Compile(Snapshot snapshot, string environment = "production", FlagSet? previous = null) =>
        FlagSet.Compile(FlagSetSource.Of(snapshot, Namespace, environment), previous);

    public static FlagContext User(string? targetingKey, string attributes = "{}")
    {
        var context = JsonSamples.ObjectOf(attributes);
        return FlagContext.Of(targetingKey is null ? context : context.With("targetingKey", new JsonString(targetingKey)));
    }

    public static FlagResult Evaluate(this FlagSet set, FlagContext? context = null, string key = "flag") =>
        set.Evaluate(key, context ?? FlagContext.Empty, Now);

    public static void ShouldBe(this FlagResult result, string? variant, FlagReason reason, FlagError error = FlagError.None)
    {
        (result.Variant, result.Reason, result.Error).ShouldBe((variant, reason, error), result.ErrorMessage);
        result.HasValue.ShouldBe(variant is not null);
        (result.ErrorMessage is null).ShouldBe(error == FlagError.None);
    }
}

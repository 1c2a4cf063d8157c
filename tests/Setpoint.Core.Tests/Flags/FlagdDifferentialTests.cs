using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Formats;
using Setpoint.Core.Json;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Ledger;
using Setpoint.TestKit;

namespace Setpoint.Core.Tests.Flags;

/// <summary>Ours and stock flagd, on the same flags and contexts. Ids are ASCII here: flagd-core hashes others as no other flagd does.</summary>
public sealed class FlagdDifferentialTests
{
    private const int FlagsInSet = 25;
    private const int Contexts = 40;

    [Fact]
    public async Task What_is_imported_answers_as_flagd_does_with_variant_reason_and_error()
    {
        using var oracle = await FlagdOracle.StartAsync();
        Seeded.Run(60, random =>
        {
            var maker = new FlagMaker(random);
            var document = JsonSamples.ObjectOf($"{{\"flags\":{{{string.Join(',', Enumerable.Range(0, FlagsInSet).Select(i => $"\"flag-{i}\":{maker.FlagdFlag()}"))}}}}}");
            var ledger = TestLedger.WithEnvironments();
            ledger.Commit(FlagdFormat.Import(document, TestFlags.Namespace, "production", keepInvalid: false).Changes);
            var set = TestFlags.Compile(ledger.Snapshot);
            oracle.Load(document);
            for (var i = 0; i < Contexts; i++)
            {
                var context = JsonSamples.ObjectOf(maker.Context());
                foreach (var (key, theirs) in oracle.Answer(context, TestFlags.Now))
                {
                    var ours = set.Evaluate(key, FlagContext.Of(context), TestFlags.Now);
                    (ours.Variant, ours.Reason.ToWire(), ours.Error.ToWire()).ShouldBe(theirs, $"{((JsonObject)document["flags"]!)[key]} for {context}");
                }
            }
        });
    }

    [Fact]
    public async Task What_is_exported_serves_the_same_variants_in_flagd()
    {
        using var oracle = await FlagdOracle.StartAsync();
        Seeded.Run(60, random =>
        {
            var maker = new FlagMaker(random);
            var ledger = TestLedger.WithEnvironments();
            ledger.Commit(
            [
                .. Enumerable.Range(0, FlagMaker.Segments).Select(i => TestFlags.Segment($"segment-{i}", maker.Segment())),
                .. Enumerable.Range(0, FlagsInSet).Select(i => TestFlags.Flag($"flag-{i}", maker.Flag(i))),
            ]);
            var set = TestFlags.Compile(ledger.Snapshot);
            var export = FlagdFormat.Export(set, TestFlags.Now);
            oracle.Load(export.Document);
            for (var i = 0; i < Contexts; i++)
            {
                var context = JsonSamples.ObjectOf(maker.Context(isWhole: true));
                foreach (var (key, theirs) in oracle.Answer(context, TestFlags.Now))
                {
                    var ours = set.Evaluate(key, FlagContext.Of(context), TestFlags.Now);
                    theirs.Variant.ShouldBe(ours.Variant, $"{ours.Reason}: {set.Find(key)!.Body} as {((JsonObject)export.Document["flags"]!)[key]} for {context}");
                }
            }

            // And back: what was exported means the same here.
            var again = TestLedger.WithEnvironments();
            again.Commit(FlagdFormat.Import(export.Document, TestFlags.Namespace, "production", keepInvalid: false).Changes);
            var twice = FlagdFormat.Export(TestFlags.Compile(again.Snapshot), TestFlags.Now);
            twice.Document.ShouldBe(export.Document);
        });
    }
}

using Setpoint.Core.Evolution;
using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Evolution.MigrationSamples;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Evolution;

/// <summary>
/// The example of <c>docs/guides/schema-evolution.md</c>, read from there: retention becomes an object, the alert threshold goes to
/// <c>alerting</c>, features are new.
/// </summary>
public sealed class SettingsEvolutionTests
{
    private static readonly string Guide = ReadGuide();

    private static readonly JsonObject V1 = At("""{"version": 1,""");

    private static readonly JsonObject V2 = At("""{"version": 2, "settings": {"retention": {""");

    private static readonly Migration V1ToV2 = Parsed(At("""{"from": 1, "to": 2,"""));

    [Fact]
    public void Version_1_becomes_version_2() => V1ToV2.Migrated(V1).ShouldBe(V2);

    [Fact]
    public void Version_2_is_shown_to_readers_of_version_1() => V1ToV2.Inverse!.Migrated(V2).ShouldBe(V1);

    [Fact]
    public void The_example_is_the_one_that_was_asked_for()
    {
        V1.ShouldBe(ObjectOf("""{"version":1,"settings":{"retention":30,"alertThreshold":0.95}}"""));
        V2.ShouldBe(ObjectOf(
            """{"version":2,"settings":{"retention":{"days":30},"alerting":{"threshold":0.95},"features":{"selfHealing":false,"newDashboard":false}}}"""));
    }

    [Theory]
    [InlineData("""{"settings":{"retention":7}}""", """{"settings":{"retention":{"days":7}}}""")]
    [InlineData("""{"settings":{"alertThreshold":0.5}}""", """{"settings":{"alerting":{"threshold":0.5}}}""")]
    [InlineData("""{"settings":{"alertThreshold":{"$unset":true}}}""", """{"settings":{"alerting":{"threshold":{"$unset":true}}}}""")]
    [InlineData("""{"other":true}""", """{"other":true}""")]
    public void An_environment_gets_only_what_it_overrides_and_comes_back(string layer, string migrated)
    {
        V1ToV2.Migrated(layer, isBase: false).ShouldBe(migrated);
        V1ToV2.Inverse!.Migrated(migrated, isBase: false).ShouldBe(layer);
    }

    [Fact]
    public void The_migrated_layers_merge_into_the_migrated_configuration()
    {
        var production = ObjectOf("""{"settings":{"retention":7}}""");

        JsonMerge.MergeAll(V1ToV2.Migrated(V1), V1ToV2.Migrated(production, isBase: false)).ShouldBe(V1ToV2.Migrated(JsonMerge.MergeAll(V1, production)));
    }

    private static string ReadGuide()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Setpoint.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Setpoint.slnx.");
        return File.ReadAllText(Path.Combine(folder.FullName, "docs", "guides", "schema-evolution.md"));
    }

    /// <summary>The object that begins with this text in the guide. No string in it holds a brace.</summary>
    private static JsonObject At(string begin)
    {
        var start = Guide.IndexOf(begin, StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0, $"The guide does not show {begin}");
        var (end, open) = (start, 0);
        do
            open += Guide[end++] switch { '{' => 1, '}' => -1, _ => 0 };
        while (open > 0);
        return ObjectOf(Guide[start..end]);
    }
}

using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Evolution.MigrationSamples;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Evolution;

/// <summary>The example that the guide shows: retention becomes an object, the alert threshold goes to <c>alerting</c>, features are new.</summary>
public sealed class SettingsEvolutionTests
{
    private const string V1 = """{"version":1,"settings":{"retention":30,"alertThreshold":0.95}}""";

    private const string V2 =
        """{"version":2,"settings":{"retention":{"days":30},"alerting":{"threshold":0.95},"features":{"selfHealing":false,"newDashboard":false}}}""";

    private static readonly Core.Evolution.Migration V1ToV2 = Steps(
        """{"op":"map","path":"/version","values":[[1,2]]}""",
        """{"op":"wrap","path":"/settings/retention","key":"days"}""",
        """{"op":"move","from":"/settings/alertThreshold","to":"/settings/alerting/threshold"}""",
        """{"op":"default","path":"/settings/features","value":{"selfHealing":false,"newDashboard":false}}""");

    [Fact]
    public void Version_1_becomes_version_2() => V1ToV2.Migrated(ObjectOf(V1)).ShouldBe(ObjectOf(V2));

    [Fact]
    public void Version_2_is_shown_to_readers_of_version_1() => V1ToV2.Inverse!.Migrated(ObjectOf(V2)).ShouldBe(ObjectOf(V1));

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
        var (bottom, top) = (ObjectOf(V1), ObjectOf("""{"settings":{"retention":7}}"""));

        JsonMerge.MergeAll(V1ToV2.Migrated(bottom), V1ToV2.Migrated(top, isBase: false)).ShouldBe(V1ToV2.Migrated(JsonMerge.MergeAll(bottom, top)));
    }
}

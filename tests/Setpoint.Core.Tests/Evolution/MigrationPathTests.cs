using Setpoint.Core.Evolution;
using Setpoint.Core.Faults;
using static Setpoint.Core.Tests.Evolution.MigrationSamples;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Evolution;

public sealed class MigrationPathTests
{
    [Theory]
    [InlineData("1-2 2-3 3-4", 1, 4, "1-2 2-3 3-4")]
    [InlineData("3-4 1-2 2-3 1-3", 1, 4, "1-3 3-4")]
    [InlineData("1-2 1-3 2-4 3-4", 1, 4, "1-2 2-4")]
    [InlineData("1-2 2-3 1-9", 1, 3, "1-2 2-3")]
    [InlineData("1-2 2-3", 3, 1, "3-2 2-1")]
    [InlineData("1-2 2-3", 2, 2, "")]
    [InlineData("", 7, 7, "")]
    public void The_shortest_way_is_found_up_and_down(string migrations, int from, int to, string way) =>
        string.Join(' ', MigrationPath.Find(Read(migrations), from, to).Value.Migrations.Select(step => $"{step.From}-{step.To}")).ShouldBe(way);

    [Theory]
    [InlineData("1-2 3-4", 1, 4, "lead as far as 2, and none leads from there towards 4")]
    [InlineData("1-2 3-4", 4, 1, "lead as far as 2, and none leads from there towards 4")]
    [InlineData("", 1, 2, "lead as far as 1")]
    [InlineData("1-3", 1, 2, "lead as far as 1")]
    public void A_missing_link_is_named_with_both_versions(string migrations, int from, int to, string link)
    {
        var fault = MigrationPath.Find(Read(migrations), from, to).Fault.ShouldBeOfType<Fault.SchemaVersionMismatch>();
        (fault.Expected, fault.Actual, fault.Code).ShouldBe((to, from, "SchemaVersionMismatch"));
        fault.Message.ShouldContain($"has schema version {from}, and there is no way to version {to}");
        fault.Message.ShouldContain(link);
    }

    [Fact]
    public void A_step_that_cannot_be_undone_is_named_on_the_way_down_and_no_hindrance_on_the_way_up()
    {
        Migration[] migrations = [Migrate(1, 2), Migrate(2, 3, """{"op":"rename","from":"a","to":"b"}""", """{"op":"remove","path":"/c"}"""), Migrate(3, 4)];

        MigrationPath.Find(migrations, 1, 4).Value.Migrations.Length.ShouldBe(3);
        var fault = MigrationPath.Find(migrations, 4, 1).Fault.ShouldBeOfType<Fault.SchemaVersionMismatch>();
        (fault.Expected, fault.Actual).ShouldBe((1, 4));
        fault.Message.ShouldContain("cannot be shown as version 1: Step 1 (remove) of the migration from version 2 to 3 cannot be undone");
    }

    [Fact]
    public void The_way_down_goes_round_a_migration_without_an_inverse()
    {
        Migration[] migrations = [Migrate(1, 3, """{"op":"remove","path":"/c"}"""), Migrate(1, 2), Migrate(2, 3)];
        MigrationPath.Find(migrations, 3, 1).Value.Migrations.Length.ShouldBe(2);
        MigrationPath.Find(migrations, 1, 3).Value.Migrations.Length.ShouldBe(1);
    }

    [Fact]
    public void A_path_applies_its_migrations_one_after_another_and_back()
    {
        Migration[] migrations =
        [
            Migrate(1, 2, """{"op":"rename","from":"a","to":"b"}"""),
            Migrate(2, 3, """{"op":"wrap","path":"b","key":"k"}""", """{"op":"default","path":"n","value":1}"""),
        ];
        var layer = ObjectOf("""{"a":5}""");

        var up = MigrationPath.Find(migrations, 1, 3).Value.Apply(layer, isBase: true).Value;
        up.ToString().ShouldBe("""{"b":{"k":5},"n":1}""");
        MigrationPath.Find(migrations, 3, 1).Value.Apply(up, isBase: true).Value.ShouldBe(layer);
        MigrationPath.Find(migrations, 2, 2).Value.Apply(layer, isBase: true).Value.ShouldBeSameAs(layer);
    }

    [Fact]
    public void A_refusal_in_a_later_migration_refuses_the_whole_path()
    {
        Migration[] migrations = [Migrate(1, 2, """{"op":"rename","from":"a","to":"b"}"""), Migrate(2, 3, """{"op":"convert","path":"b","to":"integer"}""")];
        var layer = ObjectOf("""{"a":"x"}""");

        var fault = MigrationPath.Find(migrations, 1, 3).Value.Apply(layer, isBase: true).Fault.ShouldBeOfType<Fault.Invalid>();
        fault.Violations.ShouldHaveSingleItem().Message.ShouldStartWith("Step 0 (convert) of the migration from version 2 to 3: '/b' is \"x\"");
        layer.ToString().ShouldBe("""{"a":"x"}""");
    }

    private static Migration[] Read(string migrations) =>
    [
        .. migrations.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('-').Select(int.Parse).ToArray()).Select(ends => Migrate(ends[0], ends[1])),
    ];
}

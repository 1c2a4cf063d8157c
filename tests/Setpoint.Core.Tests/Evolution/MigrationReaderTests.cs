using Setpoint.Core.Evolution;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Evolution.MigrationSamples;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Evolution;

public sealed class MigrationReaderTests
{
    [Fact]
    public void Everything_that_is_wrong_with_a_migration_is_listed_with_its_place()
    {
        var violations = Wrong(
            """
            {
              "from": 2, "to": 2, "note": "x",
              "steps": [
                7,
                {},
                {"op": 5},
                {"op": "renam", "from": "/a", "to": "b"},
                {"op": "rename", "from": "/a/*", "to": "/b"},
                {"op": "rename", "from": "/a/b", "to": "b", "path": "/x"},
                {"op": "move", "from": "/a/*/b", "to": "/c/*"},
                {"op": "move", "from": "/a", "to": "a"},
                {"op": "move", "from": "/a", "to": "/a/b"},
                {"op": "move", "from": "/a/b", "to": "/a"},
                {"op": "wrap", "path": "/a~2", "key": "$unset"},
                {"op": "wrap", "path": "", "key": "*"},
                {"op": "default", "path": "a..b"},
                {"op": "default", "path": "/a/$unset", "value": {"x": [{"$unset": true}]}},
                {"op": "remove", "path": "/a/*", "restore": {"$unset": 1}},
                {"op": "convert", "path": "/a", "to": "int", "from": "text"},
                {"op": "convert", "path": "/a", "to": "string", "from": "string"},
                {"op": "convert", "path": "/a", "to": "boolean", "from": "integer"},
                {"op": "map", "path": "/a"},
                {"op": "map", "path": "/a", "values": [], "else": "drop"},
                {"op": "map", "path": "/a", "values": [[1], [1, 2], [1, 3], ["${x:y}", 1], [{"$unset": true}, 1]]},
                {"op": "remove", "path": "/fine"}
              ]
            }
            """);

        violations.Select(violation => (violation.Path, violation.Code)).ShouldBe(
        [
            ("/migrations/0/note", ViolationCode.MalformedDocument),
            ("/migrations/0/to", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/0", ViolationCode.InvalidParameterType),
            ("/migrations/0/steps/1/op", ViolationCode.MissingRequiredParameter),
            ("/migrations/0/steps/2/op", ViolationCode.InvalidParameterType),
            ("/migrations/0/steps/3/op", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/4/from", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/4/to", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/5/to", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/5/path", ViolationCode.MalformedDocument),
            ("/migrations/0/steps/6/from", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/6/to", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/7/to", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/8/to", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/9/to", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/10/path", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/10/key", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/11/path", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/11/key", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/12/path", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/12/value", ViolationCode.MissingRequiredParameter),
            ("/migrations/0/steps/13/path", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/13/value", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/14/path", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/14/restore", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/15/to", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/15/from", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/16/from", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/17/from", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/18/values", ViolationCode.MissingRequiredParameter),
            ("/migrations/0/steps/19/values", ViolationCode.InvalidParameterType),
            ("/migrations/0/steps/19/else", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/20/values/0", ViolationCode.InvalidParameterType),
            ("/migrations/0/steps/20/values/2", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/20/values/3", ViolationCode.ConstraintViolation),
            ("/migrations/0/steps/20/values/4", ViolationCode.ConstraintViolation),
        ]);
        violations.ShouldAllBe(violation => violation.Address == Schema);
    }

    [Theory]
    [InlineData("renam", "rename")]
    [InlineData("RENAME", "rename")]
    [InlineData("moev", "move")]
    [InlineData("mpa", "map")]
    [InlineData("deafult", "default")]
    [InlineData("copy", null)]
    [InlineData("", null)]
    public void An_unknown_operation_is_refused_with_the_one_that_was_meant(string op, string? meant)
    {
        var violation = Wrong($$"""{"from":1,"to":2,"steps":[{"op":"{{op}}","path":"/a"}]}""").ShouldHaveSingleItem();
        violation.Message.ShouldBe($"Operation '{op}' is unknown{(meant is null ? "." : $"; did you mean '{meant}'?")} Known are rename, move, wrap, default, remove, convert, map.");
    }

    [Theory]
    [InlineData("""{"to":2,"steps":[]}""", "/from", "needs 'from'")]
    [InlineData("""{"from":0,"to":2,"steps":[]}""", "/from", "'from' is 0")]
    [InlineData("""{"from":1.5,"to":2,"steps":[]}""", "/from", "'from' is 1.5")]
    [InlineData("""{"from":1,"to":2147483648,"steps":[]}""", "/to", "'to' is 2147483648; a version is a whole number from 1 to 2147483647")]
    [InlineData("""{"from":1,"to":"2","steps":[]}""", "/to", "not a string")]
    [InlineData("""{"from":3,"to":2,"steps":[]}""", "/to", "'to' is 2 and must be larger than 'from', which is 3")]
    [InlineData("""{"from":1,"to":2}""", "/steps", "needs 'steps'")]
    [InlineData("""{"from":1,"to":2,"steps":{}}""", "/steps", "not an object")]
    public void Versions_and_steps_are_needed(string document, string path, string rule)
    {
        var violation = Wrong(document).ShouldHaveSingleItem();
        violation.Path.ShouldBe("/migrations/0" + path);
        violation.Message.ShouldContain(rule);
    }

    [Fact]
    public void A_thousand_steps_are_read_and_one_more_is_refused()
    {
        Steps([.. Enumerable.Repeat("""{"op":"remove","path":"/a"}""", Migration.StepsMax)]).Steps.Length.ShouldBe(Migration.StepsMax);

        var violation = Wrong($$"""{"from":1,"to":2,"steps":[{{string.Join(",", Enumerable.Repeat("1", Migration.StepsMax + 1))}}]}""").ShouldHaveSingleItem();
        violation.Path.ShouldBe("/migrations/0/steps");
        violation.Message.ShouldContain("1001 steps; the limit is 1000");
    }

    [Fact]
    public void What_comes_after_as_many_mistakes_as_are_reported_is_refused_all_the_same()
    {
        var wrong = string.Join(",", Enumerable.Repeat("1", Migration.StepsMax));
        var violations = new ViolationList();

        var read = Migration.ParseAll(
            (JsonArray)JsonOf(
                $$"""
                [{"from":1,"to":2,"steps":[{{wrong}}]},{},{"from":2,"to":1,"steps":[]},{"from":1,"to":2,"steps":[],"x":1},
                 {"from":1,"to":2,"steps":[{"op":"rename","from":"/a","to":"a"}]},{"from":1,"to":2,"steps":[{"op":"map","path":"/a","values":[[1]]}]}]
                """),
            Schema, "/migrations", violations);

        read.ShouldBeEmpty();
        violations.ToImmutable().Length.ShouldBe(Core.Ledger.Limits.ViolationsMax);
    }

    [Fact]
    public void Two_migrations_between_the_same_versions_are_refused_and_both_named()
    {
        var violations = new ViolationList();
        var read = Migration.ParseAll(
            (JsonArray)JsonOf("""[{"from":1,"to":2,"steps":[]},{"from":1,"to":3,"steps":[]},{"from":1,"to":2,"steps":[]},[]]"""), Schema, "/migrations", violations);

        read.Length.ShouldBe(3);
        violations.ToImmutable().Select(violation => violation.Path).ShouldBe(["/migrations/2", "/migrations/3"]);
        violations.ToImmutable()[0].Message.ShouldStartWith("Migrations 0 and 2 both lead from version 1 to 2.");
    }

    [Theory]
    [InlineData("""{"op":"remove","path":"/a"}""", "Step 1 (remove) of the migration from version 1 to 2 cannot be undone: it names no 'restore'")]
    [InlineData("""{"op":"convert","path":"/a","to":"string"}""", "it names no type 'from'")]
    [InlineData("""{"op":"map","path":"/a","values":[["a","x"],["b","x"]]}""", "several values become \"x\"")]
    public void A_step_that_cannot_be_undone_leaves_the_migration_without_an_inverse_and_says_why(string step, string why)
    {
        var migration = Steps("""{"op":"rename","from":"/a","to":"b"}""", step);
        migration.Inverse.ShouldBeNull();
        migration.WhyNoInverse.ShouldNotBeNull().ShouldContain(why);
    }

    [Fact]
    public void The_inverse_of_the_inverse_is_the_migration_itself()
    {
        var migration = Steps("""{"op":"rename","from":"/a","to":"b"}""", """{"op":"wrap","path":"/b","key":"k"}""");
        migration.WhyNoInverse.ShouldBeNull();
        migration.Inverse!.Inverse.ShouldBeSameAs(migration);
        (migration.Inverse.From, migration.Inverse.To).ShouldBe((2, 1));
        migration.Inverse.Steps.Select(step => step.Op).ShouldBe(["wrap", "rename"]);
    }

    private static Violation[] Wrong(string document)
    {
        var violations = new ViolationList();
        Migration.Parse(ObjectOf(document), Schema, "/migrations/0", violations).ShouldBeNull();
        return [.. violations.ToImmutable()];
    }
}

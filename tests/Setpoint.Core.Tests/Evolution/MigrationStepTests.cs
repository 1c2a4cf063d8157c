using Setpoint.Core.Faults;
using static Setpoint.Core.Tests.Evolution.MigrationSamples;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Evolution;

public sealed class MigrationStepTests
{
    private const string Rename = """{"op":"rename","from":"/s/a","to":"b"}""";
    private const string Move = """{"op":"move","from":"s.a","to":"/t/u/b"}""";
    private const string Wrap = """{"op":"wrap","path":"/s/a","key":"k"}""";
    private const string Default = """{"op":"default","path":"/s/a","value":{"x":1}}""";
    private const string Remove = """{"op":"remove","path":"/s/a","restore":7}""";
    private const string ToInteger = """{"op":"convert","path":"/a","from":"string","to":"integer"}""";
    private const string Map = """{"op":"map","path":"/a","values":[["warn","warning"],["err","error"],[1,{"n":1}]]}""";

    [Theory]
    [InlineData(Rename, """{"s":{"x":0,"a":1,"y":2}}""", """{"s":{"x":0,"b":1,"y":2}}""")]
    [InlineData(Rename, """{"s":{"a":{"$unset":true}}}""", """{"s":{"b":{"$unset":true}}}""")]
    [InlineData(Rename, """{"s":{"a":"${config:x}"}}""", """{"s":{"b":"${config:x}"}}""")]
    [InlineData("""{"op":"rename","from":"/l/*/a","to":"b"}""", """{"l":[{"a":1},2,{"a":3,"c":4},[]]}""", """{"l":[{"b":1},2,{"b":3,"c":4},[]]}""")]
    [InlineData("""{"op":"rename","from":"/l/1/a","to":"b"}""", """{"l":[{"a":1},{"a":2}]}""", """{"l":[{"a":1},{"b":2}]}""")]
    [InlineData("""{"op":"rename","from":"Microsoft","to":"Microsoft.AspNetCore"}""", """{"Microsoft":"warn"}""", """{"Microsoft.AspNetCore":"warn"}""")]
    [InlineData(Move, """{"s":{"a":1,"x":2}}""", """{"s":{"x":2},"t":{"u":{"b":1}}}""")]
    [InlineData(Move, """{"s":{"a":1},"t":{"v":2}}""", """{"t":{"v":2,"u":{"b":1}}}""")]
    [InlineData(Move, """{"s":{"a":{"$unset":true}}}""", """{"t":{"u":{"b":{"$unset":true}}}}""")]
    [InlineData("""{"op":"move","from":"/s/a","to":"/s/c/d"}""", """{"s":{"a":1},"z":0}""", """{"s":{"c":{"d":1}},"z":0}""")]
    [InlineData("""{"op":"move","from":"/l/0/a","to":"/l/1/a"}""", """{"l":[{"a":1},{}]}""", """{"l":[{},{"a":1}]}""")]
    [InlineData(Wrap, """{"s":{"a":30}}""", """{"s":{"a":{"k":30}}}""")]
    [InlineData(Wrap, """{"s":{"a":null}}""", """{"s":{"a":{"k":null}}}""")]
    [InlineData(Wrap, """{"s":{"a":{"$unset":true}}}""", """{"s":{"a":{"$unset":true}}}""")]
    [InlineData(Wrap, """{"s":{"a":{"b":{"$unset":true}}}}""", """{"s":{"a":{"k":{"b":{"$unset":true}}}}}""")]
    [InlineData(Wrap, """{"s":{"a":"${config:x}"}}""", """{"s":{"a":{"k":"${config:x}"}}}""")]
    [InlineData("""{"op":"wrap","path":"/s/*","key":"k"}""", """{"s":{"a":1,"b":[]}}""", """{"s":{"a":{"k":1},"b":{"k":[]}}}""")]
    [InlineData("""{"op":"wrap","path":"s.*.*","key":"k"}""", """{"s":[[1,2],{"a":3},4]}""", """{"s":[[{"k":1},{"k":2}],{"a":{"k":3}},4]}""")]
    [InlineData("""{"op":"wrap","path":"/s/*/*","key":"k"}""", """{"s":{"a":{"$unset":true}}}""", """{"s":{"a":{"$unset":true}}}""")]
    [InlineData(Default, """{}""", """{"s":{"a":{"x":1}}}""")]
    [InlineData(Default, """{"s":{"b":2}}""", """{"s":{"b":2,"a":{"x":1}}}""")]
    [InlineData(Default, """{"s":{"a":null}}""", """{"s":{"a":null}}""")]
    [InlineData(Default, """{"s":{"a":{"$unset":true}}}""", """{"s":{"a":{"$unset":true}}}""")]
    [InlineData("""{"op":"default","path":"/p/*/l/cpu","value":1}""",
        """{"p":{"a":{},"b":{"l":{"cpu":2}},"c":{"$unset":true}}}""", """{"p":{"a":{"l":{"cpu":1}},"b":{"l":{"cpu":2}},"c":{"$unset":true}}}""")]
    [InlineData("""{"op":"default","path":"/p/*/x","value":1}""", """{"p":null}""", """{"p":null}""")]
    [InlineData(Remove, """{"s":{"a":1,"b":2}}""", """{"s":{"b":2}}""")]
    [InlineData(Remove, """{"s":{"a":{"$unset":true}},"t":1}""", """{"t":1}""")]
    [InlineData("""{"op":"remove","path":"/p/*/l/cpu"}""", """{"p":{"a":{"l":{"cpu":1}},"b":{}}}""", """{"p":{"a":{},"b":{}}}""")]
    [InlineData(ToInteger, """{"a":"8080"}""", """{"a":8080}""")]
    [InlineData(ToInteger, """{"a":"-123456789012345678901234567890"}""", """{"a":-123456789012345678901234567890}""")]
    [InlineData(ToInteger, """{"a":8080}""", """{"a":8080}""")]
    [InlineData(ToInteger, """{"a":5.0}""", """{"a":5.0}""")]
    [InlineData(ToInteger, """{"a":{"$unset":true}}""", """{"a":{"$unset":true}}""")]
    [InlineData("""{"op":"convert","path":"/a","to":"integer"}""", """{"a":120e-1}""", """{"a":120e-1}""")]
    [InlineData("""{"op":"convert","path":"/a","to":"integer"}""", """{"a":0e-9999999999999999999999}""", """{"a":0e-9999999999999999999999}""")]
    [InlineData("""{"op":"convert","path":"/a","to":"integer"}""", """{"a":1e9999999999999999999999}""", """{"a":1e9999999999999999999999}""")]
    [InlineData("""{"op":"convert","path":"/a","to":"number"}""", """{"a":"0.10"}""", """{"a":0.10}""")]
    [InlineData("""{"op":"convert","path":"/a","to":"string"}""", """{"a":0.10}""", """{"a":"0.10"}""")]
    [InlineData("""{"op":"convert","path":"/a/*","to":"string"}""", """{"a":[true,false,1,"x"]}""", """{"a":["true","false","1","x"]}""")]
    [InlineData("""{"op":"convert","path":"/a","to":"string"}""", """{"a":"$${x}"}""", """{"a":"$${x}"}""")]
    [InlineData("""{"op":"convert","path":"/a","to":"boolean"}""", """{"a":"true","b":"true"}""", """{"a":true,"b":"true"}""")]
    [InlineData(Map, """{"a":"warn"}""", """{"a":"warning"}""")]
    [InlineData(Map, """{"a":1}""", """{"a":{"n":1}}""")]
    [InlineData(Map, """{"a":1.0}""", """{"a":1.0}""")]
    [InlineData(Map, """{"a":"info"}""", """{"a":"info"}""")]
    [InlineData(Map, """{"a":{"$unset":true}}""", """{"a":{"$unset":true}}""")]
    [InlineData("""{"op":"map","path":"/a","values":[[null,0],[0,null]],"else":"refuse"}""", """{"a":null}""", """{"a":0}""")]
    public void A_step_changes_what_it_names_and_nothing_else(string step, string before, string after) => Steps(step).Migrated(before).ShouldBe(after);

    [Theory]
    [InlineData(Rename)]
    [InlineData(Move)]
    [InlineData(Wrap)]
    [InlineData(Default)]
    [InlineData(Remove)]
    [InlineData(ToInteger)]
    [InlineData(Map)]
    [InlineData("""{"op":"convert","path":"/s/*/x","to":"integer"}""")]
    [InlineData("""{"op":"map","path":"/s/*/x","values":[[1,2]],"else":"refuse"}""")]
    public void A_step_does_nothing_to_a_layer_above_the_base_without_its_place(string step)
    {
        foreach (var text in new[] { "{}", """{"s":{"z":1}}""", """{"s":5}""", """{"s":null}""", """{"s":[]}""", """{"s":{"$unset":true}}""" })
        {
            var layer = ObjectOf(text);
            Steps(step).Migrated(layer, isBase: false).ShouldBeSameAs(layer);
        }
    }

    [Theory]
    [InlineData(Rename, """{"s":{"a":1,"b":{"$unset":true}}}""", "/s/a", "cannot be named 'b'", "nothing is overwritten")]
    [InlineData("""{"op":"rename","from":"/l/0","to":"b"}""", """{"l":[1]}""", "/l", "is an array", "'*'")]
    [InlineData(Move, """{"s":{"a":1},"t":{"u":{"b":null}}}""", "/t/u/b", "is there already", "nothing is overwritten by '/s/a'")]
    [InlineData(Move, """{"s":{"a":1},"t":5}""", "/t", "is a number", "nothing can be set inside it")]
    [InlineData(Move, """{"s":{"a":1},"t":{"u":"text"}}""", "/t/u", "is a string", "nothing can be set inside it")]
    [InlineData(Move, """{"s":{"a":1},"t":{"$unset":true}}""", "/t", "is a removal", "Take the removal out")]
    [InlineData(Move, """{"s":{"a":1},"t":{"u":{"$unset":true}}}""", "/t/u", "is a removal", "Take the removal out")]
    [InlineData("""{"op":"move","from":"/l/0","to":"/x"}""", """{"l":[1]}""", "/l", "is an array", "items have no names")]
    [InlineData("""{"op":"move","from":"/a","to":"/l/-"}""", """{"a":1,"l":[1]}""", "/l", "is an array", "items have no names")]
    [InlineData("""{"op":"move","from":"/a","to":"/l/1/x"}""", """{"a":1,"l":[1]}""", "/l", "is an array without that item", "Add it first")]
    [InlineData(Default, """{"s":null}""", "/s", "is null", "Make it an object first")]
    [InlineData(Default, """{"s":{"$unset":true}}""", "/s", "is a removal", "Take the removal out")]
    [InlineData("""{"op":"remove","path":"/l/0"}""", """{"l":[1]}""", "/l", "is an array", "items have no names")]
    [InlineData(ToInteger, """{"a":"eighty"}""", "/a", "is \"eighty\"", "cannot be written as an integer without a loss. Change it first")]
    [InlineData(ToInteger, """{"a":"080"}""", "/a", "is \"080\"", "without a loss")]
    [InlineData(ToInteger, """{"a":"1e3"}""", "/a", "is \"1e3\"", "without a loss")]
    [InlineData(ToInteger, """{"a":1.5}""", "/a", "is 1.5", "neither a string, as 'from' says, nor an integer")]
    [InlineData(ToInteger, """{"a":null}""", "/a", "is null", "neither a string")]
    [InlineData(ToInteger, """{"a":"x ${config:port}"}""", "/a", "holds a reference", "Convert what it refers to")]
    [InlineData("""{"op":"convert","path":"/a","to":"string"}""", """{"a":"${config:port}"}""", "/a", "holds a reference", "write the value itself")]
    [InlineData("""{"op":"convert","path":"/a","to":"string"}""", """{"a":[1]}""", "/a", "is an array", "without a loss")]
    [InlineData("""{"op":"convert","path":"/a","to":"integer"}""", """{"a":125e-1}""", "/a", "is 125e-1", "without a loss")]
    [InlineData("""{"op":"convert","path":"/a","to":"integer"}""", """{"a":1e-9999999999999999999999}""", "/a", "is 1e-9999999999999999999999", "without a loss")]
    [InlineData("""{"op":"convert","path":"/a","to":"boolean"}""", """{"a":1}""", "/a", "is 1", "'map' before this step")]
    [InlineData("""{"op":"convert","path":"/a","to":"boolean"}""", """{"a":"True"}""", "/a", "is \"True\"", "a boolean without a loss")]
    [InlineData("""{"op":"map","path":"/a","values":[[1,2]],"else":"refuse"}""", """{"a":3}""", "/a", "is 3", "not in the table")]
    [InlineData(Map, """{"a":"${config:level}"}""", "/a", "holds a reference", "Map what it refers to")]
    public void What_a_step_cannot_do_is_refused_and_names_the_place_the_value_and_the_way_out(
        string step, string before, string path, string found, string wayOut)
    {
        var violation = Steps("""{"op":"remove","path":"/nothing"}""", step).Refused(before).ShouldHaveSingleItem();

        violation.Path.ShouldBe(path);
        violation.Code.ShouldBe(ViolationCode.ConstraintViolation);
        violation.Message.ShouldStartWith("Step 1 (");
        violation.Message.ShouldContain($"of the migration from version 1 to 2: '{path}' {found}");
        violation.Message.ShouldContain(wayOut);
    }

    [Fact]
    public void Every_place_that_one_step_refuses_is_listed()
    {
        var refused = Steps("""{"op":"convert","path":"/s/*/port","to":"integer"}""")
            .Refused("""{"s":[{"port":"a"},{"port":"1"},{"port":"b~/"},{}]}""");

        refused.Select(violation => violation.Path).ShouldBe(["/s/0/port", "/s/2/port"]);
    }

    [Theory]
    [InlineData("""{"s":{"a":{"k":1}}}""", """{"s":{"a":1}}""")]
    [InlineData("""{"s":{"a":{"k":{"$unset":true}}}}""", """{"s":{"a":{"$unset":true}}}""")]
    [InlineData("""{"s":{"a":{"$unset":true}}}""", """{"s":{"a":{"$unset":true}}}""")]
    public void A_wrapped_value_comes_out_again(string after, string before) => Steps(Wrap).Inverse!.Migrated(after).ShouldBe(before);

    [Theory]
    [InlineData("""{"s":{"a":1}}""", "is a number and no object with 'k'")]
    [InlineData("""{"s":{"a":{}}}""", "has no 'k'")]
    [InlineData("""{"s":{"a":{"k":1,"unit":"days"}}}""", "has 1 more beside 'k'")]
    public void What_the_older_version_has_no_place_for_is_not_left_out_silently(string after, string problem)
    {
        var message = Steps(Rename, Wrap, Move).Inverse!.Refused(after).ShouldHaveSingleItem().Message;
        message.ShouldStartWith("Undoing step 1 (wrap) of the migration from version 1 to 2: '/s/a' ");
        message.ShouldContain(problem);
    }

    [Fact]
    public void A_default_is_for_the_base_and_its_property_goes_from_every_layer_on_the_way_back()
    {
        var migration = Steps(Default);
        var above = ObjectOf("""{"s":{"a":{"x":2},"b":3}}""");

        migration.Migrated(above, isBase: false).ShouldBeSameAs(above);
        migration.Inverse!.Migrated(above.ToString(), isBase: false).ShouldBe("""{"s":{"b":3}}""");
        migration.Inverse!.Migrated(above.ToString(), isBase: true).ShouldBe("""{"s":{"b":3}}""");
    }

    [Fact]
    public void What_is_removed_comes_back_as_said_and_in_the_base_only()
    {
        var back = Steps(Remove).Inverse!;
        back.Migrated("{}", isBase: true).ShouldBe("""{"s":{"a":7}}""");
        back.Migrated("{}", isBase: false).ShouldBe("{}");
    }

    [Fact]
    public void A_later_step_sees_what_an_earlier_one_made() =>
        Steps(Wrap, """{"op":"move","from":"/s/a/k","to":"/t"}""", """{"op":"convert","path":"/t","to":"string"}""")
            .Migrated("""{"s":{"a":1},"z":0}""").ShouldBe("""{"z":0,"t":"1"}""");

    [Fact]
    public void A_long_value_is_cut_in_a_message()
    {
        var message = Steps(ToInteger).Refused($$"""{"a":"{{new string('x', 500)}}"}""").ShouldHaveSingleItem().Message;
        message.Length.ShouldBeLessThan(400);
        message.ShouldContain("xxx...");
    }

    [Fact]
    public void What_no_step_touches_is_shared()
    {
        var before = ObjectOf("""{"s":{"a":1,"keep":{"x":1}},"keep":{"y":[{}]},"l":[{"k":1},{"a":"1"}]}""");
        var after = Steps(Rename, """{"op":"convert","path":"/l/*/a","to":"integer"}""", """{"op":"default","path":"/new","value":1}""").Migrated(before);

        after["keep"].ShouldBeSameAs(before["keep"]);
        ObjectOf("""{"b":1}""")["b"].ShouldBe(((Core.Json.JsonObject)after["s"]!)["b"]);
        ((Core.Json.JsonObject)after["s"]!)["keep"].ShouldBeSameAs(((Core.Json.JsonObject)before["s"]!)["keep"]);
        ((Core.Json.JsonArray)after["l"]!).Items[0].ShouldBeSameAs(((Core.Json.JsonArray)before["l"]!).Items[0]);
        ((Core.Json.JsonArray)after["l"]!).Items[1].ShouldNotBeSameAs(((Core.Json.JsonArray)before["l"]!).Items[1]);
    }
}

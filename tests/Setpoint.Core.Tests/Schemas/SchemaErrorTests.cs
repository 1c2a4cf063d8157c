using Setpoint.Core.Schemas;
using static Setpoint.Core.Tests.Schemas.SchemaSamples;

namespace Setpoint.Core.Tests.Schemas;

public sealed class SchemaErrorTests
{
    [Fact]
    public void A_number_below_the_minimum_is_refused_and_names_both() =>
        ErrorOf("""{"properties":{"retention":{"properties":{"days":{"minimum":1}}}}}""", """{"retention":{"days":0}}""")
            .ShouldBe(new SchemaError("/retention/days", "/properties/retention/properties/days/minimum", "minimum", "'/retention/days' is 0; the minimum is 1."));

    [Theory]
    [InlineData("""{"prefixItems":[{"type":"integer"}],"items":false,"minItems":2}""", "[1]", "minItems")]
    [InlineData("""{"items":{"type":"integer"},"maxItems":1}""", "[1,2]", "maxItems")]
    [InlineData("""{"properties":{"a":{"type":"integer"}},"patternProperties":{"^a":{"minimum":1}},"additionalProperties":false,"required":["b"]}""", """{"a":1}""", "required")]
    public void Parts_that_are_valid_are_not_reported_where_something_else_fails(string schema, string instance, string keyword) =>
        ErrorOf(schema, instance).Keyword.ShouldBe(keyword);

    [Theory]
    [InlineData("""{"type":"integer"}""", "\"80\"", "The document is a string (\"80\"); it must be an integer.")]
    [InlineData("""{"type":["array","null"]}""", "{}", "The document is an object; it must be an array or null.")]
    [InlineData("""{"type":"integer"}""", "1.5", "The document is a number (1.5); it must be an integer.")]
    [InlineData("""{"maximum":10}""", "10.5", "The document is 10.5; the maximum is 10.")]
    [InlineData("""{"exclusiveMinimum":0}""", "0", "The document is 0; it must be greater than 0.")]
    [InlineData("""{"exclusiveMaximum":1}""", "1.0", "The document is 1.0; it must be less than 1.")]
    [InlineData("""{"multipleOf":0.1}""", "0.35", "The document is 0.35; it must be a multiple of 0.1.")]
    [InlineData("""{"minLength":2}""", "\"😀\"", "The document has 1 character; the minimum is 2.")]
    [InlineData("""{"maxLength":1}""", "\"😀a\"", "The document has 2 characters; the maximum is 1.")]
    [InlineData("""{"pattern":"^[a-z]+$"}""", "\"A\"", "The document is \"A\", which does not match the pattern '^[a-z]+$'.")]
    [InlineData("""{"minItems":1}""", "[]", "The document has 0 items; the minimum is 1.")]
    [InlineData("""{"maxItems":1}""", "[1,2]", "The document has 2 items; the maximum is 1.")]
    [InlineData("""{"uniqueItems":true}""", "[1,2,1.0]", "The document has the same item at 0 and 2; all must differ.")]
    [InlineData("""{"contains":{"const":1}}""", "[2]", "The document has no item that 'contains' describes; there must be one.")]
    [InlineData("""{"contains":{"const":1},"maxContains":1}""", "[1,1]", "The document has 2 items that 'contains' describes; the maximum is 1.")]
    [InlineData("""{"contains":{"const":1},"minContains":2}""", "[1]", "The document has 1 item that 'contains' describes; the minimum is 2.")]
    [InlineData("""{"minProperties":1}""", "{}", "The document has 0 properties; the minimum is 1.")]
    [InlineData("""{"maxProperties":0}""", """{"a":1}""", "The document has 1 property; the maximum is 0.")]
    [InlineData("""{"required":["host"]}""", "{}", "The document lacks the required property 'host'.")]
    [InlineData("""{"required":["host"]}""", """{"hosts":1}""", "The document lacks the required property 'host'. Is 'hosts' meant?")]
    [InlineData("""{"dependentRequired":{"cert":["key"]}}""", """{"cert":1}""", "The document lacks the property 'key', which is required where 'cert' is set.")]
    [InlineData("""{"const":"on"}""", "\"off\"", "The document is \"off\"; it must be \"on\".")]
    [InlineData("""{"enum":["debug","info","warn"]}""", "\"inof\"", "The document is \"inof\"; it must be \"debug\", \"info\" or \"warn\". Did you mean \"info\"?")]
    [InlineData("""{"enum":[1,2,3,4,5,6,7,8,9,10,11,12]}""", "0", "The document is 0; it must be 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 or one of 2 more.")]
    [InlineData("""{"not":{"type":"null"}}""", "null", "The document is null, which matches what 'not' refuses.")]
    [InlineData("false", "1", "The document is not allowed here.")]
    [InlineData("""{"items":false,"prefixItems":[true]}""", "[1,2]", "The document has 2 items; no more than 1 are allowed.")]
    public void An_error_says_what_was_found_and_what_is_allowed(string schema, string instance, string message) =>
        ErrorOf(schema, instance).Message.ShouldBe(message);

    [Theory]
    [InlineData("""{"properties":{"timeout":{},"retries":{}},"additionalProperties":false}""", "'/timout' is not a property that is allowed there; did you mean 'timeout'?")]
    [InlineData("""{"allOf":[{"properties":{"timeout":{}}}],"unevaluatedProperties":false}""", "'/timout' is not a property that is allowed there; did you mean 'timeout'?")]
    [InlineData("""{"properties":{"host":{},"port":{}},"additionalProperties":false}""", "'/timout' is not a property that is allowed there; not yet set is 'host' or 'port'.")]
    [InlineData("""{"additionalProperties":false}""", "'/timout' is not a property that is allowed there.")]
    public void A_property_that_is_not_allowed_is_named_with_the_one_that_may_be_meant(string schema, string message)
    {
        var error = ErrorOf(schema, """{"timout":1}""");
        error.Message.ShouldBe(message);
        error.InstancePath.ShouldBe("/timout");
    }

    [Fact]
    public void A_name_that_is_refused_is_explained() =>
        ErrorOf("""{"propertyNames":{"maxLength":2}}""", """{"abc":1}""").Message
            .ShouldBe("'/abc' has a name that is not allowed: the name has 3 characters; the maximum is 2.");

    [Fact]
    public void Every_error_is_reported_at_once()
    {
        var errors = ErrorsOf(
            """{"required":["a"],"properties":{"b":{"type":"string"},"c":{"items":{"minimum":3}}},"allOf":[{"maxProperties":1}]}""",
            """{"b":1,"c":[1,5,2]}""");

        errors.Select(error => (error.InstancePath, error.SchemaPath)).ShouldBe(
            [("", "/required"), ("/b", "/properties/b/type"), ("/c/0", "/properties/c/items/minimum"), ("/c/2", "/properties/c/items/minimum"), ("", "/allOf/0/maxProperties")],
            ignoreOrder: true);
    }

    [Fact]
    public void The_path_of_a_keyword_leads_through_the_reference_to_it() =>
        ErrorOf("""{"properties":{"a/b":{"$ref":"#/$defs/port"}},"$defs":{"port":{"maximum":1}}}""", """{"a/b":2}""")
            .ShouldBe(new SchemaError("/a~1b", "/properties/a~1b/$ref/maximum", "maximum", "'/a~1b' is 2; the maximum is 1."));

    [Fact]
    public void A_choice_that_fails_is_explained_by_the_branch_that_came_closest()
    {
        var errors = ErrorsOf(
            """
            {"oneOf":[
              {"title":"TCP","properties":{"kind":{"const":"tcp"},"port":{"type":"integer"}},"required":["kind","port"]},
              {"title":"File","properties":{"kind":{"const":"file"},"path":{"type":"string"}},"required":["kind","path"]}]}
            """,
            """{"kind":"file","path":7}""");

        errors.Count.ShouldBe(2);
        errors[0].ShouldBe(new SchemaError("", "/oneOf", "oneOf", "The document matches none of the 2 alternatives; it comes closest to 1 (File)."));
        errors[1].ShouldBe(new SchemaError("/path", "/oneOf/1/properties/path/type", "type", "'/path' is a number (7); it must be a string."));
    }

    [Fact]
    public void A_choice_of_which_two_branches_hold_names_them() =>
        ErrorOf("""{"oneOf":[{"type":"integer"},{"title":"small","maximum":5},{"const":9}]}""", "3").Message
            .ShouldBe("The document matches alternatives 0 and 1 (small); exactly one of the 3 must match.");

    [Fact]
    public void A_condition_reports_the_branch_that_it_led_to()
    {
        const string Schema = """{"if":{"properties":{"tls":{"const":true}},"required":["tls"]},"then":{"required":["cert"]},"else":{"maxProperties":1}}""";
        ErrorOf(Schema, """{"tls":true}""").SchemaPath.ShouldBe("/then/required");
        ErrorOf(Schema, """{"a":1,"b":2}""").SchemaPath.ShouldBe("/else/maxProperties");
    }

    [Theory]
    [InlineData("""{"properties":{"key":{"secret":true,"maxLength":3}}}""", """{"key":"hunter2"}""")]
    [InlineData("""{"properties":{"key":{"secret":true,"type":"integer"}}}""", """{"key":"hunter2"}""")]
    [InlineData("""{"properties":{"key":{"secret":true,"enum":["hunter3","b"]}}}""", """{"key":"hunter2"}""")]
    [InlineData("""{"properties":{"key":{"secret":true,"pattern":"^x"}}}""", """{"key":"hunter2"}""")]
    [InlineData("""{"properties":{"key":{"secret":true,"not":{"type":"string"}}}}""", """{"key":"hunter2"}""")]
    [InlineData("""{"properties":{"key":{"secret":true,"properties":{"inner":{"pattern":"^x"}}}}}""", """{"key":{"inner":"hunter2"}}""")]
    [InlineData("""{"properties":{"key":{"pattern":"^x"}},"allOf":[{"properties":{"key":{"secret":true}}}]}""", """{"key":"hunter2"}""")]
    [InlineData("""{"properties":{"key":{"anyOf":[{"secret":true,"const":"a"},{"const":"b"}]}}}""", """{"key":"hunter2"}""")]
    [InlineData("""{"properties":{"key":{"pattern":"^x"}},"anyOf":[{"required":["z"],"properties":{"key":{"secret":true}}},true]}""", """{"key":"hunter2"}""")]
    public void A_secret_is_never_shown(string schema, string instance)
    {
        var errors = ErrorsOf(schema, instance);
        errors.ShouldNotBeEmpty();
        errors.ShouldAllBe(error => !error.Message.Contains("hunter2"));
    }

    [Fact]
    public void A_long_value_is_cut() =>
        ErrorOf("""{"const":""}""", $"\"{new string('x', 500)}\"").Message.Length.ShouldBeLessThan(130);

    [Fact]
    public void Reports_end_at_a_thousand_errors()
    {
        var items = string.Join(',', Enumerable.Repeat("0", 5_000));
        ErrorsOf("""{"items":{"minimum":1}}""", $"[{items}]").Count.ShouldBe(SchemaVerdict.ErrorsMax);
    }

    [Fact]
    public void A_valid_instance_gets_the_one_valid_verdict() =>
        SchemaOf("""{"type":"object"}""").Evaluate(Setpoint.Core.Json.JsonObject.Empty).ShouldBeSameAs(SchemaVerdict.Valid);
}

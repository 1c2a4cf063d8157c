using Setpoint.Core.Json;
using Setpoint.Core.Services;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Services;

public sealed class KeyRequirementTests
{
    private static readonly JsonObject Config = JsonSamples.ObjectOf("""
        {
          "DATABASE_URL": "postgres://db",
          "pool": {"size": 10, "Names": ["a", {"id": 1}], "none": null, "text": "10"},
          "a.b": 1,
          "with:colon": 2,
          "under__score": 3,
          "Under": {"Score": 4},
          "logging": {"Microsoft.Hosting": "warn"}
        }
        """);

    [Theory]
    [InlineData("DATABASE_URL", "\"postgres://db\"")]
    [InlineData("database_url", "\"postgres://db\"")]
    [InlineData("pool.size", "10")]
    [InlineData("Pool.Size", "10")]
    [InlineData("/pool/size", "10")]
    [InlineData("/POOL/Size", "10")]
    [InlineData("Pool:Size", "10")]
    [InlineData("POOL__SIZE", "10")]
    [InlineData("pool.names.1.ID", "1")]
    [InlineData("pool:names:0", "\"a\"")]
    [InlineData("pool.none", "null")]
    [InlineData("/a.b", "1")]
    [InlineData("with:colon", "2")]
    [InlineData("under__score", "3")]
    [InlineData("Under__Score", "4")]
    [InlineData("UNDER__SCORE", "3")]
    [InlineData("Logging:Microsoft.Hosting", "\"warn\"")]
    public void A_key_is_found_as_its_service_writes_it(string key, string value) =>
        new KeyRequirement(key).Find(Config).ShouldNotBeNull().ToString().ShouldBe(value);

    [Theory]
    [InlineData("a.b")]
    [InlineData("pool")]
    [InlineData("pool.size.more")]
    [InlineData("pool.names.2")]
    [InlineData("/Pool:Size")]
    [InlineData("DATABASE-URL")]
    public void A_key_that_leads_nowhere_or_to_something_else_finds_only_what_is_there(string key)
    {
        var found = new KeyRequirement(key).Find(Config);
        if (key == "pool")
            found.ShouldBeOfType<JsonObject>();
        else
            found.ShouldBeNull();
    }

    [Theory]
    [InlineData("integer", "10", false, true)]
    [InlineData("integer", "10.0", false, true)]
    [InlineData("integer", "10.5", false, false)]
    [InlineData("integer", "\"10\"", false, false)]
    [InlineData("integer", "\"10\"", true, true)]
    [InlineData("integer", "\"ten\"", true, false)]
    [InlineData("integer", "true", true, false)]
    [InlineData("number", "\"1e3\"", true, true)]
    [InlineData("boolean", "\"True\"", true, true)]
    [InlineData("boolean", "\"yes\"", true, false)]
    [InlineData("boolean", "true", false, true)]
    [InlineData("string", "5", false, false)]
    [InlineData("string", "5", true, true)]
    [InlineData("string", "{}", true, false)]
    [InlineData("object", "{}", false, true)]
    [InlineData("object", "\"{}\"", true, false)]
    [InlineData("array", "[]", false, true)]
    [InlineData("array", "{}", false, false)]
    [InlineData("string", "null", true, false)]
    [InlineData(null, "null", false, true)]
    [InlineData(null, "{}", false, true)]
    public void The_json_type_counts_and_with_text_what_text_can_be_read_as(string? type, string value, bool text, bool satisfied) =>
        new KeyRequirement("k", type, text).IsSatisfiedBy(JsonReader.Parse(value).Value).ShouldBe(satisfied);
}

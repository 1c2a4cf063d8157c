using System.Text;
using Setpoint.Core.Json;
using Setpoint.Server.Configs.Formats;
using Setpoint.Server.Tests.Boundaries;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Formats;

/// <summary>What each format looks like, byte by byte. SETPOINT_GOLDEN=write writes the files anew, for a look at the difference.</summary>
public sealed class FormatTests
{
    private static string Golden(string name) => Repository.File("tests", "Setpoint.Server.Tests", "Formats", "golden", name);

    private static JsonObject Sample => (JsonObject)JsonReader.Parse(File.ReadAllText(Golden("config.json"))).Value;

    [Theory]
    [InlineData("config.yaml")]
    [InlineData("config.properties")]
    [InlineData("config.env")]
    public void A_configuration_is_written_as_it_always_was(string file)
    {
        var written = Encoding.UTF8.GetString(Path.GetExtension(file) switch
        {
            ".yaml" => YamlFormat.Write(Sample),
            ".properties" => PropertiesFormat.Write(Sample),
            _ => EnvFormat.Write(Sample),
        });
        if (Environment.GetEnvironmentVariable("SETPOINT_GOLDEN") == "write")
            File.WriteAllText(Golden(file), written);

        written.ShouldBe(File.ReadAllText(Golden(file)));
    }

    [Fact]
    public void An_empty_configuration_is_an_empty_document_in_every_format()
    {
        Encoding.UTF8.GetString(YamlFormat.Write(JsonObject.Empty)).ShouldBe("{}\n");
        PropertiesFormat.Write(JsonObject.Empty).ShouldBeEmpty();
        EnvFormat.Write(JsonObject.Empty).ShouldBeEmpty();
    }

    [Fact]
    public void Of_two_keys_with_one_variable_the_first_is_written_and_a_comment_names_both_but_no_value()
    {
        var config = (JsonObject)JsonReader.Parse("""{"a-b":"kept","a_b":"hidden","a":{"b\nx":1},"A":{"b x":2}}""").Value;

        Encoding.UTF8.GetString(EnvFormat.Write(config)).ShouldBe(
            """
            A_B=kept
            # collision: A_B holds "/a-b"; "/a_b" has the same name and is left out
            A__B_X=1
            # collision: A__B_X holds "/a/b\nx"; "/A/b x" has the same name and is left out

            """);
    }

    [Theory]
    [InlineData("yaml", "application/yaml", "retries: 3\nratio: 0.10\n")]
    [InlineData("properties", "text/plain", "retries=3\nratio=0.10\n")]
    [InlineData("env", "text/plain", "RETRIES=3\nRATIO=0.10\n")]
    [InlineData("json", "application/json", """{"retries":3,"ratio":0.10}""")]
    public async Task Each_format_is_the_configuration_alone_with_its_own_type_and_tag(string format, string type, string text)
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3,"ratio":0.10}}""");

        var reply = await server.GetAsync($"/api/config/mail?format={format}");
        var again = await server.GetAsync($"/api/config/mail?format={format}", ("If-None-Match", reply.ETag!));
        var envelope = await server.GetAsync("/api/config/mail");

        reply.Text.ShouldBe(text);
        reply.Message.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        reply.ETag.ShouldNotBe(envelope.ETag);
        ((int)again.Status).ShouldBe(304);
    }
}

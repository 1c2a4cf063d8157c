using System.Text;
using Setpoint.Core.Json;
using Setpoint.Faults.Host;
using Setpoint.TestKit;

namespace Setpoint.Faults.Agreement;

/// <summary>OpenFeature's SDK for servers in node with the provider for OFREP, which asks a server for each flag by itself. One caller at a time.</summary>
/// <remarks>
/// Version 0.1.3 of the provider, the newest, is older than OFREP's answers without a value, by which a server says that the default in the caller's
/// code stands: it serves that default, and calls it an error.
/// </remarks>
internal sealed class ProviderSource : IDisposable
{
    private static readonly Answer CodeDefault = new(null, "ERROR", "GENERAL", null);

    private const string Script = """
        const { OpenFeature } = require('@openfeature/server-sdk');
        const { OFREPProvider } = require('@openfeature/ofrep-provider');
        let flags, client;
        const ask = {
          boolean: (key, context) => client.getBooleanDetails(key, false, context),
          number: (key, context) => client.getNumberDetails(key, 0, context),
          string: (key, context) => client.getStringDetails(key, '', context),
          object: (key, context) => client.getObjectDetails(key, {}, context),
        };
        require('readline').createInterface({ input: process.stdin }).on('line', async line => {
          const asked = JSON.parse(line);
          if (asked.flags) {
            flags = asked.flags;
            await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: asked.base, headers: [['Authorization', 'Bearer ' + asked.key]] }));
            client = OpenFeature.getClient();
            process.stdout.write('[]\n');
            return;
          }
          const got = await Promise.all(flags.map(([key, type]) => ask[type](key, asked.context)));
          process.stdout.write(JSON.stringify(got.map(one => [
            one.variant ?? null, one.reason === 'UNKNOWN' ? one.flagMetadata['setpoint.reason'] : one.reason, one.errorCode ?? null, one.value])) + '\n');
        });
        """;

    private readonly NodeProcess _process;
    private readonly AgreedFlag[] _flags;

    private ProviderSource(NodeProcess process, AgreedFlag[] flags)
    {
        _process = process;
        _flags = flags;
    }

    public static string Name => "OpenFeature's node SDK by OFREP";

    public static async Task<ProviderSource> StartAsync(ServerUnderTest server, AgreedFlag[] flags)
    {
        var source = new ProviderSource(await NodeProcess.StartAsync(
            Assert.Skip, Script, "@openfeature/server-sdk@1.23.0", "@openfeature/core@1.12.0", "@openfeature/ofrep-core@0.1.4", "@openfeature/ofrep-provider@0.1.3"), flags);
        var begin = new JsonObjectBuilder(3)
            .Add("flags", new JsonArray([.. flags.Select(flag => (JsonValue)new JsonArray([new JsonString(flag.Key), new JsonString(flag.Type.ToString().ToLowerInvariant())]))]))
            .Add("base", $"http://127.0.0.1:{server.Port}/in/global/production")
            .Add("key", ServerUnderTest.AdminKey)
            .Build();
        (await source._process.AskAsync(begin.ToString())).ShouldBe("[]");
        return source;
    }

    public async Task<Answer[]> AskAsync(User user)
    {
        var said = (JsonArray)JsonReader.Parse(Encoding.UTF8.GetBytes(await _process.AskAsync($$"""{"context":{{user.Text}}}""")), JsonLimits.Document).Value;
        return [.. said.Items.Cast<JsonArray>().Zip(_flags, (one, flag) => one.Items is [var variant, var reason, var error, var value]
            ? new Answer((variant as JsonString)?.Value, (reason as JsonString)?.Value ?? "-", (error as JsonString)?.Value, ValueOf(variant, Answer.TextOf(value), flag))
            : throw new FormatException(one.ToString()))];
    }

    /// <summary>What the provider makes of an answer.</summary>
    public static Answer[] Told(Answer[] answers) => [.. answers.Select(answer => answer is { Variant: null, Error: null } ? CodeDefault : answer)];

    private static string? ValueOf(JsonValue variant, string value, AgreedFlag flag) => variant is JsonNull && value == DefaultOf(flag.Type) ? null : value;

    private static string DefaultOf(JsonKind type) => type switch
    {
        JsonKind.Boolean => "false",
        JsonKind.Number => "0",
        JsonKind.String => "\"\"",
        _ => "{}",
    };

    public void Dispose() => _process.Dispose();
}

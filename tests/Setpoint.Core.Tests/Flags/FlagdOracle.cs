using Setpoint.Core.Json;
using Setpoint.Core.Tests.Json;
using Setpoint.TestKit;

namespace Setpoint.Core.Tests.Flags;

/// <summary>
/// npm @openfeature/flagd-core: takes a document of flags and then contexts, and answers all flags for each. It interprets expressions here: the
/// code that it generates otherwise writes null as "null" in <c>cat</c>, unlike its interpreter, json-logic-js and flagd itself.
/// </summary>
internal sealed class FlagdOracle : IDisposable
{
    private const string Script = """
        const { FlagdCore } = require('@openfeature/flagd-core');
        const quiet = { error() {}, warn() {}, info() {}, debug() {} };
        let core;
        let keys;
        require('readline').createInterface({ input: process.stdin }).on('line', line => {
          const asked = JSON.parse(line);
          let answer = {};
          try {
            if (asked.flags) {
              core = new FlagdCore(undefined, quiet, { disableDynamicCodeGeneration: true });
              core.setConfigurations(JSON.stringify(asked));
              keys = [...core.getFlags().entries()].map(([key, flag]) => [key, typeof [...flag.variants.values()][0]]);
            } else {
              Date.now = () => asked.now * 1000;
              for (const [key, type] of keys) {
                const got = core.resolve(type, key, null, asked.context, quiet);
                answer[key] = [got.variant ?? null, got.reason, got.errorCode ?? null];
              }
            }
          } catch (problem) {
            answer = { thrown: String(problem) };
          }
          process.stdout.write(JSON.stringify(answer) + '\n');
        });
        """;

    private readonly NodeProcess _process;

    private FlagdOracle(NodeProcess process) => _process = process;

    public static async Task<FlagdOracle> StartAsync() =>
        new(await NodeProcess.StartAsync(Assert.Skip, Script, "@openfeature/flagd-core@4.0.1", "@openfeature/core@1.12.0"));

    public void Load(JsonObject document) => JsonSamples.ObjectOf(_process.Ask(document.ToString())).Count.ShouldBe(0, "flagd-core refuses the document");

    /// <summary>Variant, reason and error by key.</summary>
    public Dictionary<string, (string? Variant, string Reason, string? Error)> Answer(JsonObject context, DateTimeOffset now)
    {
        var answer = JsonSamples.ObjectOf(_process.Ask(JsonObject.Empty.With("context", context).With("now", JsonNumber.Of(now.ToUnixTimeSeconds())).ToString()));
        answer.Contains("thrown").ShouldBeFalse(answer.ToString());
        return Enumerable.Range(0, answer.Count).ToDictionary(
            answer.NameAt,
            i => ((JsonArray)answer.ValueAt(i)).Items is [var variant, JsonString reason, var error]
                ? ((variant as JsonString)?.Value, reason.Value, (error as JsonString)?.Value)
                : throw new FormatException(answer.ToString()),
            StringComparer.Ordinal);
    }

    public void Dispose() => _process.Dispose();
}

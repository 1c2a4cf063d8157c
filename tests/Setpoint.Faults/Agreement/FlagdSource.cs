using System.Text;
using Setpoint.Core.Json;
using Setpoint.TestKit;

namespace Setpoint.Faults.Agreement;

/// <summary>npm @openfeature/flagd-core on what a server exports: another implementation, by other people. One caller at a time.</summary>
/// <remarks>
/// It interprets expressions: the code that it generates otherwise writes null as "null" in <c>cat</c>, unlike its interpreter, json-logic-js
/// and flagd itself. A line of contexts in; out come the answers that were not seen before, and for each context the numbers of its answers.
/// </remarks>
internal sealed class FlagdSource : IDisposable
{
    private const string Script = """
        const { FlagdCore } = require('@openfeature/flagd-core');
        const quiet = { error() {}, warn() {}, info() {}, debug() {} };
        const core = new FlagdCore(undefined, quiet, { disableDynamicCodeGeneration: true });
        let flags;
        const known = new Map();
        require('readline').createInterface({ input: process.stdin }).on('line', line => {
          const asked = JSON.parse(line);
          if (!Array.isArray(asked)) {
            core.setConfigurations(JSON.stringify(asked));
            const loaded = core.getFlags();
            flags = Object.keys(asked.flags).map(key => [key, typeof [...loaded.get(key).variants.values()][0]]);
            process.stdout.write('{}\n');
            return;
          }
          const made = [];
          const users = asked.map(context => flags.map(([key, type]) => {
            const got = core.resolve(type, key, null, context, quiet);
            const answer = JSON.stringify([got.variant ?? null, got.reason, got.errorCode ?? null, got.variant === undefined ? null : got.value]);
            if (!known.has(answer)) {
              known.set(answer, known.size);
              made.push(answer);
            }
            return known.get(answer);
          }).join(' '));
          process.stdout.write(`{"made":[${made.join(',')}],"users":${JSON.stringify(users)}}\n`);
        });
        """;

    private static readonly JsonLimits Limits = new(int.MaxValue, 72);

    private readonly NodeProcess _process;
    private readonly List<Answer> _known = [];

    private FlagdSource(NodeProcess process) => _process = process;

    public static string Name => "flagd-core on the export";

    /// <param name="document">As a server exports it.</param>
    public static async Task<FlagdSource> StartAsync(JsonObject document)
    {
        var source = new FlagdSource(await NodeProcess.StartAsync(Assert.Skip, Script, "@openfeature/flagd-core@4.0.1", "@openfeature/core@1.12.0"));
        (await source._process.AskAsync(document.ToString())).ShouldBe("{}");
        return source;
    }

    /// <summary>The answers to each user, in the order of the document's flags.</summary>
    public async Task<Answer[][]> AskAsync(IReadOnlyList<User> users)
    {
        var line = await _process.AskAsync($"[{string.Join(',', users.Select(user => user.Text))}]");
        var said = JsonReader.ParseObject(Encoding.UTF8.GetBytes(line), Limits).Value;
        foreach (var made in ((JsonArray)said["made"]!).Items.Cast<JsonArray>())
        {
            _known.Add(made.Items is [var variant, JsonString reason, var error, var value]
                ? new((variant as JsonString)?.Value, reason.Value, (error as JsonString)?.Value, variant is JsonNull ? null : Answer.TextOf(value))
                : throw new FormatException(made.ToString()));
        }

        return [.. ((JsonArray)said["users"]!).Items.Cast<JsonString>().Select(user => ReadAll(user.Value))];
    }

    public void Dispose() => _process.Dispose();

    private Answer[] ReadAll(ReadOnlySpan<char> numbers)
    {
        var answers = new List<Answer>();
        foreach (var number in numbers.Split(' '))
            answers.Add(_known[int.Parse(numbers[number], System.Globalization.CultureInfo.InvariantCulture)]);
        return [.. answers];
    }
}

using Setpoint.Core.Json;
using Setpoint.TestKit;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Rules;

/// <summary>npm json-logic-js in a process of its own: one line of JSON in, one out.</summary>
internal sealed class NodeOracle : IDisposable
{
    private const string Package = "json-logic-js@2.0.5";

    /// <summary>
    /// json-logic-js but for one thing: arrays and objects are equal by content. Text is made well-formed, because JSON of ours has no half of
    /// a surrogate pair.
    /// </summary>
    private const string Script = """
        const logic = require('json-logic-js');
        const holds = value => typeof value === 'object' && value !== null;
        const same = (a, b) => {
          if (!holds(a) || !holds(b)) return a === b;
          if (a === b) return true;
          if (Array.isArray(a) !== Array.isArray(b)) return false;
          const names = Object.keys(a);
          return names.length === Object.keys(b).length && names.every(name => Object.hasOwn(b, name) && same(a[name], b[name]));
        };
        const loose = (a, b) => holds(a) && holds(b) ? same(a, b) : a == b;
        logic.add_operation('===', (a, b) => same(a, b));
        logic.add_operation('!==', (a, b) => !same(a, b));
        logic.add_operation('==', (a, b) => loose(a, b));
        logic.add_operation('!=', (a, b) => !loose(a, b));
        logic.add_operation('in', (a, b) => Array.isArray(b) ? b.some(item => same(item, a)) : typeof b === 'string' && b !== '' && b.indexOf(a) !== -1);
        logic.add_operation('log', a => a);
        const wellFormed = (_, value) => typeof value === 'string' ? value.toWellFormed() : value;
        require('readline').createInterface({ input: process.stdin }).on('line', line => {
          const { rule, data } = JSON.parse(line);
          let answer;
          try { answer = { value: logic.apply(rule, data) }; } catch (problem) { answer = { thrown: String(problem) }; }
          process.stdout.write(JSON.stringify(answer, wellFormed) + '\n');
        });
        """;

    private readonly NodeProcess _process;

    private NodeOracle(NodeProcess process) => _process = process;

    /// <summary>Starts it; the test is skipped where node or the package cannot be had.</summary>
    public static async Task<NodeOracle> StartAsync() => new(await NodeProcess.StartAsync(Assert.Skip, Script, Package));

    /// <summary>What json-logic-js answers; null if it throws.</summary>
    public JsonValue? Answer(JsonValue rule, JsonValue data)
    {
        var answer = (JsonObject)JsonOf(_process.Ask(JsonObject.Empty.With("rule", rule).With("data", data).ToString()));
        // JSON has no undefined: it is null for us, and not there for JSON.stringify.
        return answer.Contains("thrown") ? null : answer["value"] ?? JsonNull.Instance;
    }

    public void Dispose() => _process.Dispose();
}

using System.Diagnostics;
using System.Text.Json;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Targets;

/// <summary>Engines of npm, in a node process.</summary>
internal static class NodeFlags
{
    private static readonly string[] Packages =
        ["@openfeature/flagd-core@4.0.1", "@openfeature/core@1.12.0", "unleash-client@6.12.1", "@growthbook/growthbook@1.8.0"];

    // Batches of about 10 ms after half a second of warming up, as Harness/Micro.cs does it.
    private const string Script = """
        const rounds = Number(process.argv[1]);
        const users = Array.from({ length: 1024 }, (_, i) => ({
          targetingKey: `user-${i}-${i * 7919 % 100003}`, country: ['DE', 'FR', 'US'][i % 3], plan: i % 2 ? 'platinum' : 'gold',
          email: `user-${i}-${i * 7919 % 100003}@example.com`, age: 18 + i % 50, version: `1.${3 + i % 5}.${i % 10}` }));
        let sink = 0;
        const measure = work => {
          let at = 0;
          const batch = count => {
            const start = process.hrtime.bigint();
            for (let i = 0; i < count; i++) sink += work(at++ & 1023) ? 1 : 0;
            return Number(process.hrtime.bigint() - start) / count;
          };
          const end = Date.now() + 500;
          let each = 0;
          while (Date.now() < end) each = batch(1024);
          let least = Infinity;
          for (let i = 0; i < rounds; i++) least = Math.min(least, batch(Math.ceil(1e7 / each)));
          return least;
        };
        const share = work => { let on = 0; for (let i = 0; i < 1024; i++) on += work(i) ? 1 : 0; return on; };
        const all = (name, plain, rules, variant) => {
          const on = share(rules);
          if (on < 150 || on > 260 || share(plain) !== 1024) throw new Error(`${name}: ${on} of 1024 are on`);
          return { name, plain: measure(plain), rules: measure(rules), variant: measure(variant) };
        };

        const { FlagdCore } = require('@openfeature/flagd-core');
        const quiet = { error() {}, warn() {}, info() {}, debug() {} };
        const core = new FlagdCore(undefined, quiet);
        const onOff = { on: true, off: false };
        core.setConfigurations(JSON.stringify({ flags: {
          plain: { state: 'ENABLED', variants: onOff, defaultVariant: 'on' },
          rules: { state: 'ENABLED', variants: onOff, defaultVariant: 'off', targeting: { if: [{ and: [
            { in: [{ var: 'country' }, ['DE', 'FR', 'US']] }, { in: [{ var: 'plan' }, ['gold', 'platinum']] }, { ends_with: [{ var: 'email' }, '@example.com'] },
            { '>=': [{ var: 'age' }, 18] }, { sem_ver: [{ var: 'version' }, '>', '1.2.0'] }] }, { fractional: [['on', 20], ['off', 80]] }] } },
          variant: { state: 'ENABLED', variants: { a: 'red', b: 'green', c: 'blue' }, defaultVariant: 'a', targeting: { fractional: [['a', 50], ['b', 25], ['c', 25]] } } } }));

        const { GrowthBook } = require('@growthbook/growthbook');
        const condition = { country: { $in: ['DE', 'FR', 'US'] }, plan: { $in: ['gold', 'platinum'] }, email: { $regex: '@example\\.com$' }, age: { $gte: 18 }, version: { $vgt: '1.2.0' } };
        const growth = users.map(user => new GrowthBook({ attributes: { ...user, id: user.targetingKey }, features: {
          plain: { defaultValue: true },
          rules: { defaultValue: false, rules: [{ condition, force: true, coverage: 0.2, hashAttribute: 'id' }] },
          variant: { defaultValue: 'red', rules: [{ variations: ['red', 'green', 'blue'], weights: [0.5, 0.25, 0.25], hashAttribute: 'id', key: 'variant' }] } } }));

        const { Unleash, InMemStorageProvider } = require('unleash-client');
        const rollout = constraints => [{ name: 'flexibleRollout', parameters: { rollout: '20', stickiness: 'userId', groupId: 'rules' }, constraints }];
        const feature = (name, strategies, variants = []) => ({ name, type: 'release', enabled: true, strategies, variants });
        const unleash = new Unleash({ appName: 'bench', url: 'http://127.0.0.1:9/', disableMetrics: true, refreshInterval: 0, skipInstanceCountWarning: true,
          storageProvider: new InMemStorageProvider(), bootstrap: { data: [
            feature('plain', [{ name: 'default', parameters: {}, constraints: [] }]),
            feature('rules', rollout([
              { contextName: 'country', operator: 'IN', values: ['DE', 'FR', 'US'] }, { contextName: 'plan', operator: 'IN', values: ['gold', 'platinum'] },
              { contextName: 'email', operator: 'STR_ENDS_WITH', values: ['@example.com'] }, { contextName: 'age', operator: 'NUM_GTE', value: '18' },
              { contextName: 'version', operator: 'SEMVER_GT', value: '1.2.0' }])),
            feature('variant', [{ name: 'default', parameters: {}, constraints: [] }],
              [['a', 500], ['b', 250], ['c', 250]].map(([name, weight]) => ({ name, weight, weightType: 'variable', stickiness: 'userId', payload: { type: 'string', value: name } }))) ] } });
        unleash.on('error', () => {});
        unleash.on('warn', () => {});
        const contexts = users.map(user => ({ userId: user.targetingKey, properties: { ...user, age: String(user.age) } }));

        const run = () => {
          const results = [
            all('flagd-core 4.0.1 (node)', i => core.resolveBooleanEvaluation('plain', false, users[i], quiet).value,
              i => core.resolveBooleanEvaluation('rules', false, users[i], quiet).value, i => core.resolveStringEvaluation('variant', '', users[i], quiet).value),
            all('unleash-client 6.12.1 (node)', i => unleash.isEnabled('plain', contexts[i]), i => unleash.isEnabled('rules', contexts[i]), i => unleash.getVariant('variant', contexts[i]).name),
            all('GrowthBook 1.8.0 (node)', i => growth[i].isOn('plain'), i => growth[i].isOn('rules'), i => growth[i].getFeatureValue('variant', '')),
          ];
          console.log('MEASURED ' + JSON.stringify(results));
          process.exit(0);
        };
        let started = false;
        const start = () => { if (!started) { started = true; setTimeout(run, 200); } };
        unleash.on('ready', start);
        setTimeout(start, 3000);
        """;

    /// <summary>Empty where node or the packages cannot be had.</summary>
    public static async Task<IReadOnlyList<Result>> MeasureAsync(TempFolder folder, int rounds)
    {
        if (!await InstallAsync(folder.Path))
            return [];
        using var node = ChildProcess.Start(
            "node", "node", ["-e", Script, rounds.ToString(System.Globalization.CultureInfo.InvariantCulture)],
            new Dictionary<string, string> { ["NODE_PATH"] = folder.File("node_modules") }, readyPrefix: "MEASURED ");
        return JsonSerializer.Deserialize<Result[]>(await node.ReadyAsync(TimeSpan.FromMinutes(2)), JsonSerializerOptions.Web)!;
    }

    private static async Task<bool> InstallAsync(string folder)
    {
        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--silent", .. Packages])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            await npm.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            return npm.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    internal sealed record Result(string Name, double Plain, double Rules, double Variant);
}

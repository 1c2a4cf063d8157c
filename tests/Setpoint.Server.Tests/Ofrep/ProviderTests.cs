using System.Diagnostics;
using Setpoint.Server.Tests.Flags;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Ofrep;

/// <summary>OpenFeature's own SDKs and providers, run by node against this server: they are who the protocol is for.</summary>
public sealed class ProviderTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private RunningServer _server = null!;
    private TempFolder _folder = null!;
    private string _packages = "";

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        _folder = new TempFolder();
        string[] flags =
        [
            Samples.Boolean("banner", more: ",\"metadata\":{\"team\":\"web\"}"),
            """{"key":"size","variants":{"small":1,"large":2.5},"defaultVariant":"small","rules":[{"when":{"==":[{"var":"plan"},"premium"]},"serve":"large"}]}""",
            """{"key":"theme","variants":{"dark":"dark","light":"light"},"defaultVariant":"light","split":{"weights":{"dark":1,"light":1}}}""",
            """{"key":"layout","variants":{"a":{"columns":2}},"defaultVariant":"a"}""",
            """{"key":"code","variants":{"a":"x"}}""",
        ];
        foreach (var flag in flags)
            await _server.PostAsync("/api/features", flag);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_server_provider_gets_every_type_with_reason_variant_and_metadata_and_names_errors()
    {
        await InstallAsync("@openfeature/server-sdk@1.23.0", "@openfeature/ofrep-core@0.1.4", "@openfeature/ofrep-provider@0.1.3");

        var said = await RunAsync("""
            const { OpenFeature } = require('@openfeature/server-sdk');
            const { OFREPProvider } = require('@openfeature/ofrep-provider');
            (async () => {
              const [base, key] = process.argv.slice(2);
              await OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: base, headers: [['Authorization', 'Bearer ' + key]] }));
              const client = OpenFeature.getClient();
              const ann = { targetingKey: 'ann', plan: 'premium' };
              const show = (d) => console.log(JSON.stringify([d.flagKey, d.value, d.variant ?? null, d.reason ?? null, d.errorCode ?? null, d.flagMetadata.team ?? null]));
              show(await client.getBooleanDetails('banner', false, ann));
              show(await client.getNumberDetails('size', 0, ann));
              show(await client.getNumberDetails('size', 0, { targetingKey: 'bob' }));
              show(await client.getObjectDetails('layout', {}, ann));
              show(await client.getStringDetails('nobody', 'mine', ann));
              show(await client.getStringDetails('theme', 'mine', {}));
              show(await client.getBooleanDetails('size', false, ann));
              await OpenFeature.close();
            })().catch((e) => { console.error(e); process.exit(1); });
            """);

        said.ShouldBe(
        [
            """["banner",true,"on","STATIC",null,"web"]""",
            """["size",2.5,"large","TARGETING_MATCH",null,null]""",
            """["size",1,"small","UNKNOWN",null,null]""",
            """["layout",{"columns":2},"a","STATIC",null,null]""",
            """["nobody","mine",null,"ERROR","FLAG_NOT_FOUND",null]""",
            """["theme","mine",null,"ERROR","TARGETING_KEY_MISSING",null]""",
            """["size",false,null,"ERROR","TYPE_MISMATCH",null]""",
        ]);
    }

    [Fact]
    public async Task The_web_provider_follows_the_stream_and_sees_a_change_without_polling()
    {
        await InstallAsync("@openfeature/web-sdk@1.10.0", "@openfeature/ofrep-web-provider@0.4.3", "eventsource@4.0.0");

        var running = RunAsync("""
            global.EventSource = require('eventsource').EventSource;
            const { OpenFeature, ProviderEvents } = require('@openfeature/web-sdk');
            const { OFREPWebProvider } = require('@openfeature/ofrep-web-provider');
            (async () => {
              const [base, key] = process.argv.slice(2);
              const seen = [];
              const counting = async (request) => {
                const response = await fetch(request);
                seen.push(response.status);
                return response;
              };
              await OpenFeature.setContext({ targetingKey: 'ann', plan: 'premium' });
              await OpenFeature.setProviderAndWait(new OFREPWebProvider({
                baseUrl: base, pollInterval: 0, cacheMode: 'disabled', fetchImplementation: counting, headers: [['Authorization', 'Bearer ' + key]] }));
              const client = OpenFeature.getClient();
              const show = (d) => console.log(JSON.stringify([d.flagKey, d.value, d.variant ?? null, d.reason ?? null, d.errorCode ?? null]));
              show(client.getBooleanDetails('banner', false));
              show(client.getNumberDetails('size', 0));
              show(client.getObjectDetails('layout', {}));
              show(client.getStringDetails('code', 'mine'));
              show(client.getStringDetails('nobody', 'mine'));
              await OpenFeature.setContext({ targetingKey: 'ann', plan: 'free' });
              show(client.getNumberDetails('size', 0));
              const changed = new Promise((resolve) => client.addHandler(ProviderEvents.ConfigurationChanged, (e) => { if (e.flagsChanged?.length) resolve(e.flagsChanged); }));
              const response = await fetch(new URL('/api/features/banner', base), {
                method: 'PATCH', body: '{"defaultVariant":"off"}',
                headers: { 'Content-Type': 'application/merge-patch+json', Authorization: 'Bearer ' + key } });
              console.log(response.status, JSON.stringify(await changed));
              show(client.getBooleanDetails('banner', true));
              console.log(seen.every((status) => status === 200 || status === 304));
              await OpenFeature.close();
              process.exit(0);
            })().catch((e) => { console.error(e); process.exit(1); });
            """);

        (await running).ShouldBe(
        [
            """["banner",true,"on","STATIC",null]""",
            """["size",2.5,"large","TARGETING_MATCH",null]""",
            """["layout",{"columns":2},"a","STATIC",null]""",
            """["code","mine",null,"UNKNOWN",null]""",
            """["nobody","mine",null,"ERROR","FLAG_NOT_FOUND"]""",
            """["size",1,"small","UNKNOWN",null]""",
            """200 ["banner"]""",
            """["banner",false,"off","STATIC",null]""",
            "true",
        ]);
    }

    [Fact]
    public async Task The_web_provider_whose_address_of_the_stream_is_too_old_gets_another_and_hears_the_next_change()
    {
        await InstallAsync("@openfeature/web-sdk@1.10.0", "@openfeature/ofrep-web-provider@0.4.3", "eventsource@4.0.0");

        // The page was asleep for days: its first stream is opened with an address of then.
        var said = await RunAsync("""
            const { EventSource } = require('eventsource');
            const opened = [];
            global.EventSource = class extends EventSource {
              constructor(url) {
                const old = opened.length === 0 ? url.toString().replace(/token=[0-9]+/, 'token=1000') : url;
                super(old);
                this.addEventListener('open', () => opened.push('open'));
                opened.push(opened.length === 0 ? 'old' : 'new');
                this.addEventListener('error', (e) => opened.push(`error ${e.code} ${this.readyState === 2 ? 'closed' : 'trying'}`));
              }
            };
            const { OpenFeature, ProviderEvents } = require('@openfeature/web-sdk');
            const { OFREPWebProvider } = require('@openfeature/ofrep-web-provider');
            (async () => {
              const [base, key] = process.argv.slice(2);
              await OpenFeature.setContext({ targetingKey: 'ann' });
              await OpenFeature.setProviderAndWait(new OFREPWebProvider({
                baseUrl: base, cacheMode: 'disabled', headers: [['Authorization', 'Bearer ' + key]] }));
              const client = OpenFeature.getClient();
              while (!opened.includes('open')) await new Promise((resolve) => setTimeout(resolve, 10));
              const changed = new Promise((resolve) => client.addHandler(ProviderEvents.ConfigurationChanged, (e) => { if (e.flagsChanged?.length) resolve(e.flagsChanged); }));
              await fetch(new URL('/api/features/banner', base), {
                method: 'PATCH', body: '{"defaultVariant":"off"}',
                headers: { 'Content-Type': 'application/merge-patch+json', Authorization: 'Bearer ' + key } });
              console.log(JSON.stringify(await changed));
              console.log(client.getBooleanValue('banner', true));
              console.log(opened.join(', '));
              process.exit(0);
            })().catch((e) => { console.error(e); process.exit(1); });
            """);

        said.ShouldBe(["""["banner"]""", "false", "old, error 401 closed, new, open"]);
    }

    /// <summary>Installs packages; skips where there is no npm or no registry.</summary>
    private async Task InstallAsync(params string[] packages) => _packages = await NpmPackages.FolderOfAsync(Assert.Skip, packages);

    private async Task<string[]> RunAsync(string script)
    {
        await File.WriteAllTextAsync(_folder.File("run.cjs"), script, TestContext.Current.CancellationToken);
        var (status, said, problem) = await StartAsync("node", ["run.cjs", new Uri(_server.Address, "/in/global/production").ToString(), RunningServer.AdminKey]);
        status.ShouldBe(0, problem + said);
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<(int Status, string Said, string Problem)> StartAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path.GetDirectoryName(_folder.File("run.cjs")),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = Path.Combine(_packages, "node_modules");
        System.Diagnostics.Process process;
        try
        {
            process = System.Diagnostics.Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (-1, "", $"{program}: {missing.Message}");
        }

        using (process)
        {
            process.StandardInput.Close();
            var (said, problem) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return (-2, await said, $"{program} was not done within {Patience.TotalSeconds} s. {await problem}");
            }

            return (process.ExitCode, await said, await problem);
        }
    }
}

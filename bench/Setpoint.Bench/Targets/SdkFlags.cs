using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Bench.Harness;
using Setpoint.Client;

namespace Setpoint.Bench.Targets;

/// <summary>The flags of <see cref="FlagWork"/> as an app asks for them: by the SDK, which follows a server and reports to it what was asked and by whom.</summary>
internal sealed class SdkFlags : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder;
    private readonly SetpointServer _server;
    private readonly SdkApp _app;

    private SdkFlags(TempFolder folder, SetpointServer server, SdkApp app)
    {
        (_folder, _server, _app) = (folder, server, app);
        Flags = app.Services.GetRequiredService<ISetpointClient>().Flags;
    }

    public ISetpointFlags Flags { get; }

    public static async Task<SdkFlags> StartAsync()
    {
        var folder = new TempFolder("sdk-flags");
        var server = await SetpointServer.StartAsync(folder.File("data"));
        foreach (var (key, document) in FlagWork.Documents())
            await server.SendAsync(HttpMethod.Put, $"/api/features/{key}", document);
        await server.PutConfigAsync("shop", "production", []);
        var app = await SdkApp.StartAsync<object>(server, "shop", "production", folder.File("cache"), options =>
        {
            options.Flags.Enabled = true;
            options.Flags.Schema = FlagWork.Schema;
        });
        var flags = new SdkFlags(folder, server, app);
        var begin = Stopwatch.GetTimestamp();
        while (!flags.Flags.Status.IsReady)
        {
            if (Stopwatch.GetElapsedTime(begin) > Patience)
                throw new BenchException($"The SDK had no flags within {Patience.TotalSeconds:0} s.");
            await Task.Delay(5);
        }

        return flags;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _server.Dispose();
        _folder.Dispose();
    }
}

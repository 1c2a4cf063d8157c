using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Setpoint.Client;

namespace Setpoint.Bench.Targets;

/// <summary>An app that reads its configuration through the SDK, as its users write one.</summary>
internal sealed class SdkApp : IAsyncDisposable
{
    private readonly IHost _host;

    private SdkApp(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public static async Task<SdkApp> StartAsync<T>(SetpointServer server, string service, string? environment, string cacheFolder, Action<SetpointOptions>? configure = null)
        where T : class
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Configuration.AddSetpoint(options =>
        {
            options.Server = server.Url;
            options.ApiKey = SetpointServer.AdminKey;
            options.Service = service;
            options.Environment = environment;
            options.CacheFolder = cacheFolder;
            configure?.Invoke(options);
        });
        builder.Services.AddSetpoint();
        builder.Services.Configure<T>(builder.Configuration);
        var app = new SdkApp(builder.Build());
        await app._host.StartAsync();
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

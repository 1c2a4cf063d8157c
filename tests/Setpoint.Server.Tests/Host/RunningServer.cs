using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Setpoint.Server.Ledger;
using Setpoint.Server.Process;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Host;

/// <summary>The server as it runs in production, in this process, on a free port of loopback, with a ledger of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    public const string AdminKey = "test-admin-key-0123456789";

    private readonly TempFolder? _ownFolder;

    private RunningServer(WebApplication app, Uri address, TempFolder? ownFolder)
    {
        App = app;
        Address = address;
        _ownFolder = ownFolder;
        Http = NewClient(AdminKey);
    }

    public WebApplication App { get; }

    public Uri Address { get; }

    /// <summary>Calls as the administrator.</summary>
    public HttpClient Http { get; }

    public SnapshotBoard Board => App.Services.GetRequiredService<SnapshotBoard>();

    /// <param name="change">Changes settings from those of a test: port 0, a folder of its own, a known key, errors logged only.</param>
    public static async Task<RunningServer> StartAsync(Func<ServerSettings, ServerSettings>? change = null)
    {
        var folder = new TempFolder();
        var settings = new ServerSettings { ApiPort = 0, DataFolder = folder.File("data"), AdminKey = AdminKey, LogLevel = LogLevel.Error };
        settings = change?.Invoke(settings) ?? settings;
        var app = ServerHost.Build(settings);
        var opening = app.Services.GetRequiredService<LedgerWriter>().OpenAsync(TestContext.Current.CancellationToken);
        ServerHost.Map(app);
        await opening;
        await app.StartAsync(TestContext.Current.CancellationToken);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new(app, new Uri(addresses.First()), folder);
    }

    /// <summary>A client with another key, or none.</summary>
    public HttpClient NewClient(string? key)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        _ownFolder?.Dispose();
    }
}

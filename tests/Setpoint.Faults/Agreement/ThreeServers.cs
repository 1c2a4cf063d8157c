using Setpoint.Client;
using Setpoint.Core.Json;
using Setpoint.Faults.Host;
using Setpoint.TestKit;

namespace Setpoint.Faults.Agreement;

/// <summary>Three servers with ledgers of their own that hold the same flags, and the SDK that follows the first.</summary>
public sealed class ThreeServers : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly List<ServerUnderTest> _servers = [];
    private SetpointConnection? _connection;

    internal AgreedFlag[] Flags { get; private set; } = [];

    /// <summary>As the last server exports them in flagd's words.</summary>
    internal JsonObject Export { get; private set; } = JsonObject.Empty;

    internal IReadOnlyList<ServerUnderTest> Servers => _servers;

    internal SdkSource Sdk => new(_connection!.Client.Flags, Flags);

    public async ValueTask InitializeAsync()
    {
        var agreed = new AgreedFlags(Runs.Seed);
        for (var i = 0; i < 3; i++)
        {
            var server = await ServerUnderTest.StartAsync(_folder.File($"data-{i}"));
            _servers.Add(server);
            await agreed.PutAsync(server, i);
        }

        // One of them has its flags from the disk.
        await _servers[1].KillAsync();
        await _servers[1].DisposeAsync();
        _servers[1] = await ServerUnderTest.StartAsync(_folder.File("data-1"), _servers[1].Port);

        Export = (await _servers[2].GetAsync("/api/features/export?format=flagd&environment=production")).Json;
        Flags = AgreedFlags.Described(Export, (await _servers[0].GetAsync("/api/flags/definitions?environment=production")).Json);
        _connection = await SetpointConnection.OpenAsync(
            options =>
            {
                options.Server = _servers[0].Http.BaseAddress!.ToString();
                options.ApiKey = ServerUnderTest.AdminKey;
                options.Service = "agreement";
                options.Environment = "production";
                options.Optional = true;
                options.CacheFolder = "";
                options.Flags.Enabled = true;
                options.Flags.Namespaces.Add("global");
            },
            TestContext.Current.CancellationToken);
        _connection.Client.Flags.Status.IsReady.ShouldBeTrue();
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        foreach (var server in _servers)
            await server.DisposeAsync();
        _folder.Dispose();
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Setpoint.Bench.Floors;

/// <summary>
/// A process that does the least that can be called the work: the limit of Kestrel on this machine. It is the same executable under
/// another name, so that its CPU time and memory are its own.
/// </summary>
internal static class FloorHost
{
    public const string ReadyPrefix = "READY ";

    public static async Task<int> RunAsync(string name)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        var port = Environment.GetEnvironmentVariable("FLOOR_PORT") ?? "0";
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false).UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        switch (name)
        {
            case "floor-http":
                HttpFloor.Map(app);
                break;
            case "floor-sse":
                SseFloor.Map(app);
                break;
            case "floor-ws":
                WebSocketFloor.Map(app);
                break;
            default:
                await Console.Error.WriteLineAsync($"There is no floor '{name}'.");
                return 2;
        }

        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Console.WriteLine($"{ReadyPrefix}{new Uri(address).Port}");

        // A floor ends with the bench that started it, even when that was killed: its input ends then.
        var stopped = ((IHost)app).WaitForShutdownAsync();
        var orphaned = Console.In.ReadToEndAsync();
        await Task.WhenAny(stopped, orphaned);
        return 0;
    }
}

using Setpoint.Core.Ledger;
using Setpoint.Server.Sources;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Sources;

/// <summary>A configuration tree on disk, and servers that follow it on one ledger.</summary>
internal sealed class TreeOnDisk : IDisposable
{
    private readonly TempFolder _folder = new();

    public TreeOnDisk() => Directory.CreateDirectory(Root);

    public string Root => _folder.File("tree");

    public string DataFolder => _folder.File("data");

    public Task<RunningServer> StartServerAsync() =>
        RunningServer.StartAsync(settings => settings with { ConfigTree = Root, DataFolder = DataFolder });

    public string FullPath(string path) => Path.Combine(Root, path);

    /// <summary>Truncates and writes in place, as most editors do.</summary>
    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FullPath(path))!);
        File.WriteAllText(FullPath(path), text);
    }

    /// <summary>Writes beside it and renames over it, as careful tools do.</summary>
    public void Replace(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FullPath(path))!);
        var temporary = FullPath(path) + ".tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, FullPath(path), overwrite: true);
    }

    public void Delete(string path) => File.Delete(FullPath(path));

    public void Dispose() => _folder.Dispose();
}

/// <summary>What tests ask of a server about its tree.</summary>
internal static class Following
{
    public static SourceReport Report(this RunningServer server) => Sources(server).Reports.ShouldHaveSingleItem();

    public static FollowedSources Sources(this RunningServer server) =>
        (FollowedSources)server.App.Services.GetService(typeof(FollowedSources))!;

    /// <summary>The layer's document as compact JSON; null if it does not exist.</summary>
    public static string? Layer(this RunningServer server, string address) => server.Board.Current.Find(Address.Parse(address))?.Body?.ToString();

    public static string? ActorOf(this RunningServer server, string address) => server.Board.Current.FindWithTombstone(Address.Parse(address))?.Actor;

    public static Task UntilLayerAsync(this RunningServer server, string address, string? text) =>
        Eventually.TrueAsync(() => server.Layer(address) == text, $"{address} is {text ?? "gone"}; it is {server.Layer(address) ?? "gone"}");

    public static async Task UntilProblemAsync(this RunningServer server, string file) =>
        await Eventually.TrueAsync(() => server.Report().Problems.Any(problem => problem.File == file), $"{file} is reported");

    public static async Task UntilOkAsync(this RunningServer server) =>
        await Eventually.TrueAsync(() => !server.Report().IsBroken, "the tree is in order");

    /// <summary>Everything that happened to the tree so far has been looked at when this returns.</summary>
    public static async Task RereadAsync(this RunningServer server, bool force = false) =>
        (await server.PostAsync("/api/config/global/reload", force ? """{"force":true}""" : null)).Status.ShouldBe(System.Net.HttpStatusCode.OK);
}

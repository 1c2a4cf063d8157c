using System.Net;
using Setpoint.Core.Layers;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Sources;

/// <summary>Random saves, renames, deletions, breakages, edits by the API and restarts, against a model of a few lines.</summary>
public sealed class FollowModelTests
{
    private static readonly string[] Paths =
        ["global.json", "environments/staging.json", "services/mail.json", "services/mail/staging.json", "services/user.json", "services/user/production.json"];

    [Fact]
    public async Task Whatever_files_and_people_do_the_layers_are_those_of_the_model()
    {
        var seed = Environment.GetEnvironmentVariable("SETPOINT_SEED") is { } given ? int.Parse(given) : Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"SETPOINT_SEED={seed}");
        var random = new Random(seed);
        using var tree = new TreeOnDisk();
        var model = new Model();
        // One file that nothing touches: a tree without files is a case of its own.
        tree.Write("services/anchor.json", "{}");
        var server = await tree.StartServerAsync();
        try
        {
            for (var step = 0; step < 120; step++)
            {
                var path = Paths[random.Next(Paths.Length)];
                var text = $$"""{"n":{{random.Next(4)}}}""";
                switch (random.Next(10))
                {
                    case 0 or 1 or 2:
                        tree.Write(path, text);
                        model.Save(path, text);
                        break;
                    case 3 or 4:
                        tree.Replace(path, text);
                        model.Save(path, text);
                        break;
                    case 5 when File.Exists(tree.FullPath(path)):
                        tree.Delete(path);
                        model.Delete(path);
                        break;
                    case 6:
                        tree.Write(path, "{\"n\": ");
                        model.Break(path);
                        break;
                    case 7:
                        await PutAsync(server, path, text);
                        model.Edit(path, text);
                        break;
                    case 8 when model.LayerOf(path) is not null:
                        await RemoveAsync(server, path);
                        model.Edit(path, null);
                        break;
                    case 9 when step % 3 == 0:
                        await server.DisposeAsync();
                        server = await tree.StartServerAsync();
                        model.Restart();
                        break;
                }

                // Each step ends before the next begins: which of two changes is the later one is then no matter of luck.
                await server.RereadAsync();
                model.Look();
                foreach (var one in Paths)
                    server.Layer(AddressOf(one)).ShouldBe(model.LayerOf(one), $"SETPOINT_SEED={seed}, step {step}, {one}");
            }

            await AssertEffectiveAsync(server, model, seed);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task After_a_storm_of_saves_the_ledger_holds_the_last_of_each_file()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        using var tree = new TreeOnDisk();
        tree.Write("services/anchor.json", "{}");
        await using var server = await tree.StartServerAsync();
        var last = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i < 400; i++)
        {
            var path = Paths[random.Next(Paths.Length)];
            var text = $$"""{"n":{{i}}}""";
            if (random.Next(10) == 0 && last.GetValueOrDefault(path) is not null)
            {
                tree.Delete(path);
                last[path] = null;
                continue;
            }

            if (random.Next(2) == 0)
                tree.Write(path, text);
            else
                tree.Replace(path, text);
            last[path] = text;
            if (random.Next(20) == 0)
                await Task.Delay(random.Next(15), TestContext.Current.CancellationToken);
        }

        // Without a word to the server: the watch alone must get it there.
        foreach (var (path, text) in last)
            await Eventually.TrueAsync(() => server.Layer(AddressOf(path)) == text, $"seed {seed}: {path} is {text ?? "gone"}, not {server.Layer(AddressOf(path))}");
        server.Report().IsBroken.ShouldBeFalse($"seed {seed}");
    }

    private static async Task AssertEffectiveAsync(RunningServer server, Model model, int seed)
    {
        var expected = new[] { "global.json", "environments/staging.json", "services/mail.json", "services/mail/staging.json" }
            .Select(model.LayerOf)
            .LastOrDefault(text => text is not null);
        var reply = await server.GetAsync("/api/config/mail?environment=staging");
        // A namespace comes with its first layer.
        if (reply.Status == HttpStatusCode.OK)
            reply.At("/config").ShouldBe(expected ?? "{}", $"SETPOINT_SEED={seed}");
        else
            reply.Code.ShouldBe("NamespaceNotFound");
    }

    private static string AddressOf(string path) => Setpoint.Server.Sources.TreeLayout.PlaceOf(path).Address!.Text;

    private static string ResourceOf(string path, out string? environment)
    {
        LayerSlot.TryParse(Setpoint.Server.Sources.TreeLayout.PlaceOf(path).Address!, out var slot, out _).ShouldBeTrue();
        environment = slot.Scope == LayerScope.Environment ? slot.Key : null;
        return $"/api/config/{slot.Namespace}";
    }

    private static async Task PutAsync(RunningServer server, string path, string text)
    {
        var resource = ResourceOf(path, out var environment);
        var body = environment is null ? $$"""{"config":{{text}}}""" : $$"""{"environment":"{{environment}}","config":{{text}}}""";
        (await server.PutAsync(resource, body)).Message.IsSuccessStatusCode.ShouldBeTrue();
    }

    private static async Task RemoveAsync(RunningServer server, string path)
    {
        var resource = ResourceOf(path, out var environment);
        (await server.DeleteAsync(environment is null ? resource : $"{resource}?environment={environment}")).Status.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>
    /// The rule of ADR 0006, said with lists: a file is taken when it says something else than was last taken from it; its going takes the
    /// layer along if the layer is still the file's. What was last taken is forgotten by a restart, and found in the history again.
    /// </summary>
    private sealed class Model
    {
        private const string Broken = "broken";

        private readonly Dictionary<string, string> _disk = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> _taken = new(StringComparer.Ordinal);
        private readonly Dictionary<string, List<(string? Text, bool ByFile)>> _versions =
            Paths.ToDictionary(path => path, _ => new List<(string? Text, bool ByFile)>(), StringComparer.Ordinal);

        public string? LayerOf(string path) => _versions[path].Count == 0 ? null : _versions[path][^1].Text;

        public void Save(string path, string text) => _disk[path] = text;

        public void Break(string path) => _disk[path] = Broken;

        public void Delete(string path) => _disk.Remove(path);

        public void Edit(string path, string? text)
        {
            if (LayerOf(path) != text)
                _versions[path].Add((text, ByFile: false));
        }

        public void Restart()
        {
            _taken.Clear();
            foreach (var path in Paths)
            {
                if (_versions[path] is [.., ({ } text, true)])
                    _taken[path] = text;
            }
        }

        public void Look()
        {
            foreach (var path in Paths)
            {
                if (!_disk.TryGetValue(path, out var text))
                    Vanish(path);
                else if (text != Broken)
                    Take(path, text);
            }
        }

        private void Vanish(string path)
        {
            if (_taken.Remove(path) && _versions[path] is [.., ({ }, true)])
                _versions[path].Add((null, ByFile: true));
        }

        private void Take(string path, string text)
        {
            var isNews = _taken.TryGetValue(path, out var last) ? last != text : !HadItsTurn(path, text);
            if (isNews && LayerOf(path) != text)
                _versions[path].Add((text, ByFile: true));
            _taken[path] = text;
        }

        private bool HadItsTurn(string path, string text)
        {
            foreach (var version in Enumerable.Reverse(_versions[path]))
            {
                if (version.Text == text)
                    return true;
                if (version.ByFile)
                    return false;
            }

            return false;
        }
    }
}

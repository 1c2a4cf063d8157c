using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Configuration;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client.Tests;

public sealed class SnapshotTests
{
    private const ulong Seed = 20261120;

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"a":null}""")]
    [InlineData("""{"a":{}}""")]
    [InlineData("""{"a":[]}""")]
    [InlineData("""{"a":{"b":{}},"c":[[],{}]}""")]
    [InlineData("""{"a":""}""")]
    [InlineData("""{"":{"":1}}""")]
    [InlineData("""{"a":true,"b":false,"c":0.10,"d":1e400,"e":12345678901234567890}""")]
    [InlineData("""{"a":[1,[2,{"b":3}]]}""")]
    [InlineData("""{"a:b":1,"a":{"c":2}}""")]
    [InlineData("""{"a":{"b:c":{"d":1}},"a:b":{"e":2}}""")]
    [InlineData("""{"a":{"x":1},"A":{"y":2}}""")]
    [InlineData("""{"list":["0","1","2","3","4","5","6","7","8","9","10","11"]}""")]
    public void Flattening_equals_the_frameworks(string json) => AssertLikeFramework(json);

    [Fact]
    public void Flattening_equals_the_frameworks_for_any_json()
    {
        var json = Json(depth: 4).Select(node => new JsonObject { ["root"] = node, ["last"] = 1 }.ToJsonString());
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(Seed, 7UL),
            Prop.ForAll(json.ToArbitrary(), text => AssertLikeFramework(text)));
    }

    [Theory]
    [InlineData("""{"a":1,"A":2}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":{"b":1},"A:B":2}""")]
    [InlineData("[1]")]
    [InlineData("1")]
    [InlineData("{} {}")]
    [InlineData("""{"a":"\ud800"}""")]
    public void What_has_no_one_meaning_is_refused(string json) => Should.Throw<JsonException>(() => Of(json));

    [Fact]
    public void Any_cut_or_changed_text_is_read_or_refused_and_nothing_else()
    {
        var whole = Encoding.UTF8.GetBytes("""{"a":{"b":[1,2,{"c":null}]},"d":"text","e":1.50,"f":true}""");
        var random = new Random((int)Seed);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = whole[..random.Next(whole.Length + 1)];
            for (var i = random.Next(4); i > 0 && bytes.Length > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                ConfigurationSnapshot.Of(1, 1, null, bytes);
            }
            catch (JsonException)
            {
                // The one way to say no.
            }
            catch (Exception other)
            {
                throw new InvalidOperationException($"Seed {Seed}, round {round}: {Convert.ToHexString(bytes)}", other);
            }
        }
    }

    [Fact]
    public void A_reader_never_sees_half_a_change()
    {
        var board = new SnapshotBoard();
        board.Replace(Pair(0));
        using var stop = new CancellationTokenSource();
        var mixed = 0;
        var reads = 0L;
        var readers = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                var now = board.Visible;
                if (now.Values["x"] != now.Values["y"])
                    Interlocked.Increment(ref mixed);
                Interlocked.Increment(ref reads);
            }
        })).ToArray();
        foreach (var reader in readers)
            reader.Start();

        for (var i = 1; i <= 2000 || Interlocked.Read(ref reads) < 1000; i++)
            board.Replace(Pair(i));
        stop.Cancel();
        foreach (var reader in readers)
            reader.Join();

        mixed.ShouldBe(0);
    }

    [Fact]
    public void A_pinned_snapshot_is_seen_by_its_thread_alone_and_nests()
    {
        var board = new SnapshotBoard();
        board.Replace(Pair(1));
        var (first, second) = (Pair(2), Pair(3));
        ConfigurationSnapshot? elsewhere = null;

        using (PinnedSnapshot.Pin(board, first))
        {
            board.Visible.ShouldBeSameAs(first);
            using (PinnedSnapshot.Pin(board, second))
            {
                board.Visible.ShouldBeSameAs(second);
                var other = new Thread(() => elsewhere = board.Visible);
                other.Start();
                other.Join();
                new SnapshotBoard().Visible.ShouldBeSameAs(ConfigurationSnapshot.Empty);
            }

            board.Visible.ShouldBeSameAs(first);
        }

        board.Visible.ShouldBeSameAs(board.Current);
        elsewhere.ShouldBeSameAs(board.Current);
        PinnedSnapshot.For(board).ShouldBeNull();
    }

    private static ConfigurationSnapshot Pair(int i) => Of($$"""{"x":{{i}},"y":{{i}}}""");

    private static ConfigurationSnapshot Of(string json) => ConfigurationSnapshot.Of(1, 1, null, Encoding.UTF8.GetBytes(json));

    private static void AssertLikeFramework(string json)
    {
        IConfigurationRoot theirs;
        try
        {
            theirs = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        }
        catch (FormatException)
        {
            Should.Throw<JsonException>(() => Of(json), $"the framework refuses {json}");
            return;
        }

        var ours = Of(json).AsConfiguration();

        Describe(ours).ShouldBe(Describe(theirs), json);
    }

    // Through IConfiguration, so that the child keys and their order are compared with the values.
    private static List<string> Describe(IConfiguration configuration)
    {
        var lines = new List<string>();
        void Visit(IConfigurationSection section)
        {
            lines.Add($"{section.Path}={section.Value ?? "<null>"} exists={section.Exists()}");
            foreach (var child in section.GetChildren())
                Visit(child);
        }

        foreach (var child in configuration.GetChildren())
            Visit(child);
        return lines;
    }

    private static Gen<JsonNode?> Json(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Constant<JsonNode?>(null),
            Gen.Elements(true, false).Select(value => (JsonNode?)JsonValue.Create(value)),
            Gen.Choose(-1000, 1000).Select(value => (JsonNode?)JsonValue.Create(value)),
            Gen.Elements("", "x", "ä€𐍈", "a:b", "\"", "0").Select(value => (JsonNode?)JsonValue.Create(value)));
        if (depth == 0)
            return leaf;
        var name = Gen.Elements("a", "b", "Cc", "10", "9", "x y", "ü", "p:q");
        var array = Json(depth - 1).ListOf().Select(items => (JsonNode?)new JsonArray([.. items.Take(4).Select(item => item?.DeepClone())]));
        var members = name.Zip(Json(depth - 1)).ListOf().Select(pairs =>
        {
            var node = new JsonObject();
            foreach (var (key, value) in pairs.Take(5))
                node[key] = value?.DeepClone();
            return (JsonNode?)node;
        });
        return Gen.OneOf(leaf, array, members);
    }
}

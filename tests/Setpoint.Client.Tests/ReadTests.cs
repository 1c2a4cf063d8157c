using System.Text;
using Microsoft.Extensions.Configuration;
using Setpoint.Client.Hosting;
using Setpoint.Client.Snapshots;
using Setpoint.TestKit;

namespace Setpoint.Client.Tests;

public sealed class ReadTests : ClientTest
{
    private enum Color
    {
        Red,
        Green,
    }

    [Fact]
    public void Values_are_converted_and_absent_null_and_wrong_ones_give_the_fallback()
    {
        var client = Client("""{"s":"text","i":42,"l":12345678901,"d":0.25,"m":0.10,"b":true,"n":null,"t":"00:00:05","e":"green","u":"https://x.example/","g":"c2f1b8e0-0000-0000-0000-000000000001","at":"2026-11-20T12:00:00Z","day":"2026-11-20","o":{"x":1}}""");

        client.GetValue<string>("s").ShouldBe("text");
        client.GetValue("i", 0).ShouldBe(42);
        client.GetValue<int?>("i").ShouldBe(42);
        client.GetValue("l", 0L).ShouldBe(12345678901);
        client.GetValue("d", 0.0).ShouldBe(0.25);
        client.GetValue("m", 0m).ShouldBe(0.10m);
        client.GetValue("b", false).ShouldBeTrue();
        client.GetValue("t", TimeSpan.Zero).ShouldBe(TimeSpan.FromSeconds(5));
        client.GetValue("e", Color.Red).ShouldBe(Color.Green);
        client.GetValue<Color?>("e").ShouldBe(Color.Green);
        client.GetValue<Uri>("u").ShouldBe(new Uri("https://x.example/"));
        client.GetValue("g", Guid.Empty).ShouldBe(new Guid("c2f1b8e0-0000-0000-0000-000000000001"));
        client.GetValue("at", default(DateTimeOffset)).ShouldBe(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
        client.GetValue("day", default(DateOnly)).ShouldBe(new DateOnly(2026, 11, 20));
        client.GetValue<short>("i").ShouldBe((short)42);
        client.GetValue<byte>("i").ShouldBe((byte)42);
        client.GetValue<float>("d").ShouldBe(0.25f);

        client.GetValue("absent", 7).ShouldBe(7);
        client.GetValue("n", 7).ShouldBe(7);
        client.GetValue("o", 7).ShouldBe(7);
        client.Status.ConversionFailures.ShouldBe(0);
    }

    [Fact]
    public void A_value_that_cannot_be_converted_is_counted_told_once_and_never_quoted()
    {
        var client = Client("""{"port":"hunter2"}""");

        for (var i = 0; i < 3; i++)
            client.GetValue("port", 25).ShouldBe(25);
        client.GetValue("port", Color.Red).ShouldBe(Color.Red);
        client.GetValue<byte?>("port").ShouldBeNull();
        client.GetValue<ReadTests>("port").ShouldBeNull("not a type that text becomes");

        client.Status.ConversionFailures.ShouldBe(6);
        client.Status.LastConversionFailure!.ShouldContain("'port'");
        client.Status.LastConversionFailure!.ShouldNotContain("hunter2");
        Log.Count(7015).ShouldBe(1);
        Log.Text.ShouldNotContain("hunter2");
    }

    [Fact]
    public void A_section_that_cannot_be_bound_is_null_and_counted()
    {
        var client = Client("""{"smtp":{"port":"hunter2"},"good":{"port":25,"hosts":["a","b"]}}""");

        client.Get<Smtp>("good")!.Hosts.ShouldBe(["a", "b"]);
        client.Get<Smtp>("absent").ShouldBeNull();
        client.Get<Smtp>("smtp").ShouldBeNull();

        client.Status.ConversionFailures.ShouldBe(1);
        client.Status.LastConversionFailure!.ShouldNotContain("hunter2");
    }

    [Fact]
    public void A_handle_follows_the_configuration_and_falls_back()
    {
        var runtime = Runtime("""{"max":5}""");
        var handle = runtime.Client.Handle("max", 1);
        var wide = runtime.Client.Handle("max", 1m);
        runtime.Client.Handle("max", 1).ShouldBeSameAs(handle);
        handle.Value.ShouldBe(5);

        runtime.Publisher.Offer(Of("""{"max":6}""", 2), SetpointOrigin.Server).ShouldBeTrue();
        handle.Value.ShouldBe(6);
        wide.Value.ShouldBe(6m);

        runtime.Publisher.Offer(Of("""{"max":"six"}""", 3), SetpointOrigin.Server).ShouldBeTrue();
        handle.Value.ShouldBe(1);
        runtime.Publisher.Offer(Of("{}", 4), SetpointOrigin.Server).ShouldBeTrue();
        handle.Value.ShouldBe(1);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var runtime = Runtime("""{"a":{"b":{"c":{"d":{"e":"text","n":5,"on":true,"ms":1.5}}}}}""");
        var client = runtime.Client;
        var provider = new Provider.SetpointConfigurationProvider(runtime);
        var handle = client.Handle("a:b:c:d:n", 0);
        var sink = 0;
        void Read()
        {
            sink += client.Get("a:b:c:d:e")!.Length;
            sink += client.GetValue("a:b:c:d:n", 0) + handle.Value;
            sink += client.GetValue("a:b:c:d:on", false) ? 1 : 0;
            sink += (int)client.GetValue("a:b:c:d:ms", 0.0);
            sink += provider.TryGet("a:b:c:d:e", out var text) ? text!.Length : 0;
        }

        Allocation.Of(Read).ShouldBe(0);
        sink.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Setting_a_key_through_the_configuration_of_the_app_leaves_the_servers_value_alone()
    {
        var runtime = Runtime("""{"a":"1"}""");
        var configuration = new ConfigurationRoot([new Provider.SetpointConfigurationProvider(runtime)]);

        configuration["a"] = "2";

        configuration["a"].ShouldBe("1");
    }

    private ISetpointClient Client(string json) => Runtime(json).Client;

    private SetpointRuntime Runtime(string json)
    {
        var options = new SetpointOptions();
        Options("http://127.0.0.1:1", o => { o.CacheFolder = ""; o.Optional = true; o.StartTimeout = TimeSpan.FromSeconds(1); })(options);
        var runtime = new SetpointRuntime(SetpointSettings.Of(options, _ => null));
        runtime.Start();
        runtime.Publisher.Offer(Of(json, 1), SetpointOrigin.Server).ShouldBeTrue();
        return runtime;
    }

    private static ConfigurationSnapshot Of(string json, long revision) =>
        ConfigurationSnapshot.Of(revision, revision, null, Encoding.UTF8.GetBytes(json));

    private sealed class Smtp
    {
        public int Port { get; set; }

        public List<string> Hosts { get; } = [];
    }
}

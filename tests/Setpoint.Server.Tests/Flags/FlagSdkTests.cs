using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Setpoint.Client;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Flags;

/// <summary>The .NET SDK against the real server, over the wire.</summary>
public sealed class FlagSdkTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        (await _server.PostAsync("/api/commits", """
            {"changes":[
              {"address":"config/shop/base","document":{"a":1}},
              {"address":"segment/global/staff","document":{"included":["user-7"],"when":{"==":[{"var":"plan"},"staff"]}}},
              {"address":"flag/global/banner","document":{"variants":{"on":true,"off":false},"defaultVariant":"off","rules":[{"when":{"segment":"staff"},"serve":"on"}]}},
              {"address":"flag/global/checkout","document":{"variants":{"new":"new","old":"old"},"defaultVariant":"old",
                "environments":{"production":{"split":{"percentage":30,"weights":{"new":1,"old":1}}}}}},
              {"address":"flag/global/limit","document":{"variants":{"low":10,"high":100},"defaultVariant":"low",
                "targeting":{"fractional":[{"var":"company"},["low",50],["high",50]]}}},
              {"address":"flag/global/dependent","document":{"variants":{"on":true,"off":false},"defaultVariant":"on","offVariant":"off",
                "dependencies":[{"flag":"checkout","variants":["new"]}]}},
              {"address":"flag/shop/own","document":{"variants":{"on":true,"off":false},"defaultVariant":"on"}}]}
            """)).Status.ShouldBe(HttpStatusCode.Created);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_flag_that_is_changed_on_the_server_changes_in_the_process()
    {
        await using var connection = await ConnectAsync();
        var flags = connection.Client.Flags;
        var told = new ConcurrentQueue<string>();
        flags.Changed += (_, args) => told.Enqueue(string.Join(',', args.Keys));
        await Eventually.TrueAsync(() => connection.Client.Status.State == SetpointState.Streaming && connection.Client.Status.LastContact is not null, "the client streams");
        flags.Status.IsReady.ShouldBeTrue();
        flags.GetBoolean("own", false).ShouldBeTrue();
        flags.GetString("checkout", "-", FlagContext.Of("user-1")).ShouldBeOneOf("new", "old");

        (await _server.PostAsync("/api/commits", """
            {"changes":[{"address":"flag/shop/own","document":{"variants":{"on":true,"off":false},"defaultVariant":"off"}}]}
            """)).Status.ShouldBe(HttpStatusCode.Created);
        await Eventually.TrueAsync(() => !flags.GetBoolean("own", true), "the change arrives");
        flags.GetBooleanDetails("own", true).Revision.ShouldBe(_server.Board.Current.Revision);

        (await _server.PostAsync("/api/commits", """
            {"changes":[{"address":"segment/global/staff","document":{"included":["user-8"]}}]}
            """)).Status.ShouldBe(HttpStatusCode.Created);
        await Eventually.TrueAsync(() => flags.GetBoolean("banner", false, FlagContext.Of("user-8")), "the segment arrives");
        flags.GetBoolean("banner", true, FlagContext.Of("user-7")).ShouldBeFalse();
        await Eventually.TrueAsync(() => told.Count >= 2, "both changes are told, after they can be seen");
        told.ShouldBe(["own", "banner"]);
    }

    [Fact]
    public async Task The_process_and_the_server_give_every_user_the_same_answers()
    {
        await using var connection = await ConnectAsync();
        var answers = new HashSet<string>();

        for (var user = 0; user < 300; user++)
        {
            var key = $"user-{user.ToString(CultureInfo.InvariantCulture)}{(user % 3 == 0 ? "-äöü-😀" : "")}";
            var plan = user % 5 == 0 ? "staff" : "free";
            var company = $"company-{user / 4}";
            var context = FlagContext.Of(key, ("plan", LogicValue.Of(plan)), ("company", LogicValue.Of(company)));
            var reply = await _server.PostAsync("/ofrep/v1/evaluate/flags?environment=production", $$$"""{"context":{"targetingKey":"{{{key}}}","plan":"{{{plan}}}","company":"{{{company}}}"}}""");
            reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
            foreach (var item in ((JsonArray)reply.Json["flags"]!).Items.Cast<JsonObject>())
            {
                var flag = ((JsonString)item["key"]!).Value;
                var here = flag switch
                {
                    "checkout" => Words(connection.Client.Flags.GetStringDetails(flag, "", context)),
                    "limit" => Words(connection.Client.Flags.GetNumberDetails(flag, 0, context)),
                    _ => Words(connection.Client.Flags.GetBooleanDetails(flag, false, context)),
                };
                here.ShouldBe($"{((JsonString)item["variant"]!).Value} {((JsonString)item["reason"]!).Value}", $"{flag} for {key}");
                answers.Add($"{flag} {here}");
            }
        }

        answers.Count.ShouldBeGreaterThanOrEqualTo(8, "every flag gave each of its answers to somebody");
    }

    [Fact]
    public async Task What_a_process_evaluates_is_counted_in_the_analytics_of_the_server()
    {
        await using (var connection = await ConnectAsync())
        {
            for (var user = 0; user < 200; user++)
            {
                for (var time = 0; time < 3; time++)
                    connection.Client.Flags.GetBoolean("banner", false, FlagContext.Of($"user-{user.ToString(CultureInfo.InvariantCulture)}"));
            }
        }

        // The process reports what is left when it ends; nothing is lost by waiting for it.
        var seen = await _server.GetAsync("/api/features/banner/analytics?environment=production");
        seen.Status.ShouldBe(HttpStatusCode.OK, seen.Text);
        seen.At("/evaluations").ShouldBe("600");
        long.Parse(seen.At("/distinctKeys/estimate")!, CultureInfo.InvariantCulture).ShouldBeInRange(190, 210);
        (await _server.GetAsync("/api/features/checkout/analytics?environment=production")).At("/evaluations").ShouldBe("0");
    }

    /// <summary>OFREP has no word for some reasons, and the server says UNKNOWN for those.</summary>
    private static string Words<T>(FlagDetails<T> details) =>
        $"{details.Variant} {(details.Reason is "DEFAULT" or "PREREQUISITE_FAILED" ? "UNKNOWN" : details.Reason)}";

    private Task<SetpointConnection> ConnectAsync() => SetpointConnection.OpenAsync(
        options =>
        {
            options.Server = _server.Address.ToString();
            options.ApiKey = RunningServer.AdminKey;
            options.Service = "shop";
            options.Environment = "production";
            options.CacheFolder = "";
            options.Flags.Enabled = true;
        },
        TestContext.Current.CancellationToken);
}

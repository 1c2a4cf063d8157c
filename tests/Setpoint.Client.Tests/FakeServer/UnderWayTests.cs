using Setpoint.TestKit;

namespace Setpoint.Client.Tests.FakeServer;

public sealed class UnderWayTests
{
    [Fact]
    public async Task A_request_is_under_way_until_it_is_answered_unless_the_server_holds_it()
    {
        UnderWay.Watch();
        await using var server = await ScriptedServer.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(server.Url) };
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.ConfigScript = _ => answer.Task;

        UnderWay.AnyTo(server.Port).ShouldBeFalse();
        var asked = http.GetAsync("/api/config/mail", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => UnderWay.AnyTo(server.Port), "it is under way");
        UnderWay.AnyTo(server.Port + 1).ShouldBeFalse();
        answer.SetResult();
        (await asked).Dispose();
        await Eventually.TrueAsync(() => !UnderWay.AnyTo(server.Port), "it is answered");

        server.ConfigScript = ScriptedServer.Hang;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var held = http.GetAsync("/api/config/mail", patience.Token);
        await Eventually.TrueAsync(() => server.Requests.Count == 2 && !UnderWay.AnyTo(server.Port), "the server holds it");
        held.IsCompleted.ShouldBeFalse();
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(held);
        await Eventually.TrueAsync(() => !UnderWay.AnyTo(server.Port), "nobody waits for it any more");
    }
}

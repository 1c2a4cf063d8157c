using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Server.Access;
using Setpoint.Server.Commits;
using Setpoint.Server.Configs;
using Setpoint.Server.Rollouts;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Rollouts;

/// <summary>A dry run whose caller leaves when the server has read the request: nobody looks for its effects.</summary>
public sealed class AbandonedDryRunTests : IAsyncLifetime
{
    private const string Layer = """{"config":{"port":30}}""";
    private const string Commit = """{"changes":[{"address":"config/mail/base","document":{"port":30}}]}""";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RolloutServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public Task Of_a_layer_it_ends() => EndsAsync<WriteEndpoints>(Layer, (endpoints, context) => endpoints.PutAsync(context));

    [Fact]
    public Task Of_a_validation_it_ends() => EndsAsync<WriteEndpoints>(Layer, (endpoints, context) => endpoints.ValidateAsync(context));

    [Fact]
    public Task Of_a_rollout_it_ends() => EndsAsync<RolloutEndpoints>(RolloutServer.Halves, (endpoints, context) => endpoints.PutAsync(context));

    [Fact]
    public Task Of_a_commit_it_ends() => EndsAsync<CommitEndpoints>(Commit, (endpoints, context) => endpoints.PostAsync(context));

    private async Task EndsAsync<T>(string body, Func<T, HttpContext, Task> call) where T : notnull
    {
        var revision = _server.Board.Current.Revision;
        var whole = Request(body, new Caller(Leaves: false));
        await call(_server.App.Services.GetRequiredService<T>(), whole);
        whole.Response.ContentLength.ShouldNotBeNull();

        var abandoned = Request(body, new Caller(Leaves: true));
        await Should.ThrowAsync<OperationCanceledException>(() => call(_server.App.Services.GetRequiredService<T>(), abandoned));

        abandoned.Response.ContentLength.ShouldBeNull("there is an answer, and only its sending was cancelled");
        _server.Board.Current.Revision.ShouldBe(revision);
    }

    private DefaultHttpContext Request(string body, Caller caller)
    {
        var context = new DefaultHttpContext { RequestServices = _server.App.Services };
        context.Features.Set<IHttpRequestLifetimeFeature>(caller);
        context.Features.Set(new Principal("tester"));
        context.Request.QueryString = new QueryString("?dryRun=true");
        context.Request.RouteValues["ns"] = "mail";
        context.Request.RouteValues["id"] = "pool";
        context.Request.Body = new CallersStream(Encoding.UTF8.GetBytes(body), caller);
        context.Response.Body = new MemoryStream();
        return context;
    }

    /// <summary>One who may leave when the body was read. Not a token that is cancelled then: reading itself would throw.</summary>
    private sealed record Caller(bool Leaves) : IHttpRequestLifetimeFeature
    {
        public bool HasSentAll { get; set; }

        public CancellationToken RequestAborted
        {
            get => new(Leaves && HasSentAll);
            set => throw new NotSupportedException();
        }

        public void Abort() => throw new NotSupportedException();
    }

    private sealed class CallersStream(byte[] bytes, Caller caller) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            // A pipe first asks for nothing, to learn whether there is something.
            caller.HasSentAll |= count == 0 && buffer.Length > 0;
            return count;
        }
    }
}

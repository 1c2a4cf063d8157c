using System.Diagnostics;
using Setpoint.Core.Faults;
using Setpoint.Storage;

namespace Setpoint.Server.Http;

/// <summary>The edge of every request: what was thrown becomes an answer, once, and what nobody answered becomes "no such route".</summary>
internal sealed class RequestEdge(RequestDelegate next, ILogger<RequestEdge> logger)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (Activity.Current is null && !ReadingRoute.Is(context))
            return InvokeTracedAsync(context);
        var handled = Handle(context);
        return handled.IsCompletedSuccessfully && context.Response.StatusCode < StatusCodes.Status400BadRequest
            ? Task.CompletedTask
            : FinishAsync(context, handled);
    }

    /// <summary>What is logged while a change is made carries the caller's trace, or one of its own.</summary>
    private async Task InvokeTracedAsync(HttpContext context)
    {
        using var activity = new Activity("setpoint.request");
        if (context.Request.Headers.TraceParent is { Count: 1 } parent)
            activity.SetParentId(parent.ToString());
        activity.Start();
        await FinishAsync(context, Handle(context));
    }

    private Task Handle(HttpContext context)
    {
        try
        {
            return next(context);
        }
#pragma warning disable CA1031 // Endpoints without an await throw here; FinishAsync treats both alike.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Task.FromException(failure);
        }
    }

    private async Task FinishAsync(HttpContext context, Task handled)
    {
        try
        {
            await handled;
            await AnswerUnmatchedAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
        catch (BadHttpRequestException bad)
        {
            await RefuseAsync(context, bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? new Fault.TooLarge($"The request's body is larger than {RequestBody.SizeMax} bytes.")
                : new Fault.Malformed("The request ended early or breaks the HTTP protocol."));
        }
        catch (StoreException failure)
        {
            HttpLog.StoreFailed(logger, context.Request.Method, context.Request.Path, failure.Failure, failure.Message);
            await RefuseAsync(context, new Fault.Unavailable("The store did not answer; retry later."));
        }
#pragma warning disable CA1031 // The edge of the request: whatever it was, the caller gets an answer and the log gets the reason.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            var trace = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
            HttpLog.Failed(logger, context.Request.Method, context.Request.Path, trace, bug);
            await RefuseAsync(context, new ServerFault.Internal(trace));
        }
    }

    private static Task RefuseAsync(HttpContext context, Fault fault)
    {
        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.Clear();
        return Problem.WriteAsync(context, fault);
    }

    private static Task AnswerUnmatchedAsync(HttpContext context)
    {
        if (context.Response.HasStarted || context.Response.ContentLength is not null)
            return Task.CompletedTask;
        return context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problem.WriteAsync(context, new ServerFault.NoSuchRoute(context.Request.Method, context.Request.Path)),
            StatusCodes.Status405MethodNotAllowed => Problem.WriteAsync(context, new ServerFault.MethodNotAllowed(context.Request.Method, context.Request.Path)),
            _ => Task.CompletedTask,
        };
    }
}

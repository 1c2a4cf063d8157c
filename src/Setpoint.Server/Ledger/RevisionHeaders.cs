using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Server.Http;

namespace Setpoint.Server.Ledger;

/// <summary>
/// Every answer to a caller with a key says which revision it was made from, at least. <c>Setpoint-Min-Revision: N</c> holds a request
/// back until this server has N, two seconds at most: a caller that has seen N anywhere never reads an older one here.
/// </summary>
internal sealed class RevisionHeaders(RequestDelegate next, SnapshotBoard board, TimeProvider time)
{
    private const string MinRevision = "Setpoint-Min-Revision";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public Task InvokeAsync(HttpContext context)
    {
        var wanted = context.Request.Headers[MinRevision];
        if (wanted.Count > 0)
            return WaitAsync(context, wanted.ToString());

        // An endpoint that answers from a newer snapshot says so itself.
        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(board.Current.Revision);
        return next(context);
    }

    private async Task WaitAsync(HttpContext context, string text)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
        {
            await Problem.WriteAsync(context, new Fault.Malformed($"{MinRevision} is '{text}'; it must be a revision, a whole number."));
            return;
        }

        var reached = await board.WaitForAsync(revision, Patience, time, context.RequestAborted);
        var have = board.Current.Revision;
        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(have);
        if (reached)
            await next(context);
        else
            await Problem.WriteAsync(context, new ServerFault.Behind(revision, have));
    }
}

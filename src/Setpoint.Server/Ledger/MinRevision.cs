using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Server.Http;

namespace Setpoint.Server.Ledger;

/// <summary>
/// <c>Setpoint-Min-Revision: N</c>: a caller that has seen revision N anywhere never reads an older one here. Waits two seconds at most.
/// </summary>
internal sealed class MinRevision(RequestDelegate next, SnapshotBoard board, TimeProvider time)
{
    private const string Header = "Setpoint-Min-Revision";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public Task InvokeAsync(HttpContext context)
    {
        var header = context.Request.Headers[Header];
        return header.Count == 0 ? next(context) : WaitAsync(context, header.ToString());
    }

    private async Task WaitAsync(HttpContext context, string text)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
            await Problem.WriteAsync(context, new Fault.Malformed($"{Header} is '{text}'; it must be a revision, a whole number."));
        else if (await board.WaitForAsync(revision, Patience, time, context.RequestAborted))
            await next(context);
        else
            await Problem.WriteAsync(context, new ServerFault.Behind(revision, board.Current.Revision));
    }
}

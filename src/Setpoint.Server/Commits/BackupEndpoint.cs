using Setpoint.Server.Http;
using Setpoint.Server.Process;
using Setpoint.Storage;

namespace Setpoint.Server.Commits;

/// <summary><c>GET /api/backup</c>: a consistent copy of the ledger, made while commits go on.</summary>
internal sealed class BackupEndpoint(ILedgerStore store, ServerSettings settings)
{
    public async Task HandleAsync(HttpContext context)
    {
        var path = Path.Combine(settings.DataFolder, $"backup-{Guid.NewGuid():N}.tmp");
        try
        {
            await store.BackupAsync(path, context.RequestAborted);
            var head = context.Now();
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"setpoint-{head:yyyyMMdd'T'HHmmss'Z'}.db\"";
            context.Response.ContentType = "application/vnd.sqlite3";
            context.Response.ContentLength = new FileInfo(path).Length;
            await context.Response.SendFileAsync(path, context.RequestAborted);
        }
        finally
        {
            File.Delete(path);
        }
    }
}

using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;
using Setpoint.Storage;

namespace Setpoint.Server.Ledger;

/// <summary>Which part of the history of some documents a request asks for, newest first.</summary>
internal readonly record struct HistoryPage(int Offset, int Limit)
{
    private const int LimitMax = 1000;
    private const int LimitDefault = 50;

    /// <summary>Reads <c>limit</c> and <c>offset</c>.</summary>
    public static HistoryPage Of(QueryReader query) =>
        new((int)(query.Number("offset", 0, int.MaxValue) ?? 0), (int)(query.Number("limit", 1, LimitMax) ?? LimitDefault));

    /// <summary>The answer: the entries, how many there are in all, and where to go on if there are more.</summary>
    public async Task<JsonObject> ReadAsync(
        ILedgerStore store, IReadOnlyCollection<Address> addresses, Func<Commit, JsonValue> describe, CancellationToken cancellationToken)
    {
        var page = new PageBudget(Limit);
        var total = int.MaxValue;
        while (Offset + page.Items.Count < total && page.Take() is > 0 and var count)
        {
            var commits = await store.ReadHistoryAsync(addresses, Offset + page.Items.Count, count, cancellationToken);
            foreach (var commit in commits.Commits)
            {
                page.Add(describe(commit));
                if (page.IsFull)
                    break;
            }

            total = commits.Total;
        }

        long? next = Offset + page.Items.Count < total ? Offset + page.Items.Count : null;
        return Answer.List(page.Items, total, next);
    }
}

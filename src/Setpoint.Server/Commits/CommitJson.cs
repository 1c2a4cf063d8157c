using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Server.Commits;

/// <summary>A commit as it travels.</summary>
internal static class CommitJson
{
    public static JsonObject Of(Commit commit)
    {
        var body = new JsonObjectBuilder(9)
            .Add("revision", commit.Revision)
            .Add("at", CommitHash.Timestamp(commit.At))
            .Add("actor", commit.Actor)
            .Add("message", commit.Message)
            .Add("tags", JsonArray.OfStrings(commit.Tags));
        if (commit.RollbackTo is { } version)
            body.Add("rollbackTo", version);
        return body
            .Add("changes", new JsonArray([.. commit.Changes.Select(Change)]))
            .Add("hash", commit.Hash.ToString())
            .Add("previousHash", commit.PreviousHash.ToString())
            .Build();
    }

    private static JsonValue Change(DocumentChange change)
    {
        var body = new JsonObjectBuilder(5)
            .Add("address", change.Address.Text)
            .Add("previousVersion", change.Before?.Version ?? 0);
        if (change.Before?.Body is { } before)
            body.Add("before", before);
        if (change.After.Body is { } after)
            body.Add("after", after);
        return body.Build();
    }
}

using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;

namespace Setpoint.Server.Rollouts;

/// <summary>Rollouts as they are shown. Pure.</summary>
internal static class RolloutJson
{
    /// <summary>What somebody needs who looks for one: not what its arms say.</summary>
    public static JsonValue Summarise(Rollout rollout)
    {
        var summary = new JsonObjectBuilder(13)
            .Add("namespace", rollout.Namespace)
            .Add("id", rollout.Id)
            .Add("state", rollout.IsRunning ? "running" : "stopped")
            .Add("description", rollout.Description)
            .Add("owner", rollout.Owner)
            .Add("tags", JsonArray.OfStrings(rollout.Tags));
        if (!rollout.Environments.IsEmpty)
            summary.Add("environments", JsonArray.OfStrings(rollout.Environments));
        return summary
            .Add("arms", JsonArray.OfStrings(rollout.Arms.Select(arm => arm.Name)))
            .Add("split", rollout.Document!.Body!["split"]!)
            .Add("experiment", rollout.Experiment is not null)
            .Add("version", rollout.Document.Version)
            .Add("etag", rollout.Document.Version.ToString())
            .Build();
    }

    /// <summary>The document as it was written; namespace and id alone where there is none any more.</summary>
    public static JsonObject Describe(Snapshot snapshot, string ns, string id)
    {
        var described = new JsonObjectBuilder(14).Add("namespace", ns).Add("id", id);
        if (snapshot.Find(RolloutKind.AddressOf(ns, id)) is not { Body: { } body } document)
            return described.Build();
        for (var i = 0; i < body.Count; i++)
            described.Add(body.NameAt(i), body.ValueAt(i));
        return described.Add("version", document.Version).Add("etag", document.Version.ToString()).Build();
    }
}

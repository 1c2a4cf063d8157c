using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Server.Configs;

/// <summary>Provenance as it travels.</summary>
internal static class ProvenanceJson
{
    public static JsonObject Of(ImmutableArray<LeafProvenance> leaves)
    {
        var all = new JsonObjectBuilder(leaves.Length);
        foreach (var leaf in leaves)
            all.Add(leaf.Path, Of(leaf));
        return all.Build();
    }

    public static JsonObject Of(LeafProvenance leaf)
    {
        var document = leaf.Winner.Document;
        var json = new JsonObjectBuilder(7)
            .Add("address", document.Address.Text)
            .Add("version", document.Version)
            .Add("actor", document.Actor)
            .Add("timestamp", CommitHash.Timestamp(document.At))
            .Add("layer", (int)leaf.Winner.Rank);
        if (leaf.Winner.Arm is { } arm)
            json.Add("arm", arm.Name);
        return json
            .Add("shadowed", new JsonArray([.. leaf.Shadowed.Select(Shadowed)]))
            .Build();
    }

    private static JsonValue Shadowed(ShadowedValue shadowed) => new JsonObjectBuilder(3)
        .Add("address", shadowed.Layer.Document.Address.Text)
        .Add("version", shadowed.Layer.Document.Version)
        .Add("value", shadowed.Value)
        .Build();
}

using Setpoint.Core.Json;
using Setpoint.Core.Layers;

namespace Setpoint.Core.Tests.Layers;

/// <summary>
/// The table of the design, taken literally and slowly: a list of addresses, lowest first, and a merge of dictionaries. Shares no code
/// with what it checks but the JSON values themselves.
/// </summary>
internal sealed class NaiveLayers(IReadOnlyDictionary<string, JsonObject> documents)
{
    /// <summary>The arms of the context that was asked for last, by the address of their rollout.</summary>
    private readonly Dictionary<string, string> _arms = new(StringComparer.Ordinal);

    /// <summary>Addresses of the layers that exist, lowest first.</summary>
    public List<string> Addresses(string ns, ResolveContext context)
    {
        var chain = Chain(context.Environment);
        var layers = new List<string>();

        void BaseAndChain(string name)
        {
            layers.Add($"config/{name}/base");
            layers.AddRange(chain.Select(environment => $"config/{name}/env/{environment}"));
        }

        BaseAndChain("global");
        if (ns != "global")
        {
            var included = new List<string>();
            var seen = new HashSet<string>(StringComparer.Ordinal) { ns };
            foreach (var include in Includes(ns))
                Reach(include, included, seen);
            included.ForEach(BaseAndChain);
            BaseAndChain(ns);
        }

        _arms.Clear();
        foreach (var pick in (context.Arms?.Namespace == ns ? context.Arms.Picks : []).OrderBy(pick => pick.Rollout, StringComparer.Ordinal))
        {
            _arms.Add($"rollout/{ns}/{pick.Rollout}", pick.Arm);
            layers.Add($"rollout/{ns}/{pick.Rollout}");
        }

        if (context.User is not null)
            layers.Add($"config/{ns}/user/{context.User}");
        if (context.Environment is not null)
            layers.Add($"config/{ns}/runtime/{context.Environment}");
        return [.. layers.Where(documents.ContainsKey)];
    }

    public Effective Resolve(string ns, ResolveContext context)
    {
        var layers = Addresses(ns, context);
        var root = new Node();
        for (var i = 0; i < layers.Count; i++)
            Merge(root, ConfigOf(layers[i]), i);
        return new(this, layers, root);
    }

    public JsonObject ConfigOf(string address) =>
        _arms.TryGetValue(address, out var arm) ? (JsonObject)((JsonObject)((JsonObject)documents[address]["arms"]!)[arm]!)["config"]!
        : address.Split('/')[2] == "runtime" ? (JsonObject)documents[address]["config"]! : documents[address];

    private List<string> Chain(string? environment)
    {
        var chain = new List<string>();
        for (var at = environment; at is not null; at = (documents[$"environment/{at}"]["parent"] as JsonString)?.Value)
            chain.Insert(0, at);
        return chain;
    }

    private IEnumerable<string> Includes(string ns) =>
        documents.TryGetValue($"namespace/{ns}", out var body) && body["includes"] is JsonArray includes
            ? includes.Items.Select(include => ((JsonString)include).Value)
            : [];

    /// <summary>What an included namespace includes lies below it; one that is reached twice stands where it is reached first.</summary>
    private void Reach(string ns, List<string> order, HashSet<string> seen)
    {
        if (!seen.Add(ns))
            return;
        foreach (var include in Includes(ns))
            Reach(include, order, seen);
        order.Add(ns);
    }

    private static void Merge(Node into, JsonObject layer, int number)
    {
        into.TouchedBy = number;
        for (var i = 0; i < layer.Count; i++)
        {
            var name = layer.NameAt(i);
            var value = layer.ValueAt(i);
            if (IsUnset(value))
            {
                into.Members.Remove(name);
            }
            else if (value is JsonObject members)
            {
                if (!into.Members.TryGetValue(name, out var below) || below.Leaf is not null)
                    into.Members[name] = below = new Node();
                Merge(below, members, number);
            }
            else
            {
                into.Members[name] = new Node { Leaf = value, TouchedBy = number };
            }
        }
    }

    private static bool IsUnset(JsonValue value) => value.ToString() == """{"$unset":true}""";

    /// <summary>A property: a value, or an object of further properties.</summary>
    internal sealed class Node
    {
        public Dictionary<string, Node> Members { get; } = new(StringComparer.Ordinal);

        public JsonValue? Leaf { get; set; }

        /// <summary>The last layer that set it.</summary>
        public int TouchedBy { get; set; }

        public JsonValue ToJson()
        {
            if (Leaf is not null)
                return Leaf;
            var builder = new JsonObjectBuilder();
            foreach (var (name, node) in Members)
                builder.Add(name, node.ToJson());
            return builder.Build();
        }
    }

    /// <summary>The merged configuration and where each part of it comes from.</summary>
    internal sealed class Effective(NaiveLayers model, List<string> layers, Node root)
    {
        public JsonObject Config => (JsonObject)root.ToJson();

        /// <summary>Each leaf as "path winner | shadowed address=value | ...", in order of path.</summary>
        public List<string> Provenance()
        {
            var lines = new List<string>();
            Walk(root, [], lines);
            lines.Sort(StringComparer.Ordinal);
            return lines;
        }

        private void Walk(Node node, List<string> path, List<string> lines)
        {
            foreach (var (name, member) in node.Members)
            {
                path.Add(name);
                if (member.Members.Count > 0)
                    Walk(member, path, lines);
                else
                    lines.Add(string.Join(" | ", ["/" + string.Join('/', path) + " " + layers[member.TouchedBy], .. Shadowed(member.TouchedBy, path)]));
                path.RemoveAt(path.Count - 1);
            }
        }

        /// <summary>What lower layers have at this very place, down to the first that has something else than an object on the way.</summary>
        private IEnumerable<string> Shadowed(int winner, List<string> path)
        {
            for (var i = winner; i >= 0; i--)
            {
                JsonValue? at = model.ConfigOf(layers[i]);
                var cut = false;
                foreach (var name in path)
                {
                    if (at is not JsonObject members || IsUnset(at))
                    {
                        cut = at is not null;
                        at = null;
                        break;
                    }

                    at = members[name];
                }

                if (at is not null && i < winner)
                    yield return $"{layers[i]}={at}";
                if (cut)
                    yield break;
            }
        }
    }
}

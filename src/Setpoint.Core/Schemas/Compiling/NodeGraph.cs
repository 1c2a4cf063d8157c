using Setpoint.Core.Faults;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>What can be said of nodes only once all are linked.</summary>
internal static class NodeGraph
{
    /// <summary>Refuses nodes that lead back to themselves for the same value: their evaluation would never end.</summary>
    /// <remarks>
    /// Depth-first search over the links that stay in place, with a stack of its own. A link to a node that is still open closes a cycle. Two
    /// colours and the stack are enough, and each link is followed once.
    /// </remarks>
    public static void RefuseEndless(SchemaCompilation compilation, List<(SchemaNode Node, SchemaLocation Place)> nodes)
    {
        var places = nodes.ToDictionary(entry => entry.Node, entry => entry.Place);
        var open = new HashSet<SchemaNode>();
        var done = new HashSet<SchemaNode>();
        var stack = new Stack<(SchemaNode Node, IEnumerator<SchemaNode> Links)>();
        foreach (var (start, _) in nodes)
        {
            if (done.Contains(start))
                continue;
            Push(start);
            while (stack.TryPeek(out var top))
            {
                if (!top.Links.MoveNext())
                {
                    stack.Pop();
                    top.Links.Dispose();
                    open.Remove(top.Node);
                    done.Add(top.Node);
                    continue;
                }

                var next = top.Links.Current;
                if (open.Contains(next))
                {
                    var place = places[top.Node];
                    compilation.Add(place.Resource.Document, place.Pointer, ViolationCode.CircularDependency,
                        $"The schema refers back to '{(places[next].Pointer is "" ? "#" : "#" + places[next].Pointer)}' for the same value and would never end. Put the reference below 'properties', 'items' or another keyword that goes into the value.");
                }
                else if (!done.Contains(next))
                {
                    Push(next);
                }
            }
        }

        void Push(SchemaNode node)
        {
            open.Add(node);
            var links = node.AllKeywords.SelectMany(keyword => keyword.Edges).Where(edge => edge.InPlace).Select(edge => edge.Node);
            stack.Push((node, links.GetEnumerator()));
        }
    }

    /// <summary>Sets <see cref="SchemaNode.MayMark"/> and <see cref="SchemaNode.MayDefault"/>: true where something of it can be reached.</summary>
    public static void CarryBack(List<SchemaNode> nodes)
    {
        var before = new Dictionary<SchemaNode, List<SchemaNode>>();
        foreach (var node in nodes)
        {
            foreach (var edge in node.AllKeywords.SelectMany(keyword => keyword.Edges))
            {
                if (!before.TryGetValue(edge.Node, out var list))
                    before.Add(edge.Node, list = []);
                list.Add(node);
            }
        }

        Spread(node => node.Annotation.IsMark, node => node.MayMark, node => node.MayMark = true);
        Spread(node => node.Annotation.Default is not null, node => node.MayDefault, node => node.MayDefault = true);

        void Spread(Func<SchemaNode, bool> isSource, Func<SchemaNode, bool> isSet, Action<SchemaNode> set)
        {
            var queue = new Queue<SchemaNode>(nodes.Where(isSource));
            while (queue.TryDequeue(out var node))
            {
                if (isSet(node))
                    continue;
                set(node);
                foreach (var previous in before.GetValueOrDefault(node) ?? [])
                    queue.Enqueue(previous);
            }
        }
    }
}

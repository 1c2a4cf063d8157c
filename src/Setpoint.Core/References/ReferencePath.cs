namespace Setpoint.Core.References;

/// <summary>The strings that are being resolved, outermost first, and where each of them leads. Not thread-safe.</summary>
internal sealed class ReferencePath(string reader)
{
    private readonly List<(ReferencePlace Place, ReferencePlace Target)> _steps = [];

    public int Count => _steps.Count;

    public ReferencePlace Start => _steps[0].Place;

    public void Enter(ReferencePlace place) => _steps.Add((place, place));

    /// <summary>The reference that the innermost string follows now.</summary>
    public void LeadTo(ReferencePlace target) => _steps[^1] = _steps[^1] with { Target = target };

    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>
    /// The circle that closes at a string on this path. It is told from the same string on, wherever it was entered: the first in order
    /// of name, one of the namespace that is read if it has any.
    /// </summary>
    public ReferenceFailure CircleTo(ReferencePlace place)
    {
        var circle = _steps[_steps.FindIndex(step => step.Place == place)..];
        var first = 0;
        for (var i = 1; i < circle.Count; i++)
        {
            if (Order(circle[i].Place, circle[first].Place) < 0)
                first = i;
        }

        var places = new List<ReferencePlace>();
        for (var i = 0; i < circle.Count; i++)
        {
            var (at, target) = circle[(first + i) % circle.Count];
            places.Add(at);
            // A reference may name a value around the next string, or one inside what that refers to.
            if (target != circle[(first + i + 1) % circle.Count].Place)
                places.Add(target);
        }

        places.Add(circle[first].Place);
        return ReferenceFailure.Circle(circle[first].Place, places);
    }

    private int Order(ReferencePlace one, ReferencePlace other) =>
        (one.Namespace != reader).CompareTo(other.Namespace != reader) is not 0 and var mine
            ? mine
            : string.CompareOrdinal(one.ToString(), other.ToString());
}

using Setpoint.Core.Faults;
using Setpoint.Core.Layers;

namespace Setpoint.Server.Configs;

/// <summary>An effective configuration and its rendered forms, each made at most once and then shared by all who read it.</summary>
internal sealed class View(EffectiveConfiguration effective)
{
    private static readonly int Representations = Enum.GetValues<Representation>().Length;

    private readonly RenderedView?[] _rendered = new RenderedView?[Representations];

    public EffectiveConfiguration Effective { get; } = effective;

    /// <summary>Why there is nothing to render but the layers; null if all is well.</summary>
    public Fault? Problem { get; } = effective.Problems.IsEmpty ? null : new Fault.Invalid(effective.Problems);

    /// <summary>The ETag of the envelope, without quotes: the fingerprint of the configuration.</summary>
    public string Tag { get; } = effective.Fingerprint.ToShortText();

    /// <summary>The rendered form; <paramref name="rendered"/> tells whether it had to be made.</summary>
    public RenderedView In(Representation representation, out bool rendered)
    {
        ref var slot = ref _rendered[(int)representation];
        var made = Volatile.Read(ref slot);
        rendered = made is null;
        if (made is not null)
            return made;

        // Two requests may both render it: the results are equal, and one of them stays.
        made = ViewRenderer.Render(this, representation);
        return Interlocked.CompareExchange(ref slot, made, null) ?? made;
    }
}

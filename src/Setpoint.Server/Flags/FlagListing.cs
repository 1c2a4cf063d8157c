using Setpoint.Core.Flags;
using Setpoint.Core.Json;

namespace Setpoint.Server.Flags;

/// <summary>The flags of an environment as entries of a list, rendered. Immutable.</summary>
internal sealed class FlagListing
{
    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _until;

    private FlagListing(FlagEntry[] entries, DateTimeOffset from, DateTimeOffset? until)
    {
        Entries = entries;
        SizeMax = entries.Sum(entry => entry.Json.Length + 1);
        _from = from;
        _until = until ?? DateTimeOffset.MaxValue;
    }

    /// <summary>In order of key.</summary>
    public FlagEntry[] Entries { get; }

    /// <summary>Bytes of all entries with a comma each.</summary>
    public int SizeMax { get; }

    /// <summary>False once a schedule has changed a flag.</summary>
    public bool HoldsAt(DateTimeOffset now) => now >= _from && now < _until;

    /// <param name="earlier">Of the same namespace and environment: what still holds of it is taken over. Null for none.</param>
    /// <param name="until">The next moment at which a schedule changes a flag; null if none does.</param>
    public static FlagListing Render(ActiveFlags flags, DateTimeOffset now, DateTimeOffset? until, FlagListing? earlier)
    {
        var entries = new FlagEntry[flags.Flags.Count];
        var (made, before) = (0, 0);
        foreach (var flag in flags.Flags)
        {
            var state = flags.Set.StateAt(flag.Key, now)!;
            // Both are in order of key.
            while (before < earlier?.Entries.Length && string.CompareOrdinal(earlier.Entries[before].Flag.Key, flag.Key) < 0)
                before++;
            var kept = before < earlier?.Entries.Length ? earlier.Entries[before] : null;
            entries[made++] = kept is not null && ReferenceEquals(kept.Flag, flag) && kept.State == state ? kept : new FlagEntry(flag, state, flags.Set.Environment);
        }

        return new(entries, now, until);
    }
}

/// <summary>A flag as an environment sees it.</summary>
internal sealed class FlagEntry(Flag flag, FlagState state, string environment)
{
    public Flag Flag { get; } = flag;

    public FlagState State { get; } = state;

    public byte[] Json { get; } = JsonWriter.ToUtf8(FlagJson.Summary(flag, state, environment));
}

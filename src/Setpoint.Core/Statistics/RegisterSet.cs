namespace Setpoint.Core.Statistics;

/// <summary>
/// The 2^p registers of a sketch, each a rank from 0 to 65 - p. Few that are not zero lie in a hash table of 64 bytes and up; before that
/// would be larger than 2^p bytes they move into an array with a byte for each. What is in them is the same either way.
/// </summary>
internal sealed class RegisterSet(int precision)
{
    /// <summary>An entry of the table and of the stored form: index above, rank in the low 6 bits; 0 is a free slot, as no rank in it is 0.</summary>
    public const int RankBits = 6;

    private const int CapacityMin = 16;

    // Open addressing, at most half full. The index is a part of a hash already.
    private uint[] _table = new uint[CapacityMin];
    private byte[]? _ranks;
    private int _used;

    public int Precision => precision;

    public int Count => 1 << precision;

    public int RankMax => 65 - precision;

    public void Raise(int index, int rank)
    {
        if (_ranks is { } ranks)
        {
            if (ranks[index] < rank)
                ranks[index] = (byte)rank;
            return;
        }

        ref var slot = ref SlotOf(_table, index);
        if (slot == 0)
        {
            slot = Entry(index, rank);
            if (++_used > _table.Length / 2)
                Grow();
        }
        else if ((slot & RankMask) < rank)
        {
            slot = Entry(index, rank);
        }
    }

    public void Merge(RegisterSet other)
    {
        if (other._ranks is { } ranks)
        {
            for (var i = 0; i < ranks.Length; i++)
            {
                if (ranks[i] != 0)
                    Raise(i, ranks[i]);
            }

            return;
        }

        foreach (var entry in other._table)
        {
            if (entry != 0)
                Raise(IndexOf(entry), RankOf(entry));
        }
    }

    /// <summary>How many registers have each rank; <paramref name="counts"/> has <see cref="RankMax"/> + 1 places.</summary>
    public void CountRanks(Span<int> counts)
    {
        counts.Clear();
        if (_ranks is { } ranks)
        {
            foreach (var rank in ranks)
                counts[rank]++;
            return;
        }

        foreach (var entry in _table)
        {
            if (entry != 0)
                counts[RankOf(entry)]++;
        }

        counts[0] = Count - _used;
    }

    /// <summary>The entries that are not zero, in order of their index.</summary>
    public uint[] ToEntries()
    {
        if (_ranks is not { } ranks)
        {
            var entries = Array.FindAll(_table, entry => entry != 0);
            Array.Sort(entries);
            return entries;
        }

        var found = new List<uint>();
        for (var i = 0; i < ranks.Length; i++)
        {
            if (ranks[i] != 0)
                found.Add(Entry(i, ranks[i]));
        }

        return [.. found];
    }

    public static int IndexOf(uint entry) => (int)(entry >> RankBits);

    public static int RankOf(uint entry) => (int)(entry & RankMask);

    private const uint RankMask = (1 << RankBits) - 1;

    private static uint Entry(int index, int rank) => ((uint)index << RankBits) | (uint)rank;

    private static ref uint SlotOf(uint[] table, int index)
    {
        var mask = table.Length - 1;
        var at = index & mask;
        while (table[at] != 0 && IndexOf(table[at]) != index)
            at = (at + 1) & mask;
        return ref table[at];
    }

    private void Grow()
    {
        var old = _table;
        if (old.Length * 2 * sizeof(uint) > Count)
        {
            var ranks = new byte[Count];
            foreach (var entry in old)
            {
                if (entry != 0)
                    ranks[IndexOf(entry)] = (byte)RankOf(entry);
            }

            _ranks = ranks;
            _table = [];
            return;
        }

        _table = new uint[old.Length * 2];
        foreach (var entry in old)
        {
            if (entry != 0)
                SlotOf(_table, IndexOf(entry)) = entry;
        }
    }
}

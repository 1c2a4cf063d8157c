using System.Buffers;
using System.Numerics;
using System.Text;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Statistics;

/// <summary>
/// Estimates how many different keys were seen, in at most 2^precision bytes: a key is forgotten, only that it was there counts. Sketches
/// of parts merge into the sketch of the whole. Not thread-safe.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Hash a key to 64 bits. The first p of them choose one of m = 2^p registers.</item>
/// <item>The rank is the number of leading zeros among the others, plus one; the register keeps the largest.</item>
/// <item>The estimate comes from how many registers have each rank.</item>
/// </list>
/// P. Flajolet, É. Fusy, O. Gandouet, F. Meunier, HyperLogLog (2007), with the estimator of O. Ertl, New cardinality estimation algorithms
/// for HyperLogLog sketches, arXiv:1702.01284, algorithm 6: no table of corrections and no switch between ranges. The standard error is
/// 1.04 / sqrt(m) of the count: 0.81 % at the default precision, less below some thousands.
/// <para>
/// Memory: some 150 bytes when empty, doubling with the keys up to 2^precision bytes (16 KiB at the default) from m / 8 keys on. Stored: 3
/// bytes a register in use, at most 3/4 of 2^precision (12 KiB).
/// </para>
/// </remarks>
public sealed class HyperLogLog
{
    public const int PrecisionMin = 10;
    public const int PrecisionMax = 16;
    public const int PrecisionDefault = 14;

    // Keys are short: a longer one takes its bytes from the pool.
    private const int StackBytesMax = 512;

    private readonly RegisterSet _registers;

    /// <param name="precision">10 (3.3 % standard error, 1 KiB) to 16 (0.41 %, 64 KiB); 14 by default. Only equal ones merge.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another precision.</exception>
    public HyperLogLog(int precision = PrecisionDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(precision, PrecisionMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(precision, PrecisionMax);
        _registers = new(precision);
    }

    private HyperLogLog(RegisterSet registers) => _registers = registers;

    public int Precision => _registers.Precision;

    /// <summary>Counts a key that was not yet seen. Allocates only while the sketch still grows.</summary>
    public void Add(ReadOnlySpan<byte> key) => AddHash(XxHash64.Of(key));

    internal void AddHash(ulong hash)
    {
        // The bit below the last one of the rank ends the run of zeros where all are zero.
        var rest = (hash << Precision) | (1UL << (Precision - 1));
        _registers.Raise((int)(hash >> (64 - Precision)), BitOperations.LeadingZeroCount(rest) + 1);
    }

    /// <summary>Counts the UTF-8 bytes of a key.</summary>
    public void Add(ReadOnlySpan<char> key)
    {
        var size = Encoding.UTF8.GetMaxByteCount(key.Length);
        if (size <= StackBytesMax)
        {
            Span<byte> bytes = stackalloc byte[StackBytesMax];
            Add(bytes[..Encoding.UTF8.GetBytes(key, bytes)]);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(size);
        Add(rented.AsSpan(0, Encoding.UTF8.GetBytes(key, rented)));
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{char})"/>
    public void Add(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Add(key.AsSpan());
    }

    /// <summary>Counts what the other has seen too; the other stays as it is.</summary>
    /// <exception cref="ArgumentException">The other has another precision: look at <see cref="Precision"/> of what comes from outside.</exception>
    public void Merge(HyperLogLog other)
    {
        if (other.Precision != Precision)
            throw new ArgumentException($"A sketch of precision {other.Precision} does not merge into one of {Precision}.", nameof(other));
        _registers.Merge(other._registers);
    }

    /// <summary>
    /// The sketch that the same keys would have made with fewer registers: exactly that, not an estimate. Sketches of different precision
    /// merge after the finer one was reduced.
    /// </summary>
    /// <param name="precision"><see cref="PrecisionMin"/> up to that of this sketch.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another precision: registers cannot be made up.</exception>
    public HyperLogLog Reduced(int precision)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(precision, PrecisionMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(precision, Precision);
        var lost = Precision - precision;
        var reduced = new RegisterSet(precision);
        foreach (var entry in _registers.ToEntries())
        {
            // The low bits of the index become the first bits that ranks are counted from.
            var (index, rank) = (RegisterSet.IndexOf(entry), RegisterSet.RankOf(entry));
            var low = (uint)index & ((1u << lost) - 1);
            reduced.Raise(index >> lost, low == 0 ? rank + lost : BitOperations.LeadingZeroCount(low) - (32 - lost) + 1);
        }

        return new(reduced);
    }

    /// <summary>How many different keys were added, about; 0 exactly if none was.</summary>
    /// <remarks>
    /// With C(k) registers of rank k and q = 64 - p: z = m tau(1 - C(q + 1) / m); for k = q to 1, z = (z + C(k)) / 2; z = z + m sigma(C(0) / m);
    /// the estimate is m^2 / (2 ln 2 z).
    /// </remarks>
    public double Estimate()
    {
        Span<int> counts = stackalloc int[_registers.RankMax + 1];
        _registers.CountRanks(counts);

        double m = _registers.Count;
        if (counts[0] == _registers.Count)
            return 0;
        var z = m * Tau(1 - counts[^1] / m);
        for (var k = counts.Length - 2; k >= 1; k--)
            z = 0.5 * (z + counts[k]);
        z += m * Sigma(counts[0] / m);
        return m * m / (2 * Math.Log(2) * z);
    }

    /// <summary>
    /// To be stored or sent: version 1, precision, form, and then in form 0 every register that is not zero in order, in form 1 every rank in
    /// order. Equal sketches give equal bytes. <see cref="HyperLogLogFormat"/> has the layout.
    /// </summary>
    public byte[] ToBytes() => HyperLogLogFormat.Write(_registers);

    /// <summary>Reads what <see cref="ToBytes"/> wrote. Everything else is refused, with the reason.</summary>
    public static Result<HyperLogLog> FromBytes(ReadOnlySpan<byte> bytes) =>
        HyperLogLogFormat.Read(bytes).TryGet(out var registers, out var fault) ? new HyperLogLog(registers) : fault;

    /// <summary>A sketch of registers that were filled elsewhere, by the same rule.</summary>
    internal static HyperLogLog Of(int precision, ReadOnlySpan<byte> ranks)
    {
        var made = new HyperLogLog(precision);
        for (var i = 0; i < ranks.Length; i++)
        {
            if (ranks[i] != 0)
                made._registers.Raise(i, ranks[i]);
        }

        return made;
    }

    /// <summary>sigma(x) = x + sum over k &gt;= 1 of x^(2^k) 2^(k - 1), for 0 &lt;= x &lt; 1.</summary>
    private static double Sigma(double x)
    {
        var (y, z, previous) = (1.0, x, double.NaN);
        while (z != previous)
        {
            x *= x;
            previous = z;
            z += x * y;
            y += y;
        }

        return z;
    }

    /// <summary>tau(x) = (1 - x - sum over k &gt;= 1 of (1 - x^(2^-k))^2 2^-k) / 3, for 0 &lt;= x &lt;= 1.</summary>
    private static double Tau(double x)
    {
        if (x is 0 or 1)
            return 0;
        var (y, z, previous) = (1.0, 1 - x, double.NaN);
        while (z != previous)
        {
            x = Math.Sqrt(x);
            previous = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        }

        return z / 3;
    }
}

using Setpoint.Core.Faults;

namespace Setpoint.Core.Statistics;

/// <summary>The stored form of a sketch.</summary>
/// <remarks>
/// <code>
/// byte 0     version, 1
/// byte 1     precision p, 10 to 16; the hash is XXH64 with seed 0 over the key's UTF-8, and m = 2^p
/// byte 2     form
/// form 0     for each register that is not 0, by ascending index: index * 64 + rank, 3 bytes, high byte first
/// form 1     the ranks of all m registers in order, 6 bits each, high bits first: 4 registers in 3 bytes
/// </code>
/// Form 0 if fewer than m / 4 registers are not 0, for it is shorter then, and else form 1: a sketch has one spelling.
/// </remarks>
internal static class HyperLogLogFormat
{
    private const byte Version = 1;
    private const byte Sparse = 0;
    private const byte Dense = 1;
    private const int HeaderSize = 3;
    private const int EntrySize = 3;
    private const int RanksInEntry = 4;

    public static byte[] Write(RegisterSet registers)
    {
        var entries = registers.ToEntries();
        var isSparse = IsSparse(entries.Length, registers.Count);
        var bytes = new byte[HeaderSize + EntrySize * (isSparse ? entries.Length : registers.Count / RanksInEntry)];
        (bytes[0], bytes[1], bytes[2]) = (Version, (byte)registers.Precision, isSparse ? Sparse : Dense);

        var body = bytes.AsSpan(HeaderSize);
        if (isSparse)
        {
            for (var i = 0; i < entries.Length; i++)
                WriteEntry(body[(i * EntrySize)..], entries[i]);
            return bytes;
        }

        var packed = new uint[registers.Count / RanksInEntry];
        foreach (var entry in entries)
        {
            var index = RegisterSet.IndexOf(entry);
            packed[index / RanksInEntry] |= (uint)RegisterSet.RankOf(entry) << ShiftOf(index);
        }

        for (var i = 0; i < packed.Length; i++)
            WriteEntry(body[(i * EntrySize)..], packed[i]);
        return bytes;
    }

    public static Result<RegisterSet> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize)
            return Unreadable($"it has {bytes.Length} bytes, and the first {HeaderSize} say what follows");
        if (bytes[0] != Version)
            return Unreadable($"version {Version} is known here, not {bytes[0]}");
        if (bytes[1] is < HyperLogLog.PrecisionMin or > HyperLogLog.PrecisionMax)
            return Unreadable($"a precision is from {HyperLogLog.PrecisionMin} to {HyperLogLog.PrecisionMax}, not {bytes[1]}");

        var registers = new RegisterSet(bytes[1]);
        var body = bytes[HeaderSize..];
        return bytes[2] switch
        {
            Sparse => ReadSparse(registers, body),
            Dense => ReadDense(registers, body),
            var form => Unreadable($"its form is {Sparse} or {Dense}, not {form}"),
        };
    }

    private static Result<RegisterSet> ReadSparse(RegisterSet registers, ReadOnlySpan<byte> body)
    {
        if (body.Length % EntrySize != 0 || !IsSparse(body.Length / EntrySize, registers.Count))
            return Unreadable($"form {Sparse} has fewer than {registers.Count / RanksInEntry} entries of {EntrySize} bytes, not {body.Length} bytes");

        var previous = -1;
        for (; !body.IsEmpty; body = body[EntrySize..])
        {
            var entry = ReadEntry(body);
            var (index, rank) = (RegisterSet.IndexOf(entry), RegisterSet.RankOf(entry));
            if (index <= previous || index >= registers.Count)
                return Unreadable($"register {index} comes after {previous}, of {registers.Count}");
            if (rank == 0 || rank > registers.RankMax)
                return Unreadable($"the rank of register {index} is from 1 to {registers.RankMax}, not {rank}");
            registers.Raise(index, rank);
            previous = index;
        }

        return registers;
    }

    private static Result<RegisterSet> ReadDense(RegisterSet registers, ReadOnlySpan<byte> body)
    {
        var size = registers.Count / RanksInEntry * EntrySize;
        if (body.Length != size)
            return Unreadable($"form {Dense} has {size} bytes after the first {HeaderSize}, not {body.Length}");

        var used = 0;
        for (var index = 0; index < registers.Count; index++)
        {
            var rank = RegisterSet.RankOf(ReadEntry(body[(index / RanksInEntry * EntrySize)..]) >> ShiftOf(index));
            if (rank == 0)
                continue;
            if (rank > registers.RankMax)
                return Unreadable($"the rank of register {index} is at most {registers.RankMax}, not {rank}");
            registers.Raise(index, rank);
            used++;
        }

        return IsSparse(used, registers.Count) ? Unreadable($"with {used} registers in use it has form {Sparse}") : registers;
    }

    private static bool IsSparse(int used, int count) => used < count / RanksInEntry;

    private static int ShiftOf(int index) => RegisterSet.RankBits * (RanksInEntry - 1 - index % RanksInEntry);

    private static void WriteEntry(Span<byte> bytes, uint entry) =>
        (bytes[0], bytes[1], bytes[2]) = ((byte)(entry >> 16), (byte)(entry >> 8), (byte)entry);

    private static uint ReadEntry(ReadOnlySpan<byte> bytes) => (uint)((bytes[0] << 16) | (bytes[1] << 8) | bytes[2]);

    private static Fault.Malformed Unreadable(string why) => new($"These bytes are not a sketch of distinct keys: {why}.");
}

using System.Buffers;
using System.Security.Cryptography;
using Setpoint.Core.Faults;

namespace Setpoint.Core.Json;

/// <summary>How the canonical form writes numbers (ADR 0004).</summary>
public enum CanonicalNumbers
{
    /// <summary>With the digits of the document. What fingerprints are made of.</summary>
    AsWritten,

    /// <summary>As ECMAScript writes the nearest double: RFC 8785 to the letter, for exchange with other implementations.</summary>
    Rfc8785,
}

/// <summary>
/// The canonical form: no white space, properties sorted by the UTF-16 code units of their names, the least escaping. Values that are
/// equal have equal canonical text. Thread-safe.
/// </summary>
public static class CanonicalJson
{
    /// <summary>SHA-256 over the canonical form with number digits as written (ADR 0004).</summary>
    public static Fingerprint FingerprintOf(JsonValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        using var hash = new HashingBuffer();
        var to = new JsonOutput(hash);
        Write(value, CanonicalNumbers.AsWritten, ref to);
        to.Flush();
        return hash.Finish();
    }

    /// <summary>The canonical text.</summary>
    /// <returns><see cref="Fault.Invalid"/> if a number has no double near it (<c>1e400</c>) and <paramref name="numbers"/> asks for RFC 8785.</returns>
    public static Result<byte[]> ToUtf8(JsonValue value, CanonicalNumbers numbers)
    {
        ArgumentNullException.ThrowIfNull(value);
        using var buffer = new PooledBuffer();
        var to = new JsonOutput(buffer);
        if (Write(value, numbers, ref to) is { } outside)
        {
            const string Rule = "RFC 8785 can write only numbers within the range of a double";
            return new Fault.Invalid([new Violation(string.Empty, ViolationCode.ConstraintViolation, $"{Rule}; found {Phrase.Clip(outside.Text)}.")]);
        }

        to.Flush();
        return buffer.Written.ToArray();
    }

    /// <summary>Writes the value; the first number that cannot be written, or null.</summary>
    private static JsonNumber? Write(JsonValue value, CanonicalNumbers numbers, ref JsonOutput to)
    {
        switch (value)
        {
            case JsonObject members:
                return WriteObject(members, numbers, ref to);
            case JsonArray array:
                to.Byte((byte)'[');
                var items = array.Items.AsSpan();
                for (var i = 0; i < items.Length; i++)
                {
                    if (i > 0)
                        to.Byte((byte)',');
                    if (Write(items[i], numbers, ref to) is { } outside)
                        return outside;
                }

                to.Byte((byte)']');
                return null;
            case JsonNumber number when numbers == CanonicalNumbers.Rfc8785:
                return WriteNumber(number, ref to);
            default:
                JsonWriter.Scalar(value, ref to);
                return null;
        }
    }

    private static JsonNumber? WriteNumber(JsonNumber number, ref JsonOutput to)
    {
        var nearest = number.ToDouble();
        if (!double.IsFinite(nearest))
            return number;
        Span<char> room = stackalloc char[EcmaNumber.LengthMax];
        to.Digits(EcmaNumber.Format(nearest, room));
        return null;
    }

    private static JsonNumber? WriteObject(JsonObject members, CanonicalNumbers numbers, ref JsonOutput to)
    {
        Span<int> room = stackalloc int[PropertyNames.SortRoom];
        var names = members.Names.AsSpan();
        var values = members.Values;
        var separator = (byte)'{';
        foreach (var position in members.Names.Sorted(room))
        {
            to.Byte(separator);
            separator = (byte)',';
            to.Quoted(names[position]);
            to.Byte((byte)':');
            if (Write(values[position], numbers, ref to) is { } outside)
                return outside;
        }

        if (values.IsEmpty)
            to.Byte((byte)'{');
        to.Byte((byte)'}');
        return null;
    }

    /// <summary>Hashes what is written to it, a buffer at a time, so that the text never exists as a whole.</summary>
    private sealed class HashingBuffer : IBufferWriter<byte>, IDisposable
    {
        private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(16 * 1024);

        // Made when there is more than one buffer: most values have one, and a hash of one call is twice as fast.
        private IncrementalHash? _hash;

        // Hashing pays for each call, so small pieces collect until less than a piece of room is left.
        private const int RoomMin = 4096;
        private int _written;

        public void Advance(int count) => _written += count;

        public Span<byte> GetSpan(int sizeHint = 0)
        {
            if (_bytes.Length - _written < Math.Max(sizeHint, RoomMin))
                Drain();
            return _bytes.AsSpan(_written);
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException("Only spans are asked for.");

        public Fingerprint Finish()
        {
            Span<byte> digest = stackalloc byte[Fingerprint.Size];
            if (_hash is null)
            {
                SHA256.HashData(_bytes.AsSpan(0, _written), digest);
                return new(digest);
            }

            Drain();
            _hash!.GetHashAndReset(digest);
            return new(digest);
        }

        public void Dispose()
        {
            _hash?.Dispose();
            // All of it was used once there was more than one buffer.
            _bytes.AsSpan(0, _hash is null ? _written : _bytes.Length).Clear();
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        private void Drain()
        {
            _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            _hash.AppendData(_bytes, 0, _written);
            _written = 0;
        }
    }
}

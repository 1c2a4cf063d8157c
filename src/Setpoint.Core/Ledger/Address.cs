using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Setpoint.Core.Ledger;

/// <summary>
/// Where a document lives: a kind and one or more segments, for example <c>config/notification-service/env/production</c>.
/// </summary>
/// <remarks>
/// Grammar: <c>kind *("/" segment)</c>; a kind is a lower-case letter and up to 31 letters, digits or hyphens. A segment is 1 to 128
/// characters. Characters outside <c>A-Z a-z 0-9 - . _ ~ @ + :</c> are written as percent-encoded UTF-8 with upper-case digits, and only
/// those are: an address has exactly one spelling, so that equal addresses are equal strings. <c>.</c> and <c>..</c> are no segments.
/// </remarks>
public sealed class Address : IEquatable<Address>, IComparable<Address>
{
    /// <summary>Length of the written form, in characters.</summary>
    public const int LengthMax = 512;

    /// <summary>Length of one decoded segment, in UTF-16 characters.</summary>
    public const int SegmentLengthMax = 128;

    public const int SegmentsMax = 8;

    private const int KindLengthMax = 32;

    private Address(string text, ImmutableArray<string> segments)
    {
        Text = text;
        Segments = segments;
    }

    /// <summary>The one spelling of this address.</summary>
    public string Text { get; }

    /// <summary>The decoded parts; the first is the kind.</summary>
    public ImmutableArray<string> Segments { get; }

    public string Kind => Segments[0];

    /// <summary>Makes an address of decoded parts.</summary>
    /// <exception cref="FormatException">A part breaks the grammar; callers pass only checked names.</exception>
    public static Address Of(string kind, params ReadOnlySpan<string> segments) =>
        TryOf(kind, segments, out var address, out var problem) ? address : throw new FormatException(problem);

    /// <summary>Makes an address of decoded parts that nobody has checked; <paramref name="problem"/> names the rule that one breaks.</summary>
    public static bool TryOf(
        string kind, ReadOnlySpan<string> segments, [NotNullWhen(true)] out Address? address, [NotNullWhen(false)] out string? problem)
    {
        var text = new StringBuilder(kind);
        foreach (var segment in segments)
        {
            // Half a surrogate pair would be written as U+FFFD, and two parts would have one address.
            if (!IsWellFormed(segment))
            {
                address = null;
                problem = "A part of an address has half a surrogate pair, which is no character.";
                return false;
            }

            AppendEncoded(text.Append('/'), segment);
        }

        return TryParse(text.ToString(), out address, out problem);
    }

    public static Address Parse(string text) =>
        TryParse(text, out var address, out var problem) ? address : throw new FormatException(problem);

    /// <summary>Reads an address; <paramref name="problem"/> names the rule and the place where it is broken.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Address? address, [NotNullWhen(false)] out string? problem)
    {
        address = null;
        if (string.IsNullOrEmpty(text))
        {
            problem = "An address is empty; it is a kind and one or more segments, for example config/user-service/base.";
            return false;
        }

        if (text.Length > LengthMax)
        {
            problem = $"An address has {text.Length} characters; the limit is {LengthMax}.";
            return false;
        }

        var parts = text.Split('/');
        if (parts.Length < 2)
        {
            problem = $"Address '{text}' has no segment after its kind; write kind/segment.";
            return false;
        }

        if (parts.Length > SegmentsMax)
        {
            problem = $"Address '{text}' has {parts.Length} parts; the limit is {SegmentsMax}.";
            return false;
        }

        if (!IsKind(parts[0]))
        {
            problem = $"Address '{text}' does not begin with a kind: a lower-case letter, then letters, digits or hyphens, {KindLengthMax} at most.";
            return false;
        }

        var segments = new string[parts.Length];
        segments[0] = parts[0];
        for (var i = 1; i < parts.Length; i++)
        {
            if (!TryDecode(parts[i], out var segment, out var reason))
            {
                problem = $"Address '{text}': segment {i} {reason}";
                return false;
            }

            segments[i] = segment;
        }

        address = new(text, ImmutableArray.Create(segments));
        problem = null;
        return true;
    }

    public bool Equals(Address? other) => other is not null && string.Equals(Text, other.Text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as Address);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public int CompareTo(Address? other) => string.CompareOrdinal(Text, other?.Text);

    public override string ToString() => Text;

    public static bool operator ==(Address? left, Address? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(Address? left, Address? right) => !(left == right);

    /// <summary>One decoded segment in its written form.</summary>
    public static string Encode(string segment) => AppendEncoded(new StringBuilder(segment.Length), segment).ToString();

    private static StringBuilder AppendEncoded(StringBuilder text, string segment)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in segment.EnumerateRunes())
        {
            if (rune.IsAscii && IsPlain((char)rune.Value))
            {
                text.Append((char)rune.Value);
                continue;
            }

            var length = rune.EncodeToUtf8(utf8);
            foreach (var value in utf8[..length])
                text.Append('%').Append(value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return text;
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var length) != System.Buffers.OperationStatus.Done)
                return false;
            text = text[length..];
        }

        return true;
    }

    private static bool IsKind(string text)
    {
        if (text.Length is 0 or > KindLengthMax || !char.IsAsciiLetterLower(text[0]))
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
                return false;
        }

        return true;
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '@' or '+' or ':';

    private static bool TryDecode(string written, out string segment, out string reason)
    {
        segment = "";
        if (written.Length == 0)
        {
            reason = "is empty.";
            return false;
        }

        if (written is "." or "..")
        {
            reason = $"is '{written}', which names no document.";
            return false;
        }

        var bytes = new List<byte>(written.Length);
        for (var i = 0; i < written.Length; i++)
        {
            var c = written[i];
            if (c == '%')
            {
                if (i + 2 >= written.Length || !IsUpperHex(written[i + 1]) || !IsUpperHex(written[i + 2]))
                {
                    reason = $"has '%' at {i} without two upper-case hexadecimal digits.";
                    return false;
                }

                var value = Convert.FromHexString(written.AsSpan(i + 1, 2))[0];
                if (value < 0x80 && IsPlain((char)value))
                {
                    reason = $"writes '{(char)value}' as %{value:X2}; write it plainly, so that an address has one spelling.";
                    return false;
                }

                bytes.Add(value);
                i += 2;
            }
            else if (IsPlain(c))
            {
                bytes.Add((byte)c);
            }
            else
            {
                reason = $"has U+{(int)c:X4} at {i}, which must be percent-encoded.";
                return false;
            }
        }

        try
        {
            segment = StrictUtf8.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            reason = "is not valid UTF-8 when decoded.";
            return false;
        }

        if (segment.Length > SegmentLengthMax)
        {
            reason = $"has {segment.Length} characters; the limit is {SegmentLengthMax}.";
            return false;
        }

        reason = "";
        return true;
    }

    private static bool IsUpperHex(char c) => char.IsAsciiDigit(c) || c is >= 'A' and <= 'F';

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}

using System.Collections.Frozen;
using Setpoint.Core.Schemas.Compiling;
using Setpoint.Core.Schemas.Patterns;

namespace Setpoint.Core.Schemas.Formats;

/// <summary>A value of <c>format</c> that can be asserted. Thread-safe; allocates nothing where the text has it, but for the idn formats.</summary>
/// <param name="Name">As schemas write it.</param>
/// <param name="Example">A text that has it, for messages.</param>
/// <param name="IsMatch">True if the text has it.</param>
internal sealed record StringFormat(string Name, string Example, Func<string, bool> IsMatch)
{
    private static readonly FrozenDictionary<string, StringFormat> Known = new StringFormat[]
    {
        new("date-time", "2026-01-31T23:59:59Z", text => TimeFormats.IsDateTime(text)),
        new("date", "2026-01-31", text => TimeFormats.IsDate(text)),
        new("time", "23:59:59Z", text => TimeFormats.IsTime(text)),
        new("duration", "P1DT12H", text => TimeFormats.IsDuration(text)),
        new("email", "name@example.com", text => MailFormats.IsEmail(text, international: false)),
        new("idn-email", "name@example.com", text => MailFormats.IsEmail(text, international: true)),
        new("hostname", "host.example.com", text => HostFormats.IsHostname(text)),
        new("idn-hostname", "host.example.com", HostFormats.IsInternationalHostname),
        new("ipv4", "192.0.2.1", text => AddressFormats.IsIpv4(text)),
        new("ipv6", "2001:db8::1", text => AddressFormats.IsIpv6(text)),
        new("uri", "https://example.com/path", text => UriFormats.IsUri(text, international: false)),
        new("uri-reference", "/path?query", text => UriFormats.IsReference(text, international: false)),
        new("iri", "https://example.com/path", text => UriFormats.IsUri(text, international: true)),
        new("iri-reference", "/path?query", text => UriFormats.IsReference(text, international: true)),
        new("uri-template", "https://example.com/{id}", text => UriTemplateFormat.IsTemplate(text)),
        new("uuid", "123e4567-e89b-12d3-a456-426614174000", text => TextFormats.IsUuid(text)),
        new("json-pointer", "/a/0", text => TextFormats.IsPointer(text)),
        new("relative-json-pointer", "1/a", text => TextFormats.IsRelativePointer(text)),
        new("regex", "^[a-z]+$", text => EcmaParser.Parse(text, out _) is not null),
    }.ToFrozenDictionary(format => format.Name, StringComparer.Ordinal);

    /// <summary>Null for a name that is not known: such a format is never asserted.</summary>
    public static StringFormat? Find(string name, DialectDraft draft)
    {
        // They came with 2019-09; in draft-07 they are names without meaning.
        if (draft == DialectDraft.Draft7 && (name is "duration" or "uuid"))
            return null;
        return Known.GetValueOrDefault(name);
    }
}

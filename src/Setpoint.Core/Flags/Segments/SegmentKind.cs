using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Segments;

/// <summary><c>segment/{ns}/{key}</c>: <c>{name?, description?, owner?, tags?, included?, excluded?, when?}</c>.</summary>
public sealed class SegmentKind : Kind
{
    public const string KindName = "segment";

    /// <summary>Targeting keys that one segment may name on either side.</summary>
    public const int KeysMax = 20_000;

    /// <summary>Characters of a targeting key that a segment names.</summary>
    public const int TargetingKeyLengthMax = 512;

    public override string Name => KindName;

    public override KindIndex EmptyIndex => SegmentIndex.Empty;

    public override bool CreatesNamespaces => true;

    public override ImmutableArray<Rule> Rules { get; } = [new SegmentRule()];

    /// <exception cref="FormatException">The key breaks the grammar; callers pass only checked names.</exception>
    public static Address AddressOf(string ns, string key) => Address.Of(KindName, ns, key);

    public override string? NamespaceOf(Address address) => address.Segments[1];

    public override object? Parse(Address address, JsonObject body, ViolationList violations)
    {
        var before = violations.Count;
        FlagKind.CheckAddress(address, KindName, "Segment", violations);
        var segment = Read(address, body, violations);
        if (segment.Included.IsEmpty && segment.When is null && violations.Count == before)
            violations.Add(address, "", ViolationCode.MissingRequiredParameter, "A segment needs 'included' or 'when'; nobody would be in it.");
        return violations.Count > before ? null : segment;
    }

    /// <summary>Its condition, if it has one.</summary>
    public override object? ReadPartly(Address address, JsonObject body) => FlagKind.IsAddress(address) ? Read(address, body, new ViolationList()) : null;

    private static Segment Read(Address address, JsonObject body, ViolationList violations)
    {
        var shape = new ShapeReader(address, body, violations);
        var segment = new Segment(
            address.Segments.ElementAtOrDefault(1) ?? "",
            address.Segments.ElementAtOrDefault(2) ?? "",
            shape.OptionalString("name"),
            shape.OptionalString("description"),
            shape.OptionalString("owner"),
            shape.OptionalStrings("tags", Limits.TagsMax, Limits.TagLengthMax),
            shape.OptionalStrings("included", KeysMax, TargetingKeyLengthMax),
            shape.OptionalStrings("excluded", KeysMax, TargetingKeyLengthMax),
            shape.OptionalValue("when"));
        shape.RefuseUnknown();
        return segment;
    }
}

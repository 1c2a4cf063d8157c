using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Checks;
using Setpoint.Core.Flags.Experiments;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags;

/// <summary><c>flag/{ns}/{key}</c>: a feature flag in its full form (docs/formats/flag.md).</summary>
/// <remarks>
/// Reading a document checks its shape. What needs other documents, and the expressions, which are expensive to compile, are left to
/// rules: those look only at what a commit touches, and a server that starts with thousands of flags need not compile each twice.
/// </remarks>
public sealed class FlagKind : Kind
{
    public const string KindName = "flag";

    public override string Name => KindName;

    public override KindIndex EmptyIndex => FlagIndex.Empty;

    public override bool CreatesNamespaces => true;

    public override ImmutableArray<Rule> Rules { get; } = [new FlagRule(), new FlagDependencyRule(), new ExperimentRule()];

    /// <exception cref="FormatException">The key breaks the grammar; callers pass only checked names.</exception>
    public static Address AddressOf(string ns, string key) => Address.Of(KindName, ns, key);

    public override string? NamespaceOf(Address address) => address.Segments[1];

    public override object? Parse(Address address, JsonObject body, ViolationList violations)
    {
        var before = violations.Count;
        CheckAddress(address, KindName, "Flag", violations);
        var flag = new FlagReader(address, body, violations).Read();
        return violations.Count > before ? null : flag;
    }

    /// <summary>Variants, dependencies and expressions as far as they can be read.</summary>
    public override object? ReadPartly(Address address, JsonObject body) => IsAddress(address) ? new FlagReader(address, body, new ViolationList()).Read() : null;

    internal static bool IsAddress(Address address) => address.Segments.Length == 3 && Names.IsValid(address.Segments[1]) && FlagKeys.IsValid(address.Segments[2]);

    internal static void CheckAddress(Address address, string kind, string what, ViolationList violations)
    {
        if (address.Segments.Length != 3)
        {
            violations.Add(address, "", ViolationCode.MalformedDocument, $"{address} is no {kind}; the address is {kind}/{{ns}}/{{key}}.");
            return;
        }

        if (!Names.IsValid(address.Segments[1]))
            violations.Add(address, "", ViolationCode.ConstraintViolation, Names.Explain("Namespace", address.Segments[1]));
        if (!FlagKeys.IsValid(address.Segments[2]))
            violations.Add(address, "", ViolationCode.ConstraintViolation, FlagKeys.Explain($"{what} key", address.Segments[2]));
    }
}

using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Server.Ledger;

/// <summary>The first commit of every ledger: the namespace <c>global</c> and three environments.</summary>
internal static class Bootstrap
{
    public static Proposal Proposal { get; } = new(
        "system:bootstrap",
        "A new ledger: the global namespace and the usual environments.",
        [],
        static _ => (Result<ImmutableArray<ProposedChange>>)ImmutableArray.Create(
            new ProposedChange(NamespaceKind.AddressOf(Names.Global), NamespaceKind.BodyOf(NamespaceKind.Shared)),
            new ProposedChange(EnvironmentKind.AddressOf("development"), EnvironmentKind.BodyOf(null, null, production: false)),
            new ProposedChange(EnvironmentKind.AddressOf("staging"), EnvironmentKind.BodyOf(null, null, production: false)),
            new ProposedChange(EnvironmentKind.AddressOf("production"), EnvironmentKind.BodyOf(null, null, production: true))));
}

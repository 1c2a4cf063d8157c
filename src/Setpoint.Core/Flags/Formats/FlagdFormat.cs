using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Formats;

/// <summary>flagd's format (flagd.dev/schema/v0/flags.json): flags of one environment, as an object by key or an array.</summary>
public static class FlagdFormat
{
    /// <summary>Makes documents of flagd's.</summary>
    /// <param name="document">flagd's document.</param>
    /// <param name="ns">The namespace that gets the flags.</param>
    /// <param name="environment">Whose settings they become; null: those that all environments inherit.</param>
    /// <param name="keepInvalid">
    /// True: a flag that flagd loads although it is not right (a targeting that cannot be read, variants of several types) is taken, marked
    /// <c>lenient</c>, and answers flagd's error. What flagd itself refuses is refused.
    /// </param>
    /// <param name="find">Flags that exist: what they say for other environments stays. Null if none does.</param>
    public static FlagdImported Import(
        JsonObject document, string ns, string? environment, bool keepInvalid, Func<string, Flag?>? find = null)
    {
        ArgumentNullException.ThrowIfNull(document);
        return new FlagdImport(ns, environment, keepInvalid, find ?? (_ => null)).Read(document);
    }

    /// <summary>
    /// Makes flagd's document of a set. Rules and splits become <c>targeting</c> that chooses the same variants; steps become conditions on
    /// <c>$flagd.timestamp</c>; segments and dependencies are written out where they are named. flagd has no off variant: where a dependency
    /// is not met, reason and variant are those of a match.
    /// </summary>
    /// <param name="flags">The set.</param>
    /// <param name="now">Outside of its start and end a flag is exported as disabled.</param>
    public static FlagdExport Export(FlagSet flags, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(flags);
        return new FlagdWriter(flags, now).Write();
    }
}

/// <param name="Changes">
/// What to propose, all of it together: every flag that can be read, those in which something is wrong included. The Gate finds the rest.
/// </param>
/// <param name="Violations">What no document can say; if there are any, all is to be refused. Their paths lead into flagd's document.</param>
/// <param name="Unread">Flags of which no change could be made.</param>
public sealed record FlagdImported(ImmutableArray<ProposedChange> Changes, ImmutableArray<Violation> Violations, ImmutableArray<Address> Unread);

/// <param name="Document">flagd's document, in object form.</param>
/// <param name="Notes">What flagd cannot say, by flag and in words; the flag is then left as near as flagd can.</param>
public sealed record FlagdExport(JsonObject Document, ImmutableArray<string> Notes);

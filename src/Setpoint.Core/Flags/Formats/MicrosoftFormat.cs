using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags.Formats;

/// <summary>Microsoft's feature management schema, version 2: flags of one environment, as .NET's and other stacks' libraries load them.</summary>
public static class MicrosoftFormat
{
    /// <summary>
    /// Makes the document of a set. Whom a flag is for becomes the filters <c>Microsoft.Targeting</c> and <c>Microsoft.TimeWindow</c>, and which
    /// variant they get the flag's allocation.
    /// </summary>
    /// <param name="flags">The set.</param>
    /// <param name="now">Steps of schedules are exported as they are then.</param>
    public static MicrosoftExport Export(FlagSet flags, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(flags);
        return new MicrosoftWriter(flags, now).Write();
    }
}

/// <param name="Document">An object with <c>feature_management.feature_flags</c>.</param>
/// <param name="Notes">What the schema cannot say, by flag and in words; the flag is then left as near as it can be.</param>
public sealed record MicrosoftExport(JsonObject Document, ImmutableArray<string> Notes);

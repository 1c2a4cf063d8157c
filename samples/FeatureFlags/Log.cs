using System.Collections.Immutable;

namespace FeatureFlags;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Flags changed at revision {Revision}: {Keys}")]
    public static partial void Changed(ILogger log, long revision, ImmutableArray<string> keys);
}

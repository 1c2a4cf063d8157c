using Microsoft.Extensions.Logging;

namespace Setpoint.Client;

/// <summary>Every line that the client logs, ids 7000 to 7099. None of them holds a configuration value or a key.</summary>
internal static partial class SetpointLog
{
    [LoggerMessage(7000, LogLevel.Information, "Configuration of {Identity}: version {Version}, read at revision {Revision}.")]
    public static partial void Started(this ILogger log, string identity, long version, long revision);

    [LoggerMessage(7001, LogLevel.Warning, "Configuration of {Identity} comes from the cache: version {Version}, revision {Revision}, saved {AgeSeconds:0} s ago. {Reason}")]
    public static partial void StartedFromCache(this ILogger log, string identity, long version, long revision, double ageSeconds, string reason);

    [LoggerMessage(7002, LogLevel.Warning, "Starting without a configuration of {Identity}, as Optional allows. {Reason}")]
    public static partial void StartedWithout(this ILogger log, string identity, string reason);

    [LoggerMessage(7010, LogLevel.Information, "Configuration updated to version {Version}, revision {Revision}.")]
    public static partial void Updated(this ILogger log, long version, long revision);

    [LoggerMessage(7011, LogLevel.Error, "Configuration version {Version}, revision {Revision}, is refused by this app's validation; version {Current} stays. {Failures}")]
    public static partial void Refused(this ILogger log, long version, long revision, long current, string failures);

    [LoggerMessage(7012, LogLevel.Warning, "The server went back from revision {Before} to revision {Now}, as after restoring a backup; its configuration is taken.")]
    public static partial void WentBack(this ILogger log, long before, long now);

    [LoggerMessage(7013, LogLevel.Error, "A callback of the app for a configuration {What} threw; the configuration stays in use.")]
    public static partial void CallbackFailed(this ILogger log, string what, Exception exception);

    [LoggerMessage(7014, LogLevel.Warning, "The handle '{Key}' keeps its value: {Problem}.")]
    public static partial void HandleKept(this ILogger log, string key, string problem);

    [LoggerMessage(7015, LogLevel.Warning, "The value at '{Key}' cannot be converted to {Type}; the fallback is used. Said once for each key.")]
    public static partial void ConversionFailed(this ILogger log, string key, string type);

    [LoggerMessage(7020, LogLevel.Warning, "Lost the Setpoint server; the configuration of revision {Revision} stays, and retries go on without further lines. {Reason}")]
    public static partial void OutageBegan(this ILogger log, string reason, long revision);

    [LoggerMessage(7021, LogLevel.Information, "The Setpoint server is back after {Seconds:0.0} s and {Attempts} failed attempt(s); at revision {Revision}.")]
    public static partial void OutageEnded(this ILogger log, double seconds, int attempts, long revision);

    [LoggerMessage(7022, LogLevel.Error, "The Setpoint server refuses this client; the configuration of revision {Revision} stays, and it is asked again about once a minute. {Reason}")]
    public static partial void Unauthorized(this ILogger log, string reason, long revision);

    [LoggerMessage(7023, LogLevel.Warning, "The stream of changes does not get through; polling instead, and trying the stream again every {Seconds:0} s. {Reason}")]
    public static partial void StreamGivenUp(this ILogger log, string reason, double seconds);

    [LoggerMessage(7024, LogLevel.Error, "Following the server failed unexpectedly; it goes on after a pause.")]
    public static partial void FollowerStumbled(this ILogger log, Exception exception);

    [LoggerMessage(7025, LogLevel.Warning, "The configuration of {Identity} lacks {Count} key(s) that this app requires: {Problems}.")]
    public static partial void RequiredKeysMissing(this ILogger log, string identity, int count, string problems);

    [LoggerMessage(7026, LogLevel.Debug, "The server knows the {Count} required key(s) of this app.")]
    public static partial void Registered(this ILogger log, int count);

    [LoggerMessage(7027, LogLevel.Warning, "The server could not be told of the required keys of this app, which works all the same. {Reason}")]
    public static partial void NotRegistered(this ILogger log, string reason);

    [LoggerMessage(7040, LogLevel.Information, "{Count} flag(s) of {Namespace} in {Environment}, read at revision {Revision}.")]
    public static partial void FlagsStarted(this ILogger log, int count, string @namespace, string environment, long revision);

    [LoggerMessage(7041, LogLevel.Warning, "{Count} flag(s) of {Namespace} in {Environment} come from the cache: revision {Revision}, saved {AgeSeconds:0} s ago. {Reason}")]
    public static partial void FlagsStartedFromCache(
        this ILogger log, int count, string @namespace, string environment, long revision, double ageSeconds, string reason);

    [LoggerMessage(7042, LogLevel.Warning, "Starting without the flags of {Namespace} in {Environment}: evaluations give their fallbacks until they arrive. {Reason}")]
    public static partial void FlagsStartedWithout(this ILogger log, string @namespace, string environment, string reason);

    [LoggerMessage(7043, LogLevel.Warning, "The flags of {Namespace} in {Environment} cannot be had; those that are here stay. Said once until it changes. {Reason}")]
    public static partial void FlagsFailed(this ILogger log, string @namespace, string environment, string reason);

    [LoggerMessage(7044, LogLevel.Warning, "{Count} flag(s) of {Namespace} cannot be read by this version of the library and give their fallbacks, '{Key}' among them: {Problem}")]
    public static partial void FlagsUnreadable(this ILogger log, string @namespace, int count, string key, string problem, Exception? exception);

    [LoggerMessage(7045, LogLevel.Warning, "Flag '{Key}' gives its fallback: {Code}, {Problem} Said once for each key.")]
    public static partial void FlagFellBack(this ILogger log, string key, string code, string problem);

    [LoggerMessage(7046, LogLevel.Error, "Following the flags of {Namespace} failed unexpectedly; it goes on after a pause.")]
    public static partial void FlagsStumbled(this ILogger log, string @namespace, Exception exception);

    [LoggerMessage(7047, LogLevel.Warning, "The server does not take the counts of flag evaluations; evaluation works all the same. Said once until it does. {Reason}")]
    public static partial void ExposuresRefused(this ILogger log, string reason);

    [LoggerMessage(7048, LogLevel.Warning, "Counts of {Count} flag evaluation(s) were dropped: more were waiting for the server than are kept. Said once until it takes some.")]
    public static partial void ExposuresDropped(this ILogger log, long count);

    [LoggerMessage(7049, LogLevel.Error, "Reporting flag evaluations failed unexpectedly; it goes on with the next interval.")]
    public static partial void ExposuresStumbled(this ILogger log, Exception exception);

    [LoggerMessage(7030, LogLevel.Warning, "The cache file {Path} is ignored: {Problem}.")]
    public static partial void CacheSlotUnusable(this ILogger log, string path, string problem);

    [LoggerMessage(7031, LogLevel.Warning, "The cache cannot be written; a restart while the server is down would not find the newest configuration or flags. {Problem}")]
    public static partial void CacheNotWritten(this ILogger log, string problem);
}

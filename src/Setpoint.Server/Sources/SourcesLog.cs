namespace Setpoint.Server.Sources;

/// <summary>Messages 2200 to 2299. They name files and keys, never a value.</summary>
internal static partial class SourcesLog
{
    [LoggerMessage(2200, LogLevel.Information, "Configuration tree {Tree}: {Files} files, of which {Problems} are broken; the ledger is at revision {Revision}.")]
    public static partial void Started(ILogger logger, string tree, int files, int problems, long revision);

    [LoggerMessage(2201, LogLevel.Information, "Revision {Revision} by {Actor}: {What}.")]
    public static partial void Imported(ILogger logger, long revision, string actor, string what);

    [LoggerMessage(2202, LogLevel.Warning, "{Tree}/{Place}: {Reason} The last good version stays in effect.")]
    public static partial void Broken(ILogger logger, string tree, string place, string reason);

    [LoggerMessage(2203, LogLevel.Information, "{Tree}/{File} is in order again.")]
    public static partial void Mended(ILogger logger, string tree, string file);

    [LoggerMessage(2205, LogLevel.Warning, "Not used, since their place stands for nothing: {Names}. Layers are global.json, environments/<env>.json, services/<service>.json and services/<service>/<env>.json; schemas are schemas/<namespace>.json.")]
    public static partial void NotUsed(ILogger logger, string names);

    [LoggerMessage(2206, LogLevel.Warning, "{Tree} cannot be watched ({Reason}); it is looked at every few seconds instead.")]
    public static partial void NotWatched(ILogger logger, string tree, string reason);

    [LoggerMessage(2207, LogLevel.Error, "Following {Tree} failed because of a bug; the next change or look tries again.")]
    public static partial void PassFailed(ILogger logger, string tree, Exception exception);
}

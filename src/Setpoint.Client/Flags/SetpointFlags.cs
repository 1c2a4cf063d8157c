using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;

namespace Setpoint.Client.Flags;

/// <summary>Evaluates against the current view.</summary>
internal sealed class SetpointFlags : ISetpointFlags
{
    // How many different keys get a log line for a fallback; the metric counts all of them.
    private const int ToldKeysMax = 100;

    private readonly FlagRuntime _runtime;
    private readonly FlagBoard _board;
    private readonly FlagTime _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, bool> _toldKeys = new(StringComparer.Ordinal);

    public SetpointFlags(FlagRuntime runtime, TimeProvider time, ILogger log)
    {
        _runtime = runtime;
        _board = runtime.Board;
        _time = time;
        _log = log;
        runtime.Changed = args => Changed?.Invoke(this, args);
    }

    /// <inheritdoc/>
    public event EventHandler<FlagsChangedEventArgs>? Changed;

    /// <inheritdoc/>
    public SetpointFlagsStatus Status => _runtime.Status;

    /// <inheritdoc/>
    public bool GetBoolean(string key, bool fallback, FlagContext? context = null) =>
        TryEvaluate(key, context, FlagType.Boolean, out var result) ? result.GetBoolean(fallback) : fallback;

    /// <inheritdoc/>
    public string GetString(string key, string fallback, FlagContext? context = null) =>
        TryEvaluate(key, context, FlagType.String, out var result) ? result.GetString(fallback) : fallback;

    /// <inheritdoc/>
    public double GetNumber(string key, double fallback, FlagContext? context = null) =>
        TryEvaluate(key, context, FlagType.Number, out var result) ? result.GetNumber(fallback) : fallback;

    /// <inheritdoc/>
    public long GetInteger(string key, long fallback, FlagContext? context = null)
    {
        if (!TryEvaluate(key, context, FlagType.Number, out var result) || !result.HasValue)
            return fallback;
        if (TryWhole(result, out var whole))
            return whole;
        if (FellBack(key))
            _log.FlagFellBack(key, FlagCodes.TypeMismatch, NotWhole(key, result));
        return fallback;
    }

    /// <inheritdoc/>
    public JsonObject GetObject(string key, JsonObject fallback, FlagContext? context = null) =>
        TryEvaluate(key, context, FlagType.Object, out var result) ? result.GetObject(fallback) : fallback;

    /// <inheritdoc/>
    public FlagDetails<bool> GetBooleanDetails(string key, bool fallback, FlagContext? context = null) =>
        Details(key, fallback, context, FlagType.Boolean, static (result, otherwise) => result.GetBoolean(otherwise));

    /// <inheritdoc/>
    public FlagDetails<string> GetStringDetails(string key, string fallback, FlagContext? context = null) =>
        Details(key, fallback, context, FlagType.String, static (result, otherwise) => result.GetString(otherwise));

    /// <inheritdoc/>
    public FlagDetails<double> GetNumberDetails(string key, double fallback, FlagContext? context = null) =>
        Details(key, fallback, context, FlagType.Number, static (result, otherwise) => result.GetNumber(otherwise));

    /// <inheritdoc/>
    public FlagDetails<long> GetIntegerDetails(string key, long fallback, FlagContext? context = null)
    {
        var number = Details<(long Whole, string? Problem)>(key, (fallback, null), context, FlagType.Number, (result, otherwise) =>
            !result.HasValue ? otherwise : TryWhole(result, out var whole) ? (whole, null) : (otherwise.Whole, NotWhole(key, result)));
        return number.Value.Problem is { } problem
            ? new(key, fallback, null, FlagReason.Error.ToWire(), FlagCodes.TypeMismatch, problem, number.Metadata, number.Namespace, number.Revision)
            : new(key, number.Value.Whole, number.Variant, number.Reason, number.ErrorCode, number.ErrorMessage, number.Metadata, number.Namespace, number.Revision);
    }

    /// <inheritdoc/>
    public FlagDetails<JsonObject> GetObjectDetails(string key, JsonObject fallback, FlagContext? context = null) =>
        Details(key, fallback, context, FlagType.Object, static (result, otherwise) => result.GetObject(otherwise));

    /// <summary>False, and told once for each key, where the flag serves nothing of this type because something is wrong.</summary>
    private bool TryEvaluate(string key, FlagContext? context, FlagType type, out FlagResult result)
    {
        var view = _board.Current;
        if (key is not null && view.TryEvaluate(key, context ?? FlagContext.Empty, _time, out result, out _))
        {
            if (result.Error == FlagError.None && result.Is(type))
                return true;
            if (FellBack(key))
                Tell(key, result.As(type));
            return false;
        }

        result = default;
        if (FellBack(key ?? ""))
        {
            var (code, message) = view.WhyMissing(key);
            _log.FlagFellBack(key ?? "", code, message);
        }

        return false;
    }

    private FlagDetails<T> Details<T>(string key, T fallback, FlagContext? context, FlagType type, Func<FlagResult, T, T> read)
    {
        var view = _board.Current;
        if (key is null || !view.TryEvaluate(key, context ?? FlagContext.Empty, _time, out var found, out var home))
        {
            var (code, message) = view.WhyMissing(key);
            SetpointMetrics.FlagFallbacks.Add(1);
            return new(key ?? "", fallback, null, FlagReason.Error.ToWire(), code, message, JsonObject.Empty, null, 0);
        }

        var result = found.As(type);
        if (result.Error != FlagError.None)
            SetpointMetrics.FlagFallbacks.Add(1);
        return new(
            key, read(result, fallback), result.Variant, result.Reason.ToWire(), result.Error.ToWire(), result.ErrorMessage, result.Metadata,
            home!.Namespace, home.Definitions!.Revision);
    }

    private static bool TryWhole(in FlagResult result, out long whole)
    {
        // Below 2^53 a double has every whole number; what is larger is read from its digits.
        var number = result.GetNumber(0);
        whole = 0;
        if (!double.IsInteger(number))
            return false;
        if (Math.Abs(number) >= 1L << 53)
            return result.Value is JsonNumber digits && digits.TryGetInt64(out whole);
        whole = (long)number;
        return true;
    }

    private static string NotWhole(string key, in FlagResult result) =>
        $"Flag '{key}' serves '{result.Variant}', which is no whole number of 64 bits; one is asked for.";

    private void Tell(string key, in FlagResult wrong) => _log.FlagFellBack(key, wrong.Error.ToWire()!, wrong.ErrorMessage!);

    /// <summary>Counts a fallback. True if it is to be told: why is said in words, which cost, and once for each key.</summary>
    private bool FellBack(string key)
    {
        SetpointMetrics.FlagFallbacks.Add(1);
        return _toldKeys.Count < ToldKeysMax && _toldKeys.TryAdd(key, true);
    }
}

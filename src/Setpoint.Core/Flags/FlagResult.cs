using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags;

/// <summary>Why a flag has the value that it has.</summary>
public enum FlagReason
{
    /// <summary>The flag has one value for everybody.</summary>
    Static,

    /// <summary>No rule matched, or targeting came to null.</summary>
    Default,
    TargetingMatch,

    /// <summary>A share of users gets it.</summary>
    Split,
    Disabled,
    PrerequisiteFailed,
    Error,
}

/// <summary>What went wrong, in OpenFeature's words.</summary>
public enum FlagError
{
    None,
    FlagNotFound,
    ParseError,
    TypeMismatch,
    TargetingKeyMissing,
    General,
}

/// <summary>Reasons and errors as they are written on the wire.</summary>
public static class FlagWords
{
    public static string ToWire(this FlagReason reason) => reason switch
    {
        FlagReason.Static => "STATIC",
        FlagReason.Default => "DEFAULT",
        FlagReason.TargetingMatch => "TARGETING_MATCH",
        FlagReason.Split => "SPLIT",
        FlagReason.Disabled => "DISABLED",
        FlagReason.PrerequisiteFailed => "PREREQUISITE_FAILED",
        FlagReason.Error => "ERROR",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Unknown reason."),
    };

    /// <summary>Null for no error.</summary>
    public static string? ToWire(this FlagError error) => error switch
    {
        FlagError.None => null,
        FlagError.FlagNotFound => "FLAG_NOT_FOUND",
        FlagError.ParseError => "PARSE_ERROR",
        FlagError.TypeMismatch => "TYPE_MISMATCH",
        FlagError.TargetingKeyMissing => "TARGETING_KEY_MISSING",
        FlagError.General => "GENERAL",
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, "Unknown error."),
    };
}

/// <summary>What a flag came to for a context. Holds references to what the set of flags holds; making and reading one allocates nothing.</summary>
public readonly struct FlagResult
{
    private readonly FlagPlan? _plan;
    private readonly string? _detail;
    private readonly FlagAnswer _answer;

    /// <param name="plan">Null if there is no flag of this key.</param>
    /// <param name="answer">What it came to.</param>
    /// <param name="detail">The key that was asked for, the attribute that is missing, or else what went wrong as a text.</param>
    internal FlagResult(FlagPlan? plan, FlagAnswer answer, string? detail)
    {
        _plan = plan;
        _detail = detail;
        _answer = answer;
    }

    public FlagReason Reason => _answer.Reason;

    public FlagError Error => _answer.Error;

    /// <summary>What went wrong, for a person; null if nothing did.</summary>
    public string? ErrorMessage => Error switch
    {
        FlagError.None => null,
        // The two that an app may meet at every call: their text is made when somebody reads it.
        FlagError.FlagNotFound => $"There is no flag '{FlagKeys.Clip(_detail!)}' in this namespace.",
        FlagError.TargetingKeyMissing => $"Flag '{_plan!.Key}' splits users by '{_detail}', and the context has none.",
        _ => _detail,
    };

    /// <summary>False: the default in the caller's code stands.</summary>
    public bool HasValue => _answer.Variant >= 0;

    /// <summary>The name of the variant; null if the default in the caller's code stands.</summary>
    public string? Variant => Served?.Name;

    /// <summary>Null if the default in the caller's code stands.</summary>
    public JsonValue? Value => Served?.Value;

    /// <summary>What the flag's document says to go with every answer.</summary>
    public JsonObject Metadata => _plan?.Flag.Metadata ?? JsonObject.Empty;

    /// <summary>The flag; null if there is none of this key.</summary>
    public Flag? Flag => _plan?.Flag;

    /// <summary>The place of the variant among <see cref="Flag.Variants"/>; -1 if the default in the caller's code stands.</summary>
    public int VariantNumber => _answer.Variant;

    internal FlagAnswer Answer => _answer;

    private VariantPlan? Served => _plan?.Served(_answer);

    /// <summary>True if the value is of this type or absent.</summary>
    public bool Is(FlagType type) => Served is not { } variant || variant.Type == type;

    /// <summary>The same result where the value is of this type or absent; else the error <see cref="FlagError.TypeMismatch"/>, without a value.</summary>
    public FlagResult As(FlagType type) => Is(type) ? this : Mismatch(type);

    public bool GetBoolean(bool fallback) => Served is { Type: FlagType.Boolean } variant ? variant.Boolean : fallback;

    public double GetNumber(double fallback) => Served is { Type: FlagType.Number } variant ? variant.Number : fallback;

    public string GetString(string fallback) => Served is { Type: FlagType.String } variant ? variant.Text! : fallback;

    public JsonObject GetObject(JsonObject fallback) => Served is { Type: FlagType.Object } variant ? (JsonObject)variant.Value : fallback;

    private FlagResult Mismatch(FlagType type)
    {
        var variant = Served!;
        return new(_plan, new(-1, FlagReason.Error, FlagError.TypeMismatch),
            $"Flag '{_plan!.Key}' serves '{variant.Name}', which is {FlagTypes.Describe(variant.Type)}; {FlagTypes.Describe(type)} is asked for.");
    }
}

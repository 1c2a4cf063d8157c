using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Rules;

/// <summary>
/// A rule over effective configurations, beyond what a schema can say. Immutable and thread-safe.
/// <code>{"name", "message", "when"?, "assert", "severity"?: "error"|"warning", "across"?: "environments"|"namespaces", "uses"?: [...]}</code>
/// </summary>
public sealed class ConfigRule
{
    public const int NameLengthMax = 128;

    /// <summary>Characters of a message as it is written, before values are filled in.</summary>
    public const int MessageLengthMax = 1_000;

    /// <summary>Namespaces that one rule may name.</summary>
    public const int UsesMax = 100;

    private readonly JsonLogic? _when;
    private readonly JsonLogic _assert;
    private readonly RuleMessage _text;

    private ConfigRule(string name, string message, RuleMessage text, JsonLogic? when, JsonLogic assert)
    {
        Name = name;
        Message = message;
        _text = text;
        _when = when;
        _assert = assert;
    }

    /// <summary>1 to 128 characters; unique in its list, which is for the caller to check.</summary>
    public string Name { get; }

    /// <summary>The message as written.</summary>
    public string Message { get; }

    /// <summary>Default <see cref="RuleSeverity.Error"/>.</summary>
    public RuleSeverity Severity { get; private init; }

    /// <summary>Default <see cref="RuleReach.One"/>.</summary>
    public RuleReach Reach { get; private init; }

    /// <summary>The other namespaces that it reads, in order.</summary>
    public ImmutableArray<RuleUse> Uses { get; private init; } = [];

    /// <summary>Paths in the data that <c>when</c> and <c>assert</c> read. What <see cref="ReadsAnything"/> says of <see cref="JsonLogic"/> holds.</summary>
    public ImmutableArray<string> Variables =>
        _when is null ? _assert.Variables : [.. _when.Variables.Union(_assert.Variables, StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public bool ReadsAnything => _assert.ReadsAnything || _when is { ReadsAnything: true };

    /// <summary>Reads a rule and reports every problem.</summary>
    /// <param name="rule">The rule as written.</param>
    /// <param name="address">The document that holds it.</param>
    /// <param name="path">JSON Pointer of the rule in that document.</param>
    /// <param name="violations">Where problems are reported.</param>
    /// <returns>Null if there is a problem.</returns>
    public static ConfigRule? Parse(JsonObject rule, Address address, string path, ViolationList violations)
    {
        var before = violations.Count;
        var shape = new ShapeReader(address, rule, violations, path);
        var name = shape.RequiredString("name", NameLengthMax);
        var message = shape.RequiredString("message", MessageLengthMax);
        var severity = Choice(shape.OptionalString("severity"), "severity", ["error", "warning"], address, path, violations);
        var across = Choice(shape.OptionalString("across"), "across", ["environments", "namespaces"], address, path, violations);
        var when = shape.OptionalValue("when");
        // An assertion may be the value null, which then never holds; that is as likely a slip as leaving it out.
        var assert = shape.OptionalValue("assert");
        var uses = shape.OptionalValue("uses");
        shape.RefuseUnknown();

        var text = message is null ? null : ReadMessage(message, address, path, violations);
        if (assert is null)
            violations.Add(address, path + "/assert", ViolationCode.MissingRequiredParameter, "'assert' is required: the JSONLogic expression that must hold.");
        var reach = across switch { "environments" => RuleReach.Environments, "namespaces" => RuleReach.Namespaces, _ => RuleReach.One };
        var used = ReadUses(uses, reach, address, path, violations);
        var whenLogic = Compile(when, "when", address, path, violations);
        var assertLogic = Compile(assert, "assert", address, path, violations);
        if (violations.Count > before || name is null || message is null || text is null || assertLogic is null)
            return null;
        return new(name, message, text, whenLogic, assertLogic)
        {
            Severity = severity == "warning" ? RuleSeverity.Warning : RuleSeverity.Error,
            Reach = reach,
            Uses = used,
        };
    }

    /// <summary>Checks the data. Never throws for any data, and always ends.</summary>
    public ConfigRuleOutcome Check(RuleData data)
    {
        var record = new RuleRecord(data);
        if (_when is not null)
        {
            var applies = _when.Evaluate(record);
            if (applies.TimedOut)
                return ConfigRuleOutcome.TimedOut;
            if (!applies.Value.IsTruthy)
                return ConfigRuleOutcome.NotApplicable;
        }

        var holds = _assert.Evaluate(record);
        if (holds.TimedOut)
            return ConfigRuleOutcome.TimedOut;
        return holds.Value.IsTruthy ? ConfigRuleOutcome.Holds : ConfigRuleOutcome.Broken;
    }

    /// <summary>
    /// The message with the values of the data in its places. Values are clipped at 100 characters, arrays and objects named and not shown.
    /// </summary>
    /// <param name="data">The data that broke the rule.</param>
    /// <param name="isSecret">True for a path whose value must not be shown, for example <c>db.password</c> or <c>$uses.db-main.password</c>.</param>
    public string Explain(RuleData data, Func<string, bool> isSecret)
    {
        ArgumentNullException.ThrowIfNull(isSecret);
        return _text.Fill(new RuleRecord(data), isSecret);
    }

    private static string? Choice(string? found, string property, string[] known, Address address, string path, ViolationList violations)
    {
        if (found is null || known.Contains(found, StringComparer.Ordinal))
            return found;
        violations.Add(address, $"{path}/{property}", ViolationCode.ConstraintViolation,
            $"'{property}' is \"{string.Join("\" or \"", known)}\", and \"{Phrase.Clip(found)}\" is given.");
        return null;
    }

    private static RuleMessage? ReadMessage(string message, Address address, string path, ViolationList violations)
    {
        var read = RuleMessage.Parse(message, out var problem);
        if (problem is not null)
            violations.Add(address, path + "/message", ViolationCode.ConstraintViolation, problem);
        return read;
    }

    private static ImmutableArray<RuleUse> ReadUses(JsonValue? uses, RuleReach reach, Address address, string path, ViolationList violations)
    {
        if (uses is null)
            return [];
        if (uses is not JsonArray array)
        {
            violations.Add(address, path + "/uses", ViolationCode.InvalidParameterType, $"'uses' must be an array, not {JsonKinds.Describe(uses.Kind)}.");
            return [];
        }

        if (array.Items.Length > UsesMax)
        {
            violations.Add(address, path + "/uses", ViolationCode.ConstraintViolation, $"'uses' has {array.Items.Length} entries; the limit is {UsesMax}.");
            return [];
        }

        var read = ImmutableArray.CreateBuilder<RuleUse>(array.Items.Length);
        for (var i = 0; i < array.Items.Length; i++)
        {
            var place = $"{path}/uses/{i}";
            if (RuleUse.Parse(array.Items[i], reach, address, place, violations) is not { } use)
                continue;
            if (read.Any(other => other.Alias == use.Alias))
                violations.Add(address, place, ViolationCode.ConstraintViolation, $"'{use.Alias}' is used twice; give one of them another name with \"as\".");
            read.Add(use);
        }

        return read.ToImmutable();
    }

    private static JsonLogic? Compile(JsonValue? expression, string property, Address address, string path, ViolationList violations)
    {
        if (expression is null)
            return null;
        if (JsonLogic.Compile(expression, LogicOptions.Standard).TryGet(out var logic, out var fault))
            return logic;
        foreach (var violation in ((Fault.Invalid)fault).Violations)
            violations.Add(address, $"{path}/{property}{violation.Path}", violation.Code, violation.Message);
        return null;
    }
}

/// <summary>What becomes of a change that breaks a rule.</summary>
public enum RuleSeverity
{
    /// <summary>A change that breaks the rule is refused.</summary>
    Error,

    /// <summary>A change that breaks the rule is accepted and answered with a warning.</summary>
    Warning,
}

/// <summary>How much one check of a rule sees.</summary>
public enum RuleReach
{
    /// <summary>One namespace in one environment.</summary>
    One,

    /// <summary>One namespace in all environments.</summary>
    Environments,

    /// <summary>One namespace and those it uses, in one environment.</summary>
    Namespaces,
}

/// <summary>What a rule says of one configuration.</summary>
public enum ConfigRuleOutcome
{
    Holds,
    Broken,

    /// <summary><c>when</c> does not hold.</summary>
    NotApplicable,

    /// <summary>The budget was spent before there was an answer. Deterministic: the same data times out again.</summary>
    TimedOut,
}

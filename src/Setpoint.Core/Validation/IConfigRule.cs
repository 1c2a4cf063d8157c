using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Validation;

/// <summary>
/// A rule over effective configurations that is written in code. It is asked about every configuration that a commit may change, of every
/// namespace, environment and user; it must be a pure function of what it is shown, thread-safe, and quick.
/// </summary>
public interface IConfigRule
{
    /// <summary>What violations call it, such as <c>no-plain-http</c>.</summary>
    string Name { get; }

    void Check(ConfigRuleContext context);
}

/// <summary>One effective configuration, as a rule in code sees it.</summary>
public sealed class ConfigRuleContext
{
    private readonly Action<string, string, RuleSeverity> _report;

    internal ConfigRuleContext(Snapshot candidate, string ns, ResolveContext context, JsonObject config, Action<string, string, RuleSeverity> report)
    {
        Candidate = candidate;
        Namespace = ns;
        Context = context;
        Config = config;
        _report = report;
    }

    /// <summary>Everything as it would be.</summary>
    public Snapshot Candidate { get; }

    public string Namespace { get; }

    public ResolveContext Context { get; }

    public JsonObject Config { get; }

    /// <summary>Refuses the commit.</summary>
    /// <param name="path">JSON Pointer of the value at fault; empty for the configuration as a whole.</param>
    /// <param name="message">The rule, the value found and the way out, in a sentence. Never a secret.</param>
    public void Refuse(string path, string message) => _report(path, message, RuleSeverity.Error);

    /// <summary>Lets the commit pass with a word of warning.</summary>
    /// <inheritdoc cref="Refuse"/>
    public void Warn(string path, string message) => _report(path, message, RuleSeverity.Warning);
}

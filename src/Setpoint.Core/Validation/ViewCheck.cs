using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rules;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Validation;

/// <summary>Checks one effective configuration after the other against schema and rules.</summary>
/// <remarks>
/// Steps: 1. collect the layers; 2. stop if nothing is to be obeyed, or if a merge of layers like these was found right before; 3. merge, and
/// resolve what they refer to; 4. validate against the schema; 5. look at places marked secret or deprecated; 6. apply the rules; 7. remember what was right.
/// </remarks>
internal sealed class ViewCheck(RuleContext commit, ImmutableArray<IConfigRule> rulesInCode, ViolationGroups found)
{
    private readonly HashSet<Address> _changed = [.. commit.Changes.Select(change => change.Address)];
    private readonly List<SchemaMark> _marks = [];
    private readonly RuleCheck _rules = new(commit.Candidate);

    // See RuleCheck: what found no end once is not tried again.
    private readonly HashSet<JsonSchema> _endless = [];

    public void Check(string ns, in ResolveContext context, bool onlyIfReferring = false)
    {
        var stack = LayerStack.Of(commit.Candidate, ns, context);
        if (!EffectiveConfiguration.IsConfigured(stack, ns) || (onlyIfReferring && !stack.HasReferences))
            return;
        var entry = commit.Candidate.Schemas().Find(ns);
        if (entry is null && rulesInCode.IsEmpty && !stack.HasReferences)
            return;
        // What layers and defaults refer to is not among their fingerprints.
        var memo = rulesInCode.IsEmpty && !stack.HasReferences && entry?.Content is { LooksElsewhere: false, References.IsEmpty: true } ? entry.Memo : null;
        var key = memo is null ? default : new ValidMemo.Key(entry!.Content!.Rules.IsEmpty ? "" : context.Environment!, stack.Fingerprints);
        if (memo?.Contains(key) == true)
            return;

        (stack, var config) = EffectiveConfiguration.Merge(commit.Candidate, ns, stack);
        ResolvedReferences? references = null;
        if (stack.HasReferences)
        {
            references = ResolvedReferences.Of(commit.Candidate, ns, context, stack, config);
            if (!references.Problems.IsEmpty)
            {
                foreach (var problem in references.Problems)
                    found.Add(Finding.Of(problem, context), context.Environment);
                return;
            }

            config = references.Config;
        }

        var view = new CheckedView(ns, context, stack, config, found);
        if (entry is not null && entry.Compiled.TryGet(out var schema, out _))
        {
            CheckSchema(view, entry, schema, references);
            _rules.Check(view, entry, schema);
        }

        foreach (var rule in rulesInCode)
            rule.Check(new(commit.Candidate, ns, context, config, (path, message, severity) => view.Report(path, ViolationCode.ConstraintViolation, $"rule {rule.Name}", message, severity)));
        if (view.IsClean)
            memo?.Add(key);
    }

    /// <summary>Rules of a namespace over all its environments.</summary>
    public void CheckAcross(string ns)
    {
        if (commit.Candidate.Schemas().Find(ns) is not { } entry || !entry.Compiled.TryGet(out var schema, out _))
            return;
        if (!entry.Content!.Rules.Any(rule => rule.Reach == RuleReach.Environments))
            return;
        _rules.CheckAcross(new(ns, default, LayerStack.Of(commit.Candidate, ns, default), JsonObject.Empty, found), entry, schema);
    }

    private void CheckSchema(CheckedView view, SchemaEntry entry, JsonSchema schema, ResolvedReferences? references)
    {
        if (_endless.Contains(schema))
            return;
        var verdict = schema.Evaluate(view.Config);
        foreach (var error in verdict.Errors)
        {
            // Nobody knows yet of what type a secret will be.
            if (references is not null && view.ValueAt(error.InstancePath) is { } value && references.IsOpaque(value))
                continue;
            view.Report(error.InstancePath, CodeOf(error.Keyword), $"{entry.Document.Address}#{error.SchemaPath}", error.Message, RuleSeverity.Error);
        }

        if (verdict.TimedOut)
        {
            _endless.Add(schema);
            view.Report("", ViolationCode.ValidationTimeout, entry.Document.Address.Text,
                $"{entry.Document.Address} asks for more steps than a check may take; simplify what it says of this configuration.", RuleSeverity.Error);
        }

        if (!schema.HasMarks)
            return;
        _marks.Clear();
        schema.FindMarks(view.Config, _marks);
        foreach (var mark in _marks)
            CheckMark(view, entry, mark);
    }

    private void CheckMark(CheckedView view, SchemaEntry entry, SchemaMark mark)
    {
        var rule = $"{entry.Document.Address}#{mark.SchemaPath}";
        if (mark.Kind == SchemaMarkKind.Secret)
        {
            if (!SecretPlace.Allows(mark.Value))
            {
                view.Report(mark.InstancePath, ViolationCode.ConstraintViolation, rule, SecretPlace.Refusal(mark.InstancePath), RuleSeverity.Error);
            }

            return;
        }

        // Only who writes it is told; a commit elsewhere is not the place to hear of an old sin.
        if (view.SupplierOf(mark.InstancePath) is { } supplier && _changed.Contains(supplier.Document.Address))
        {
            var advice = mark.Advice is { } text ? $": {text}" : ".";
            view.Report(mark.InstancePath, ViolationCode.ConstraintViolation, rule, $"'{mark.InstancePath}' is deprecated{advice}", RuleSeverity.Warning);
        }
    }

    private static string CodeOf(string keyword) => keyword switch
    {
        "type" => ViolationCode.InvalidParameterType,
        "required" or "dependentRequired" => ViolationCode.MissingRequiredParameter,
        _ => ViolationCode.ConstraintViolation,
    };
}

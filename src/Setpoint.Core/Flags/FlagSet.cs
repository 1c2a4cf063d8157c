using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Setpoint.Core.Flags.Checks;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Flags.Explaining;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags;

/// <summary>
/// The flags of one namespace in one environment, compiled. Immutable and thread-safe. Evaluation never throws for any flag and context, and
/// allocates nothing but what an expression itself makes (the text of <c>cat</c> outside of <c>fractional</c>, the arrays of <c>missing</c> and <c>map</c>)
/// and the text of an error that no Gate would have let through.
/// </summary>
/// <remarks>
/// The order of checks: 1. disabled, or outside of its schedule: the default in the caller's code, DISABLED. 2. A dependency that is not
/// met: the off variant, PREREQUISITE_FAILED. 3. Nothing to decide: the default variant, STATIC. 4. Targeting or rules. An error gives the default
/// in the caller's code, as in flagd.
/// </remarks>
public sealed class FlagSet
{
    // The Gate lets no flag need more evaluations of others than this; a set made of anything else still ends.
    private const int DependencyDepthMax = FlagDependencyRule.EvaluationsMax;

    private readonly FlagSetSource _source;
    private readonly FlagLayout _layout;
    private readonly FlagPlan[] _plans;

    // By key; sets that follow each other share it until a flag comes or goes, for making it takes longer than all the rest.
    private readonly FlagPlaces _places;
    private readonly ImmutableArray<FlagPlan> _scheduled;

    private FlagSet(FlagSetSource source, FlagLayout layout, FlagPlan[] plans, ImmutableArray<FlagFailure> failures, FlagPlaces? places)
    {
        _source = source;
        Failures = failures;
        _layout = layout;
        _plans = plans;
        _places = places ?? new([.. plans.Select(plan => plan.Key)]);
        _scheduled = [.. plans.Where(plan => plan.Schedule is not null)];
        ReadsTime = Array.Exists(plans, plan => plan.ReadsTime);
    }

    public string Namespace => _source.Namespace;

    public string Environment => _source.Environment;

    public int Count => _plans.Length;

    /// <summary>True if an expression asks for <c>$flagd.timestamp</c>: answers may then differ from one second to the next.</summary>
    public bool ReadsTime { get; }

    /// <summary>Keys of the flags, in the order of what the set was compiled of.</summary>
    public IEnumerable<string> Keys => _plans.Select(plan => plan.Key);

    /// <summary>
    /// Flags that a bug kept from being compiled, in the order of the source. Each answers an error, and all others work. One that was taken over from
    /// the set before is not told again: whoever compiles tells somebody of these, or nobody learns of it.
    /// </summary>
    public ImmutableArray<FlagFailure> Failures { get; }

    /// <summary>Compiles. A flag that cannot be compiled keeps no other back: see <see cref="Failures"/>.</summary>
    /// <param name="previous">
    /// The set before this one, of the same namespace and environment: what has not changed since is taken over, with its counters, and contexts
    /// stay laid out. Null for none.
    /// </param>
    public static FlagSet Compile(FlagSetSource source, FlagSet? previous = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (previous is not null && (previous._layout.IsWorn || !CanFollow(source, previous._source)))
            previous = null;
        var slots = FlagLayout.Begin(source.Schema, previous?._layout);
        var compiler = new FlagCompiler(source, slots);
        var plans = new FlagPlan[source.Flags.Count];
        var failures = ImmutableArray.CreateBuilder<FlagFailure>();
        var hasSameKeys = previous?.Count == plans.Length;
        var place = 0;
        foreach (var flag in source.Flags)
        {
            // Most often a flag stands where it stood before.
            var before = previous is not null && place < previous.Count && previous._plans[place].Key == flag.Key ? previous._plans[place] : null;
            hasSameKeys &= before is not null;
            before ??= previous?.PlanOf(flag.Key);
            plans[place++] = before is not null && IsStill(before, flag, source) ? before : CompileAlone(compiler, flag, failures);
        }

        return new(source, FlagLayout.Of(slots, source, previous?._layout), plans, failures.ToImmutable(), hasSameKeys ? previous!._places : null);
    }

    public Flag? Find(string key) => PlanOf(key)?.Flag;

    /// <summary>Evaluates and counts. An unknown key is an error in the result.</summary>
    public FlagResult Evaluate(string key, FlagContext context, FlagTime time) =>
        TryEvaluate(key, context, time, out var result) ? result : Unknown(key);

    /// <summary>Evaluates and counts; false if there is no flag of this key. For who looks in several sets.</summary>
    public bool TryEvaluate(string key, FlagContext context, FlagTime time, out FlagResult result)
    {
        ArgumentNullException.ThrowIfNull(context);
        var place = _places.FindAsked(key);
        if (place < 0)
        {
            result = default;
            return false;
        }

        result = EvaluateAndCount(_plans[place], context, time);
        return true;
    }

    /// <summary>Evaluates and counts the flag at a place of what the set was compiled of, which is what a look at all flags wants.</summary>
    /// <param name="place">From 0; less than <see cref="Count"/>.</param>
    public FlagResult EvaluateAt(int place, FlagContext context, FlagTime time)
    {
        ArgumentNullException.ThrowIfNull(context);
        return EvaluateAndCount(_plans[place], context, time);
    }

    /// <summary>As <see cref="Evaluate(string, FlagContext, FlagTime)"/>, and counts nothing: for what is shown, and served to nobody.</summary>
    public FlagResult Peek(string key, FlagContext context, FlagTime time)
    {
        ArgumentNullException.ThrowIfNull(context);
        return PlanOf(key) is { } plan ? Evaluate(plan, context, time) : Unknown(key);
    }

    /// <summary>The value, or the fallback where there is none, an error, or a value of another type.</summary>
    public bool GetBoolean(string key, bool fallback, FlagContext context, FlagTime time) =>
        Serve(key, context, time) is { Type: FlagType.Boolean } variant ? variant.Boolean : fallback;

    /// <inheritdoc cref="GetBoolean"/>
    public string GetString(string key, string fallback, FlagContext context, FlagTime time) =>
        Serve(key, context, time) is { Type: FlagType.String } variant ? variant.Text! : fallback;

    /// <inheritdoc cref="GetBoolean"/>
    public double GetNumber(string key, double fallback, FlagContext context, FlagTime time) =>
        Serve(key, context, time) is { Type: FlagType.Number } variant ? variant.Number : fallback;

    /// <inheritdoc cref="GetBoolean"/>
    public JsonObject GetObject(string key, JsonObject fallback, FlagContext context, FlagTime time) =>
        Serve(key, context, time) is { Type: FlagType.Object } variant ? (JsonObject)variant.Value : fallback;

    /// <summary>Evaluates and says why, without counting; null if there is no flag of this key.</summary>
    public FlagExplanation? Explain(string key, FlagContext context, FlagTime time)
    {
        ArgumentNullException.ThrowIfNull(context);
        return PlanOf(key) is { } plan ? new FlagExplainer(this, plan, context, time.Stopped()).Explain() : null;
    }

    /// <summary>What a flag is set to at a moment; null if there is none of this key.</summary>
    public FlagState? StateAt(string key, FlagTime time)
    {
        if (PlanOf(key) is not { } plan)
            return null;
        var ticks = time.UtcTicks;
        var split = plan.Rules?.Split;
        return new(
            plan.IsEnabled && plan.Schedule?.IsOn(ticks) != false,
            plan.Default < 0 ? null : plan.Variants[plan.Default].Name,
            (plan.Schedule is { HasSteps: true } schedule ? schedule.SplitAt(ticks, split) : split)?.Split);
    }

    /// <summary>The first moment after this one at which a schedule changes flags, and which; null if none does any more.</summary>
    public FlagScheduleChange? NextChange(DateTimeOffset after)
    {
        long? next = null;
        foreach (var plan in _scheduled)
        {
            if (plan.Schedule!.NextChange(after.UtcTicks) is { } change && (next is null || change < next))
                next = change;
        }

        return next is not { } at
            ? null
            : new(new DateTimeOffset(at, TimeSpan.Zero),
                [.. _scheduled.Where(plan => plan.Schedule!.NextChange(after.UtcTicks) == at).Select(plan => plan.Key).Order(StringComparer.Ordinal)]);
    }

    /// <summary>
    /// Takes out the counts since the last time. Call it on the set that is replaced too, once before and once some time after: answers that
    /// were on their way are counted there.
    /// </summary>
    public ImmutableArray<FlagUsage> DrainUsage()
    {
        var usage = ImmutableArray.CreateBuilder<FlagUsage>();
        foreach (var plan in _plans)
            plan.Cells?.Drain((variant, reason, count) => usage.Add(new(plan.Key, variant < 0 ? null : plan.Variants[variant].Name, reason, count)));
        return usage.ToImmutable();
    }

    /// <summary>Takes out who asked since the last time, by flag. As for <see cref="DrainUsage"/>, ask the set that is replaced too.</summary>
    public ImmutableArray<FlagKeysUsage> DrainKeys()
    {
        var usage = ImmutableArray.CreateBuilder<FlagKeysUsage>();
        foreach (var plan in _plans)
        {
            if (plan.Keys?.Drain() is { } sketch)
                usage.Add(new(plan.Key, sketch));
        }

        return usage.ToImmutable();
    }

    /// <summary>
    /// As <see cref="DrainKeys"/>, of flags that somebody asked for who had not before; and who has asked is remembered until that is called, so
    /// that the same users bring nothing new. One caller at a time.
    /// </summary>
    /// <param name="sketches">How many flags have a sketch.</param>
    public ImmutableArray<FlagKeysUsage> NewKeys(out int sketches)
    {
        sketches = 0;
        var usage = ImmutableArray.CreateBuilder<FlagKeysUsage>();
        foreach (var plan in _plans)
        {
            if (plan.Keys is not { IsOpen: true } keys)
                continue;
            sketches++;
            if (keys.Drain(keeps: true) is { } sketch)
                usage.Add(new(plan.Key, sketch));
        }

        return usage.ToImmutable();
    }

    /// <summary>The edge between one flag and the others: what the Gate let through compiles, and where it does not the bug must not take the namespace down.</summary>
    private static FlagPlan CompileAlone(FlagCompiler compiler, Flag flag, ImmutableArray<FlagFailure>.Builder failures)
    {
        try
        {
            return compiler.Compile(flag);
        }
#pragma warning disable CA1031 // Whichever it is, it is this flag's; who compiles the set is told, and tells it on.
        catch (Exception bug) when (bug is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            failures.Add(new(flag, bug));
            return compiler.Failed(flag, bug);
        }
    }

    /// <summary>Evaluates without counting.</summary>
    internal FlagResult Evaluate(FlagPlan plan, FlagContext context, FlagTime time) => new(plan, Answer(plan, context, time, depth: 0, out var detail), detail);

    internal FlagPlan? PlanOf(string key)
    {
        var place = _places.Find(key);
        return place >= 0 ? _plans[place] : null;
    }

    internal FlagLayout Layout => _layout;

    internal FlagSetSource Source => _source;

    /// <summary>The variant that is served; null if there is no such flag, or the default in the caller's code stands.</summary>
    private VariantPlan? Serve(string key, FlagContext context, FlagTime time)
    {
        ArgumentNullException.ThrowIfNull(context);
        var place = _places.FindAsked(key);
        if (place < 0)
            return null;
        var plan = _plans[place];
        return plan.Served(AnswerAndCount(plan, context, time, out _));
    }

    private static FlagResult Unknown(string key) => new(null, new(-1, FlagReason.Error, FlagError.FlagNotFound), key);

    private FlagResult EvaluateAndCount(FlagPlan plan, FlagContext context, FlagTime time) => new(plan, AnswerAndCount(plan, context, time, out var detail), detail);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FlagAnswer AnswerAndCount(FlagPlan plan, FlagContext context, FlagTime time, out string? detail)
    {
        var answer = Answer(plan, context, time, depth: 0, out detail);
        plan.Cells?.Count(answer);
        if (plan.Keys is { } keys && context.KeyHash is var hash and not 0)
            keys.Add(hash);
        return answer;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FlagAnswer Answer(FlagPlan plan, FlagContext context, FlagTime time, int depth, out string? detail)
    {
        if (plan.IsFixed)
        {
            detail = null;
            return plan.Fixed;
        }

        return plan.IsPlain ? DecidePlain(plan, context, out detail) : Decide(plan, context, time, depth, out detail);
    }

    private bool AreMet(FlagPlan plan, FlagContext context, FlagTime time, int depth)
    {
        foreach (var dependency in plan.Dependencies)
        {
            if (depth >= DependencyDepthMax || PlanOf(dependency.Key) is not { } other)
                return false;
            if (!dependency.IsMetBy(other, Answer(other, context, time, depth + 1, out _)))
                return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private LogicValue[] SlotsOf(FlagContext context)
    {
        var last = context.Last;
        // A schema's attributes have the first numbers of every layout that is made with it; as they are, they lack its defaults.
        var slots = last is not null && (ReferenceEquals(last.Order, _layout) || (ReferenceEquals(last.Order, _layout.Schema) && !_layout.HasDefaults))
            ? last.Slots
            : context.LayOut(_layout);
        return slots;
    }

    /// <summary>What an expression sees.</summary>
    internal LogicFrame FrameOf(FlagPlan plan, FlagContext context, FlagTime time)
    {
        var slots = SlotsOf(context);
        if (!plan.ReadsByName && !plan.ReadsTime)
            return new(default, slots, plan.Steps);
        var seconds = plan.ReadsTime ? time.UnixSeconds : 0;
        var record = plan.ReadsAnything ? new FlagdRecord(context.Record, _source.Defaults?.Record, plan.Key, seconds) : context.Record;
        return new(LogicValue.Of(record), slots, plan.Steps) { Time = seconds };
    }

    /// <summary>Most flags that decide anything have neither a schedule nor dependencies, and read attributes alone: they come here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private FlagAnswer DecidePlain(FlagPlan plan, FlagContext context, out string? detail)
    {
        var slots = SlotsOf(context);
        var from = 0;
        if (plan.Rules is not { } rules || !rules.TryDecide(plan, slots, out var answer, out from))
            return DecideInFull(plan, slots, from, out detail);
        detail = null;
        return answer;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FlagAnswer DecideInFull(FlagPlan plan, ReadOnlySpan<LogicValue> slots, int from, out string? detail)
    {
        var frame = new LogicFrame(default, slots, plan.Steps);
        var answer = plan.Rules is { } rules
            ? rules.Decide(plan, ref frame, ticks: 0, from, out detail)
            : plan.Decision!.Decide(plan, ref frame, ticks: 0, out detail);
        return frame.IsSpent ? Spent(plan, out detail) : answer;
    }

    private FlagAnswer Decide(FlagPlan plan, FlagContext context, FlagTime time, int depth, out string? detail)
    {
        detail = null;
        long ticks = 0;
        if (plan.Schedule is { } schedule)
        {
            time = time.Stopped();
            ticks = time.UtcTicks;
            if (!schedule.IsOn(ticks))
                return new(-1, FlagReason.Disabled);
        }

        if (plan.Dependencies.Length > 0)
        {
            time = time.Stopped();
            if (!AreMet(plan, context, time, depth))
                return new(plan.Off, FlagReason.PrerequisiteFailed);
        }

        if (plan.Decision is not { } decision)
            return plan.Fixed;
        var frame = FrameOf(plan, context, time);
        var answer = decision.Decide(plan, ref frame, ticks, out detail);
        return frame.IsSpent ? Spent(plan, out detail) : answer;
    }

    private static FlagAnswer Spent(FlagPlan plan, out string? detail)
    {
        detail = $"The rules of flag '{plan.Key}' took more than {plan.Steps} steps for this context, which is the limit.";
        return new(-1, FlagReason.Error, FlagError.General);
    }

    private static bool CanFollow(FlagSetSource next, FlagSetSource before) =>
        next.Namespace == before.Namespace && next.Environment == before.Environment && next.Chain.SequenceEqual(before.Chain)
        && ReferenceEquals(next.Schema, before.Schema) && ReferenceEquals(next.Defaults, before.Defaults)
        && next.CountsUsage == before.CountsUsage && next.CountsKeys == before.CountsKeys
        && ReferenceEquals(next.KeyRoom, before.KeyRoom);

    private static bool IsStill(FlagPlan plan, Flag flag, FlagSetSource source)
    {
        if (!ReferenceEquals(plan.Flag, flag))
            return false;
        for (var i = 0; i < flag.Segments.Length; i++)
        {
            if (!ReferenceEquals(plan.Segments[i], source.FindSegment(flag.Segments[i])))
                return false;
        }

        return true;
    }
}

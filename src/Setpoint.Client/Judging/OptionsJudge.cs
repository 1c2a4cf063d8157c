using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client.Judging;

/// <summary>
/// Creates every options object of the app against the candidate, by the app's own binding, post-configuration and validation. What
/// throws is a failure: the same would happen in <see cref="IOptionsMonitor{TOptions}"/> a moment later, in the app's face.
/// </summary>
/// <remarks>
/// Judged is what reloads: options with a change token, which is what <c>Configure(section)</c>, <c>Bind</c> and <c>BindConfiguration</c>
/// register. The type and the name of each come from the registrations, so nothing has to be listed twice.
/// </remarks>
internal sealed class OptionsJudge(ImmutableArray<OptionsCase> cases, SnapshotBoard board) : IJudge
{
    public static OptionsJudge Of(RegisteredOptions registered, IServiceProvider services, SnapshotBoard board, Predicate<Type> judges) =>
        new([.. registered.Types().Where(type => judges(type)).SelectMany(type => OptionsCase.AllOf(type, services))], board);

    public void Judge(ConfigurationSnapshot candidate, ConfigurationSnapshot? accepted, List<ConfigurationFailure> failures)
    {
        foreach (var options in cases)
        {
            if (options.FailureNow() is not { } failure)
                continue;

            // An options object that fails in the same way against the accepted configuration is not made worse by this one: its trouble
            // is elsewhere, in another source, and must not freeze the configuration of the whole app.
            if (accepted is not null && FailsAlike(options, failure, accepted))
                continue;
            failures.AddRange(failure.Select(message => new ConfigurationFailure(options.Subject, message)));
        }
    }

    private bool FailsAlike(OptionsCase options, ImmutableArray<string> failure, ConfigurationSnapshot accepted)
    {
        using (PinnedSnapshot.Pin(board, accepted))
            return options.FailureNow() is { } before && before.AsSpan().SequenceEqual(failure.AsSpan());
    }
}

/// <summary>The options types of a service collection that follow configuration.</summary>
internal sealed class RegisteredOptions(IServiceCollection services)
{
    // Looked at when the host starts, not when AddSetpoint is called: most options are registered after it.
    public IEnumerable<Type> Types() => services
        .Select(descriptor => descriptor.ServiceType)
        .Where(type => type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(IOptionsChangeTokenSource<>))
        .Select(type => type.GenericTypeArguments[0])
        .Distinct();
}

/// <summary>One options type under one name.</summary>
internal abstract class OptionsCase(string subject)
{
    /// <summary>The type, and the name if it has one.</summary>
    public string Subject { get; } = subject;

    /// <summary>Every case of a type.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2071", Justification = "The app's own registration of these options keeps the type and its constructor; nothing is asked of the type beyond what IOptionsFactory asks.")]
    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "As above.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Options are reference types, whose generic code is shared; the instantiation over object keeps it.")]
    public static IEnumerable<OptionsCase> AllOf(Type type, IServiceProvider services)
    {
        var family = type == typeof(object)
            ? new OptionsFamily<object>()
            : (IOptionsFamily)Activator.CreateInstance(typeof(OptionsFamily<>).MakeGenericType(type))!;
        return family.Cases(services);
    }

    /// <summary>Creates the object as the app would now; null if that works, else every failure.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The app's code may throw anything; each of it is a refusal, and none may stop the follower.")]
    public ImmutableArray<string>? FailureNow()
    {
        try
        {
            Create();
            return null;
        }
        catch (Exception refusal)
        {
            return [.. BindingFailure.Describe(refusal)];
        }
    }

    protected abstract void Create();
}

/// <summary>The names under which one options type is registered.</summary>
internal interface IOptionsFamily
{
    IEnumerable<OptionsCase> Cases(IServiceProvider services);
}

internal sealed class OptionsFamily<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T> : IOptionsFamily
    where T : class
{
    public IEnumerable<OptionsCase> Cases(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IOptionsFactory<T>>();
        return services.GetServices<IOptionsChangeTokenSource<T>>()
            .Select(source => source.Name ?? Options.DefaultName)
            .Distinct(StringComparer.Ordinal)
            .Select(name => new Case(factory, name));
    }

    private sealed class Case(IOptionsFactory<T> factory, string name)
        : OptionsCase(name.Length == 0 ? typeof(T).Name : $"{typeof(T).Name} '{name}'")
    {
        protected override void Create() => factory.Create(name);
    }
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Setpoint.Client.Hosting;
using Setpoint.Client.Judging;
using Setpoint.Client.Provider;
using Setpoint.Client.Requirements;

namespace Setpoint.Client;

/// <summary>Adds Setpoint to an app.</summary>
public static class SetpointExtensions
{
    /// <summary>
    /// Adds both the configuration source and the services. What <paramref name="configure"/> leaves out comes from the environment
    /// variables named in <see cref="SetpointOptions"/>; after that, the environment is the host's, in lower case.
    /// </summary>
    /// <exception cref="OptionsValidationException">The options are wrong; every problem is listed.</exception>
    /// <exception cref="SetpointStartException">There is neither an answer of the server nor a cached configuration.</exception>
    public static TBuilder AddSetpoint<TBuilder>(this TBuilder builder, Action<SetpointOptions>? configure = null)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Configuration.AddSetpoint(options =>
        {
            configure?.Invoke(options);
            if (string.IsNullOrWhiteSpace(options.Environment) && string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(SetpointSettings.EnvironmentVariable)))
                options.Environment = builder.Environment.EnvironmentName.ToLowerInvariant();
        });
        builder.Services.AddSetpoint();
        return builder;
    }

    /// <summary>
    /// Adds a configuration source that reads from Setpoint: at once, from the server or else from the disk cache. It overrides the
    /// sources added before it and is overridden by those added after it. For live updates call
    /// <see cref="AddSetpoint(IServiceCollection)"/>, too.
    /// </summary>
    /// <exception cref="OptionsValidationException">The options are wrong; every problem is listed.</exception>
    /// <exception cref="SetpointStartException">There is neither an answer of the server nor a cached configuration.</exception>
    public static IConfigurationBuilder AddSetpoint(this IConfigurationBuilder builder, Action<SetpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new SetpointOptions();
        configure?.Invoke(options);
        return builder.Add(new SetpointConfigurationSource(new SetpointRuntime(SetpointSettings.Of(options, Environment.GetEnvironmentVariable))));
    }

    /// <summary>
    /// Adds <see cref="ISetpointClient"/> and the hosted service that follows the server. From the start of the host on, a new
    /// configuration is bound and validated against all of the app's options before it is used.
    /// </summary>
    public static IServiceCollection AddSetpoint(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(descriptor => descriptor.ServiceType == typeof(RegisteredOptions)))
            return services;
        services.AddOptions();
        services.AddSingleton(new RegisteredOptions(services));
        services.AddTransient(typeof(IOptionsFactory<>), typeof(PinnedOptionsFactory<>));
        services.TryAddSingleton<ISetpointClient>(provider => SetpointRuntimes.Required(provider)[^1].Client);
        services.AddHostedService(SetpointFollowerService.Create);
        return services;
    }

    /// <summary>
    /// Adds options that are bound to a section, as <c>AddOptions</c> and <c>BindConfiguration</c> do, and declares their required
    /// properties as keys that the app requires: see <see cref="SetpointOptions.Require{T}"/>.
    /// </summary>
    /// <param name="section">With <c>:</c> between names; empty for the whole configuration.</param>
    /// <returns>The builder of these options, for validation and the like.</returns>
    [RequiresUnreferencedCode(Trimming.Binding)]
    [RequiresDynamicCode(Trimming.Binding)]
    public static OptionsBuilder<TOptions> AddSetpointOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TOptions>(
        this IServiceCollection services, string section)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        services.AddSingleton(new DeclaredKeys(OptionsKeys.Of(typeof(TOptions), section)));
        return services.AddOptions<TOptions>().BindConfiguration(section);
    }
}

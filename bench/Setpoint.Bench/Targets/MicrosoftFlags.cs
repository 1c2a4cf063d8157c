using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Targets;

/// <summary>Microsoft.FeatureManagement in this process, its targeting filter and variants.</summary>
internal sealed class MicrosoftFlags : IAsyncDisposable
{
    private const string Settings = """
        {"feature_management": {"feature_flags": [
          {"id": "plain", "enabled": true},
          {"id": "rules", "enabled": true, "conditions": {"client_filters": [{"name": "Microsoft.Targeting", "parameters": {"Audience": {"DefaultRolloutPercentage": 20}}}]}},
          {"id": "variant", "enabled": true,
           "variants": [{"name": "a", "configuration_value": "red"}, {"name": "b", "configuration_value": "green"}, {"name": "c", "configuration_value": "blue"}],
           "allocation": {"percentile": [{"variant": "a", "from": 0, "to": 50}, {"variant": "b", "from": 50, "to": 75}, {"variant": "c", "from": 75, "to": 100}]}}
        ]}}
        """;

    private readonly ServiceProvider _services;
    private readonly IVariantFeatureManager _manager;
    private readonly TargetingContext[] _users =
        [.. Enumerable.Range(0, FlagWork.Users).Select(user => new TargetingContext { UserId = FlagWork.IdOf(user), Groups = [] })];

    public MicrosoftFlags()
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Settings))).Build();
        _services = new ServiceCollection().AddSingleton<IConfiguration>(configuration)
            .AddFeatureManagement().AddFeatureFilter<ContextualTargetingFilter>().Services.AddLogging().AddMemoryCache().BuildServiceProvider();
        _manager = _services.GetRequiredService<IVariantFeatureManager>();
        var on = Booleans("rules")(FlagWork.Users);
        if (on is < 150 or > 260)
            throw new BenchException($"Microsoft.FeatureManagement turns {on} of {FlagWork.Users} users on; a fifth is wanted.");
    }

    public Func<int, long> Booleans(string key) => count =>
    {
        long on = 0;
        for (var i = 0; i < count; i++)
            on += Now(_manager.IsEnabledAsync(key, _users[i & (FlagWork.Users - 1)], CancellationToken.None)) ? 1 : 0;
        return on;
    };

    public Func<int, long> Variants => count =>
    {
        long length = 0;
        for (var i = 0; i < count; i++)
            length += Now(_manager.GetVariantAsync("variant", _users[i & (FlagWork.Users - 1)], CancellationToken.None)).Name.Length;
        return length;
    };

    public ValueTask DisposeAsync() => _services.DisposeAsync();

#pragma warning disable VSTHRD002 // Nothing is waited for: all of it runs to its end at once, and a task that did not would be another measurement.
    private static T Now<T>(ValueTask<T> task) => task.IsCompletedSuccessfully ? task.Result : throw new BenchException("Microsoft.FeatureManagement did not answer at once.");
#pragma warning restore VSTHRD002
}

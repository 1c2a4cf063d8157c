using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Setpoint.Client.Hosting;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client.Judging;

/// <summary>
/// Binds an options object from one snapshot from its first key to its last. Without it a configuration that arrives while an object is
/// bound gives it half of the old values and half of the new.
/// </summary>
internal sealed class PinnedOptionsFactory<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
    IEnumerable<IConfigureOptions<TOptions>> setups,
    IEnumerable<IPostConfigureOptions<TOptions>> postConfigures,
    IEnumerable<IValidateOptions<TOptions>> validations,
    IConfiguration configuration)
    : OptionsFactory<TOptions>(setups, postConfigures, validations), IOptionsFactory<TOptions>
    where TOptions : class
{
    TOptions IOptionsFactory<TOptions>.Create(string name)
    {
        // The common case is one source; more of them nest.
        var scopes = new Stack<PinnedSnapshot.Scope>(1);
        try
        {
            foreach (var runtime in SetpointRuntimes.Of(configuration))
            {
                // A candidate that is being judged on this thread stays what it is.
                if (PinnedSnapshot.For(runtime.Board) is null)
                    scopes.Push(PinnedSnapshot.Pin(runtime.Board, runtime.Board.Current));
            }

            return Create(name);
        }
        finally
        {
            while (scopes.TryPop(out var scope))
                scope.Dispose();
        }
    }
}

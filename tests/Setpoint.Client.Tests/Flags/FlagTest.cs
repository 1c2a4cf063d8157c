using Setpoint.Client.Tests.FakeServer;

namespace Setpoint.Client.Tests.Flags;

/// <summary>A client that uses flags, of its own namespace alone unless a test says otherwise.</summary>
public abstract class FlagTest : ClientTest
{
    private protected const string Own = ScriptedFlags.Told;
    private protected const string On = """{"variants":{"on":true,"off":false},"defaultVariant":"on"}""";
    private protected const string Off = """{"variants":{"on":true,"off":false},"defaultVariant":"off"}""";

    private protected Task<SetpointConnection> ConnectWithFlagsAsync(ScriptedServer server, Action<SetpointOptions>? more = null) =>
        ConnectAsync(server, options => WithFlags(options, more));

    private protected static void WithFlags(SetpointOptions options, Action<SetpointOptions>? more = null)
    {
        options.Flags.Enabled = true;
        options.Flags.Namespaces.Add(Own);
        more?.Invoke(options);
    }

    private protected static Task StreamingAsync(SetpointConnection connection) =>
        Soon.BecomesTrueAsync(() => connection.Client.Status is { State: SetpointState.Streaming, LastContact: not null }, "the client streams");
}

using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Setpoint.Storage;

namespace Setpoint.Server.Process;

/// <summary>Says in one line why the server could not start, for failures that the operator can mend.</summary>
internal static class StartFailure
{
    /// <summary>Null for a failure that is a bug: that one keeps its stack trace.</summary>
    public static string? Explain(Exception failure, ServerSettings settings) => failure switch
    {
        StoreException store => store.Message,
        InvalidDataException data => data.Message,
        AddressInUseException or IOException { InnerException: AddressInUseException } =>
            $"a port is taken: {failure.Message} Set CONFIG_API_PORT (now {settings.ApiPort}) or CONFIG_WS_PORT to a free one, or stop the process that holds it.",
        SocketException socket => $"cannot listen on {settings.Bind}: {socket.Message} Set SETPOINT_BIND to an address of this machine.",
        IOException { InnerException: SocketException socket } => $"cannot listen on {settings.Bind}: {socket.Message}",
        UnauthorizedAccessException or IOException => $"the data folder {settings.DataFolder} cannot be used: {failure.Message}",
        _ => null,
    };
}

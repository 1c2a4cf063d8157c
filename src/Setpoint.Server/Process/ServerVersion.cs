using System.Reflection;

namespace Setpoint.Server.Process;

/// <summary>Which build this is.</summary>
internal static class ServerVersion
{
    private static readonly string Informational =
        typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    /// <summary>For example <c>0.1.0</c>.</summary>
    public static string Number { get; } = Informational.Split('+')[0];

    /// <summary>The commit of the source; empty where it was built without one.</summary>
    public static string Revision { get; } = Informational.Contains('+', StringComparison.Ordinal) ? Informational.Split('+')[1] : "";
}

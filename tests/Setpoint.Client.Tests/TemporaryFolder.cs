namespace Setpoint.Client.Tests;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("setpoint-client-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

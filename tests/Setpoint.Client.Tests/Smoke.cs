namespace Setpoint.Client.Tests;
public sealed class Smoke { [Fact] public void Runs() => true.ShouldBeTrue(); }

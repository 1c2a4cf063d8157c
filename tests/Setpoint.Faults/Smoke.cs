namespace Setpoint.Faults;
public sealed class Smoke { [Fact] public void Runs() => true.ShouldBeTrue(); }

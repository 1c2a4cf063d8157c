namespace Setpoint.Client.Following;

/// <summary>Holds the status. Any thread may read and change it.</summary>
internal sealed class StatusBoard
{
    private SetpointStatus _status = new();
    private long _conversionFailures;
    private string? _lastConversionFailure;

    public SetpointStatus Current => Volatile.Read(ref _status) with
    {
        ConversionFailures = Interlocked.Read(ref _conversionFailures),
        LastConversionFailure = Volatile.Read(ref _lastConversionFailure),
    };

    public void Change(Func<SetpointStatus, SetpointStatus> change)
    {
        var before = Volatile.Read(ref _status);
        while (true)
        {
            var seen = Interlocked.CompareExchange(ref _status, change(before), before);
            if (ReferenceEquals(seen, before))
                return;
            before = seen;
        }
    }

    public void Report(string problem) => Change(status => status with { LastError = problem });

    public void CountConversionFailure(string failure)
    {
        Interlocked.Increment(ref _conversionFailures);
        Volatile.Write(ref _lastConversionFailure, failure);
    }
}

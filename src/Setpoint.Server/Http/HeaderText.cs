using System.Globalization;

namespace Setpoint.Server.Http;

/// <summary>Numbers as header values. The last one is kept, since every answer between two commits carries the same.</summary>
internal static class HeaderText
{
    private static Entry _last = new(0, "0");

    public static string Of(long number)
    {
        var last = Volatile.Read(ref _last);
        if (last.Number == number)
            return last.Text;
        var made = new Entry(number, number.ToString(CultureInfo.InvariantCulture));
        Volatile.Write(ref _last, made);
        return made.Text;
    }

    private sealed record Entry(long Number, string Text);
}

using System.Text;
using Setpoint.Core.Flags;

namespace Setpoint.Server.Flags;

/// <summary>Reasons as a field of an answer that has others before it.</summary>
internal static class ReasonBytes
{
    private static readonly byte[][] Fields =
        [.. Enum.GetValues<FlagReason>().Select(reason => Encoding.ASCII.GetBytes($",\"reason\":\"{reason.ToWire()}\""))];

    public static byte[] Of(FlagReason reason) => Fields[(int)reason];
}

using System.Globalization;
using System.Text;
using Setpoint.Bench.Harness;

namespace Setpoint.Bench.Load;

/// <summary>
/// Requests that wrk sends one after another, again and again; its threads begin at different ones. Each is ready as bytes, so that taking
/// the next one costs the generator a table look-up, for a floor as for ours.
/// </summary>
internal sealed class WrkScript
{
    // LuaJIT gives a function room for 65,536 constants.
    private const int RequestsMax = 60_000;

    private WrkScript(string file) => File = file;

    public string File { get; }

    public static WrkScript Write(TempFolder folder, string name, IReadOnlyList<byte[]> requests)
    {
        if (requests.Count is 0 or > RequestsMax)
            throw new ArgumentException($"A script holds 1 to {RequestsMax} requests, not {requests.Count}.", nameof(requests));
        var count = requests.Count.ToString(CultureInfo.InvariantCulture);
        var text = new StringBuilder("local requests = {\n");
        foreach (var request in requests)
            AppendLiteral(text, request).Append(",\n");
        text.Append("}\nlocal at = 0\nlocal threads = 0\n")
            .Append("function setup(thread) thread:set('first', threads * ").Append(count).Append(" / 2); threads = threads + 1 end\n")
            .Append("function init(args) at = math.floor(first) % ").Append(count).Append(" end\n")
            .Append("function request() at = at % ").Append(count).Append(" + 1; return requests[at] end\n");
        var file = folder.File($"{name}.lua");
        System.IO.File.WriteAllText(file, text.ToString());
        return new(file);
    }

    private static StringBuilder AppendLiteral(StringBuilder text, byte[] bytes)
    {
        text.Append('"');
        foreach (var value in bytes)
        {
            if (value is >= 0x20 and < 0x7F and not ((byte)'"' or (byte)'\\'))
                text.Append((char)value);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\{value:000}");
        }

        return text.Append('"');
    }
}

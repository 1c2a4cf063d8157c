using System.Globalization;
using System.Text;

namespace Setpoint.Bench.Load;

/// <summary>HTTP/1.1 requests as bytes.</summary>
internal static class Requests
{
    public static byte[] Get(string path, params string[] headers) => Build("GET", path, headers, body: null);

    public static byte[] Write(string method, string path, string body, params string[] headers) =>
        Build(method, path, [.. headers, "Content-Type: application/json"], body);

    private static byte[] Build(string method, string path, string[] headers, string? body)
    {
        var text = new StringBuilder().Append(method).Append(' ').Append(path).Append(" HTTP/1.1\r\nHost: localhost\r\n");
        foreach (var header in headers)
            text.Append(header).Append("\r\n");
        if (body is not null)
            text.Append("Content-Length: ").Append(Encoding.UTF8.GetByteCount(body).ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(body).ToString());
    }
}

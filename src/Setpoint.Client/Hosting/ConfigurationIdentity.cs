using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Setpoint.Client.Hosting;

/// <summary>Which effective configuration this is: a server, a namespace and a context. A cache of another identity is never used.</summary>
internal sealed class ConfigurationIdentity
{
    public ConfigurationIdentity(Uri server, string service, string? environment, string? user, IEnumerable<KeyValuePair<string, string>> context)
    {
        Server = server;
        Service = service;
        Environment = environment;
        User = user;
        Context = [.. context.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        Text = Describe();
        FileName = $"{Readable(service)}-{Readable(environment ?? "base")}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)).AsSpan(0, 8))}";
    }

    public Uri Server { get; }

    public string Service { get; }

    public string? Environment { get; }

    public string? User { get; }

    public ImmutableArray<KeyValuePair<string, string>> Context { get; }

    /// <summary>Every part, escaped, so that different identities have different texts.</summary>
    public string Text { get; }

    /// <summary>A file name: readable, and different for different identities.</summary>
    public string FileName { get; }

    /// <summary>The query that names user and attributes, with <paramref name="environmentName"/> for the environment.</summary>
    public string Query(string environmentName = "environment")
    {
        var query = new StringBuilder();
        Append(query, environmentName, Environment);
        Append(query, "user", User);
        foreach (var (key, value) in Context)
            Append(query, "ctx." + key, value);
        return query.ToString();
    }

    public override string ToString() => Environment is null ? $"{Service} at {Server}" : $"{Service} in {Environment} at {Server}";

    private static void Append(StringBuilder query, string name, string? value)
    {
        if (value is not null)
            query.Append(query.Length == 0 ? "" : "&").Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
    }

    private static string Readable(string name)
    {
        var text = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '_')]);
        return text.Length <= 48 ? text : text[..48];
    }

    private string Describe() => $"{Server.AbsoluteUri} {Uri.EscapeDataString(Service)}?{Query()}";
}

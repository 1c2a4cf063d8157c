using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Setpoint.Client.Cache;

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
        Cache = CacheOf($"{Readable(service)}-{Readable(environment ?? "base")}", $"{Server.AbsoluteUri} {Uri.EscapeDataString(Service)}?{Query()}");
    }

    public Uri Server { get; }

    public string Service { get; }

    public string? Environment { get; }

    public string? User { get; }

    public ImmutableArray<KeyValuePair<string, string>> Context { get; }

    /// <summary>Of every part, escaped, so that different identities have different texts.</summary>
    public CacheIdentity Cache { get; }

    /// <summary>The cache of a namespace's flags in this environment; other services that use them have the same.</summary>
    public CacheIdentity FlagCache(string ns) => CacheOf(
        $"flags-{Readable(ns)}-{Readable(Environment ?? "base")}",
        $"{Server.AbsoluteUri} flags {Uri.EscapeDataString(ns)}?environment={Uri.EscapeDataString(Environment ?? "")}");

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

    private static CacheIdentity CacheOf(string readable, string text) =>
        new(text, $"{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8))}");
}

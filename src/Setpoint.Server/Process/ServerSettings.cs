using System.Collections.Frozen;
using System.Globalization;
using System.Net;

namespace Setpoint.Server.Process;

/// <summary>What the environment says about this process. Read once, before anything else starts.</summary>
public sealed record ServerSettings
{
    /// <summary><c>CONFIG_API_PORT</c>: API and UI. 0 picks a free one. Default 3001.</summary>
    public int ApiPort { get; init; } = 3001;

    /// <summary><c>CONFIG_WS_PORT</c>: an additional port that serves WebSockets at <c>/</c> and <c>/ws</c>. Default: none.</summary>
    public int? WebSocketPort { get; init; }

    /// <summary><c>SETPOINT_BIND</c>: the address to listen on. Default 127.0.0.1.</summary>
    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary><c>SETPOINT_DATA</c>: the folder of the ledger. Default <c>./data</c>.</summary>
    public string DataFolder { get; init; } = Path.GetFullPath("data");

    /// <summary><c>SETPOINT_ADMIN_KEY</c>: the first administrator's key, 16 characters or more. Default: generated and kept.</summary>
    public string? AdminKey { get; init; }

    /// <summary><c>SETPOINT_CONFIG_TREE</c>: a folder to import and follow. Default: none.</summary>
    public string? ConfigTree { get; init; }

    /// <summary>
    /// <c>SETPOINT_REFERENCE_ENV</c>: environment variables that configurations may refer to, separated by commas; <c>NAME_*</c> stands for
    /// all that begin so. Default: none.
    /// </summary>
    public IReadOnlyList<string> ReferenceVariables { get; init; } = [];

    /// <summary><c>SETPOINT_REFERENCE_FILES</c>: the folder whose files configurations may refer to. Default: none.</summary>
    public string? ReferenceFolder { get; init; }

    /// <summary><c>SETPOINT_ANALYTICS_DAYS</c>: days that counts of evaluations and ended experiments are kept, 1 to 730. Default 90.</summary>
    public int AnalyticsDays { get; init; } = 90;

    /// <summary><c>SETPOINT_CORS_ORIGINS</c>: origins whose pages may call, separated by commas. Default: none.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary><c>LOG_LEVEL</c>: error, warn, info or debug. Default info.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary><c>OTEL_EXPORTER_OTLP_ENDPOINT</c>: where traces and metrics are sent. Default: nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary><c>OTEL_EXPORTER_OTLP_PROTOCOL</c>: true for http/protobuf, false for grpc. Default grpc.</summary>
    public bool OtlpOverHttp { get; init; }

    /// <summary>Variables with passwords of the server itself: no list lets them out.</summary>
    public static readonly FrozenSet<string> OwnSecrets =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "SETPOINT_ADMIN_KEY", "CONFIG_ENCRYPTION_KEY", "DATABASE_URL", "REDIS_URL", "OTEL_EXPORTER_OTLP_HEADERS");

    private const int AdminKeyLengthMin = 16;
    private const int AnalyticsDaysMax = 730;

    /// <summary>Reads the variables; every problem is a sentence that begins with the variable's name.</summary>
    public static ServerSettings Read(Func<string, string?> variable, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        var settings = new ServerSettings();

        string? Get(string name) => variable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

        int? Port(string name)
        {
            if (Get(name) is not { } text)
                return null;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort)
                return port;
            found.Add($"{name} is '{text}'; it must be a port number from 0 to {IPEndPoint.MaxPort} (0 picks a free one).");
            return null;
        }

        settings = settings with { ApiPort = Port("CONFIG_API_PORT") ?? settings.ApiPort, WebSocketPort = Port("CONFIG_WS_PORT") };
        if (settings.WebSocketPort is { } webSocketPort && webSocketPort != 0 && webSocketPort == settings.ApiPort)
            found.Add($"CONFIG_WS_PORT is {webSocketPort}, the same as CONFIG_API_PORT; WebSockets are on the API port at /ws already, so leave it out.");

        if (Get("SETPOINT_BIND") is { } bind)
        {
            if (IPAddress.TryParse(bind, out var address))
                settings = settings with { Bind = address };
            else if (bind is "localhost")
                settings = settings with { Bind = IPAddress.Loopback };
            else
                found.Add($"SETPOINT_BIND is '{bind}'; it must be an IP address such as 127.0.0.1 or 0.0.0.0.");
        }

        if (Get("SETPOINT_DATA") is { } data)
            settings = settings with { DataFolder = Path.GetFullPath(data) };

        if (Get("SETPOINT_ADMIN_KEY") is { } adminKey)
        {
            // The key itself is never part of a message.
            if (adminKey.Length < AdminKeyLengthMin || adminKey.Any(c => c is < '!' or > '~'))
                found.Add($"SETPOINT_ADMIN_KEY must have {AdminKeyLengthMin} or more visible ASCII characters; it has {adminKey.Length}.");
            else
                settings = settings with { AdminKey = adminKey };
        }

        if (Get("SETPOINT_CONFIG_TREE") is { } tree)
        {
            if (Directory.Exists(tree))
                settings = settings with { ConfigTree = Path.GetFullPath(tree) };
            else
                found.Add($"SETPOINT_CONFIG_TREE is '{tree}', which is not a folder.");
        }

        if (Get("SETPOINT_REFERENCE_ENV") is { } variables)
        {
            var list = variables.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            foreach (var name in list)
            {
                if (OwnSecrets.Contains(name))
                    found.Add($"SETPOINT_REFERENCE_ENV has '{name}', which holds a password of the server itself and is never given out; take it off the list.");
                else if (!IsVariable(name.EndsWith('*') ? name[..^1] : name))
                    found.Add($"SETPOINT_REFERENCE_ENV has '{name}'; it must be the name of a variable, or the beginning of names and a star, such as APP_*.");
            }

            settings = settings with { ReferenceVariables = list };
        }

        if (Get("SETPOINT_REFERENCE_FILES") is { } files)
        {
            if (Directory.Exists(files))
                settings = settings with { ReferenceFolder = Path.GetFullPath(files) };
            else
                found.Add($"SETPOINT_REFERENCE_FILES is '{files}', which is not a folder.");
        }

        if (Get("SETPOINT_ANALYTICS_DAYS") is { } days)
        {
            if (int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= AnalyticsDaysMax)
                settings = settings with { AnalyticsDays = number };
            else
                found.Add($"SETPOINT_ANALYTICS_DAYS is '{days}'; it must be a number of days from 1 to {AnalyticsDaysMax}.");
        }

        if (Get("SETPOINT_CORS_ORIGINS") is { } origins)
        {
            var list = origins.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            foreach (var origin in list)
            {
                if (!IsOrigin(origin))
                    found.Add($"SETPOINT_CORS_ORIGINS has '{origin}'; an origin is scheme, host and port, such as https://admin.example.com, without a path.");
            }

            settings = settings with { CorsOrigins = list };
        }

        if (Get("LOG_LEVEL") is { } level)
        {
            LogLevel? parsed = level.ToUpperInvariant() switch
            {
                "ERROR" => LogLevel.Error,
                "WARN" or "WARNING" => LogLevel.Warning,
                "INFO" => LogLevel.Information,
                "DEBUG" => LogLevel.Debug,
                _ => null,
            };
            if (parsed is { } known)
                settings = settings with { LogLevel = known };
            else
                found.Add($"LOG_LEVEL is '{level}'; it must be error, warn, info or debug.");
        }

        if (Get("OTEL_EXPORTER_OTLP_ENDPOINT") is { } otlp)
        {
            if (Uri.TryCreate(otlp, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https")
                settings = settings with { OtlpEndpoint = endpoint };
            else
                found.Add($"OTEL_EXPORTER_OTLP_ENDPOINT is '{otlp}'; it must be an http or https address.");
        }

        if (Get("OTEL_EXPORTER_OTLP_PROTOCOL") is { } protocol)
        {
            if (protocol is "grpc" or "http/protobuf")
                settings = settings with { OtlpOverHttp = protocol != "grpc" };
            else
                found.Add($"OTEL_EXPORTER_OTLP_PROTOCOL is '{protocol}'; it must be grpc or http/protobuf.");
        }

        if (Get("DATABASE_URL") is not null)
            found.Add("DATABASE_URL is set, but this version keeps its ledger in SQLite only; unset it, and set SETPOINT_DATA to choose the folder.");

        if (Get("REDIS_URL") is not null)
            found.Add("REDIS_URL is set, but this version runs as one server and has no use for it; unset it.");

        if (Get("CONFIG_ENCRYPTION_KEY") is { } key && !IsRootKey(key))
            found.Add("CONFIG_ENCRYPTION_KEY must be 32 bytes as base64 or hexadecimal digits, or a text of 32 characters.");

        problems = found;
        return settings;
    }

    private static bool IsVariable(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority) == text.TrimEnd('/')
        && !text.EndsWith('/');

    private static bool IsRootKey(string text)
    {
        if (text.Length == 32)
            return true;
        if (text.Length == 64 && text.All(char.IsAsciiHexDigit))
            return true;
        Span<byte> bytes = stackalloc byte[48];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == 32;
    }
}

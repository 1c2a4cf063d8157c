using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Setpoint.Client.Requirements;

namespace Setpoint.Client.Hosting;

/// <summary><see cref="SetpointOptions"/> as checked and completed: nothing here changes and nothing is missing.</summary>
internal sealed record SetpointSettings
{
    private const string UrlVariable = "SETPOINT_URL";
    private const string KeyVariable = "SETPOINT_API_KEY";
    private const string KeyFileVariable = "SETPOINT_API_KEY_FILE";
    private const string ServiceVariable = "SETPOINT_SERVICE";
    public const string EnvironmentVariable = "SETPOINT_ENVIRONMENT";
    private const string UserVariable = "SETPOINT_USER";
    private const string CacheVariable = "SETPOINT_CACHE";

    public required ConfigurationIdentity Identity { get; init; }
    public required ApiKeySource ApiKey { get; init; }
    public required string? CacheFolder { get; init; }
    public required bool Optional { get; init; }
    public required TimeSpan StartTimeout { get; init; }
    public required SetpointFollow Follow { get; init; }
    public required TimeSpan PollInterval { get; init; }
    public required TimeSpan StreamRetryInterval { get; init; }
    public required TimeSpan SilenceMax { get; init; }
    public required int ResponseSizeMax { get; init; }
    public required Predicate<Type> ValidatesOptions { get; init; }
    public required SetpointRequiredKeys RequiredKeys { get; init; }
    public required ImmutableArray<RequiredKey> Required { get; init; }
    public required string? ServiceVersion { get; init; }
    public required SetpointFlagSettings? Flags { get; init; }
    public required Func<HttpMessageHandler>? HttpHandler { get; init; }
    public required ILoggerFactory? LoggerFactory { get; init; }
    public required TimeProvider Time { get; init; }
    public required Random Random { get; init; }

    /// <summary>Fills what code left out from the environment variables, and checks the whole.</summary>
    /// <exception cref="OptionsValidationException">With every problem found.</exception>
    public static SetpointSettings Of(SetpointOptions options, Func<string, string?> variable)
    {
        var problems = new List<string>();
        var server = CheckServer(FirstOf(options.Server, variable(UrlVariable)), problems);
        var service = CheckName("Service", ServiceVariable, FirstOf(options.Service, variable(ServiceVariable)), required: true, problems);
        var environment = CheckName("Environment", EnvironmentVariable, FirstOf(options.Environment, variable(EnvironmentVariable)), required: false, problems);
        var user = CheckName("User", UserVariable, FirstOf(options.User, variable(UserVariable)), required: false, problems);
        // A key in code beats a key file from the environment, whichever of the two forms it has.
        var (key, file) = FirstOf(options.ApiKey) is null && FirstOf(options.ApiKeyFile) is null
            ? (FirstOf(variable(KeyVariable)), FirstOf(variable(KeyFileVariable)))
            : (FirstOf(options.ApiKey), FirstOf(options.ApiKeyFile));
        CheckKey(key, file, problems);
        CheckRange("StartTimeout", options.StartTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60), problems);
        CheckRange("PollInterval", options.PollInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), problems);
        CheckRange("StreamRetryInterval", options.StreamRetryInterval, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1), problems);
        CheckRange("SilenceMax", options.SilenceMax, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10), problems);
        CheckRange("ResponseSizeMax", options.ResponseSizeMax, 1024, 256 * 1024 * 1024, problems);
        if (!Enum.IsDefined(options.Follow))
            problems.Add($"Follow is {(int)options.Follow}; it is Stream, Poll or None.");
        if (!Enum.IsDefined(options.RequiredKeys))
            problems.Add($"RequiredKeys is {(int)options.RequiredKeys}; it is Ignore, Warn or Fail.");
        SetpointFlagSettings.Check(options.Flags, environment, problems);
        if (problems.Count > 0)
            throw new OptionsValidationException(nameof(SetpointOptions), typeof(SetpointOptions), problems);

        var identity = new ConfigurationIdentity(server!, service!, environment, user, options.Context);
        return new SetpointSettings
        {
            Identity = identity,
            ApiKey = new(key, file),
            CacheFolder = CacheFolderOf(options.CacheFolder ?? variable(CacheVariable)),
            Optional = options.Optional,
            StartTimeout = options.StartTimeout,
            Follow = options.Follow,
            PollInterval = options.PollInterval,
            StreamRetryInterval = options.StreamRetryInterval,
            SilenceMax = options.SilenceMax,
            ResponseSizeMax = options.ResponseSizeMax,
            ValidatesOptions = options.ValidateOptions ? options.ValidatesOptions ?? (static _ => true) : static _ => false,
            RequiredKeys = options.RequiredKeys,
            Required = [.. options.Required],
            ServiceVersion = FirstOf(options.ServiceVersion),
            Flags = SetpointFlagSettings.Of(options.Flags, identity),
            HttpHandler = options.HttpHandler,
            LoggerFactory = options.LoggerFactory,
            Time = options.TimeProvider,
            Random = options.Random,
        };
    }

    private static string? FirstOf(params ReadOnlySpan<string?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!string.IsNullOrWhiteSpace(candidate))
                return candidate.Trim();
        }

        return null;
    }

    private static Uri? CheckServer(string? server, List<string> problems)
    {
        if (server is null)
        {
            problems.Add($"Server is missing: set it, or {UrlVariable}, to the address of the Setpoint server, for example http://127.0.0.1:3001.");
            return null;
        }

        if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            problems.Add($"Server is '{server}'; it is an absolute http or https address, for example http://127.0.0.1:3001.");
            return null;
        }

        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            problems.Add("Server holds a user, a query or a fragment; it is scheme, host, port and path only. The key belongs into ApiKey.");
            return null;
        }

        // With the slash, relative paths append to a path prefix instead of replacing its last part.
        return address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
    }

    private static string? CheckName(string setting, string variable, string? name, bool required, List<string> problems)
    {
        if (name is null)
        {
            if (required)
                problems.Add($"{setting} is missing: set it, or {variable}.");
            return null;
        }

        if (name.Length > 128)
            problems.Add($"{setting} has {name.Length} characters; 128 at most.");
        if (name.AsSpan().ContainsAnyInRange('\0', '\u001F'))
            problems.Add($"{setting} holds a control character.");
        return name;
    }

    private static void CheckKey(string? key, string? file, List<string> problems)
    {
        if (key is null && file is null)
            problems.Add($"ApiKey is missing: set ApiKey or ApiKeyFile, or {KeyVariable} or {KeyFileVariable}.");
        if (key is not null && file is not null)
            problems.Add($"ApiKey and ApiKeyFile are both set; keep one of them ({KeyVariable} or {KeyFileVariable} where they come from the environment).");
        if (key is not null && key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            problems.Add("ApiKey holds a character that cannot travel in a header; it is printable ASCII without spaces.");
    }

    public static void CheckRange<T>(string setting, T value, T from, T to, List<string> problems)
        where T : IComparable<T>
    {
        if (value.CompareTo(from) < 0 || value.CompareTo(to) > 0)
            problems.Add($"{setting} is {value}; it is {from} to {to}.");
    }

    private static string? CacheFolderOf(string? folder)
    {
        if (folder is not null)
            return string.IsNullOrWhiteSpace(folder) ? null : Path.GetFullPath(folder);

        // Never a shared folder such as /tmp, where another user could plant a configuration.
        var home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.LocalApplicationData, System.Environment.SpecialFolderOption.DoNotVerify);
        return home.Length == 0 ? null : Path.Combine(home, "setpoint");
    }
}

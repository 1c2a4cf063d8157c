using Microsoft.Extensions.Options;
using NotificationService;
using Setpoint.Client;

try
{
    var builder = WebApplication.CreateBuilder(args);

    // 1. Read the configuration: from the server, or from the cache of the last run when the server is down.
    builder.Configuration.AddSetpoint(options =>
    {
        options.Server = Environment.GetEnvironmentVariable("SETPOINT_URL") ?? "http://127.0.0.1:3001";
        options.Service = "notification-service";
        options.Environment = Environment.GetEnvironmentVariable("SETPOINT_ENVIRONMENT") ?? "production";

        // Beside a server that ./run.sh started, its key file will do; else SETPOINT_API_KEY or SETPOINT_API_KEY_FILE names the key.
        if (Environment.GetEnvironmentVariable("SETPOINT_API_KEY") is null && Environment.GetEnvironmentVariable("SETPOINT_API_KEY_FILE") is null)
            options.ApiKeyFile = KeyFile.OfServerNearby();

        // A key that is marked [Required] below and missing stops the start, with a message that says where to set it.
        options.RequiredKeys = SetpointRequiredKeys.Fail;
    });

    // 2. Follow it, and judge every change by the validators below before it is used.
    builder.Services.AddSetpoint();

    builder.Services.AddSetpointOptions<EmailOptions>(EmailOptions.Section).ValidateOnStart();
    builder.Services.AddSingleton<IValidateOptions<EmailOptions>, EmailOptionsValidator>();
    builder.Services.AddSetpointOptions<RateLimitOptions>(RateLimitOptions.Section)
        .Validate(limit => limit.PerMinute is > 0 and <= 1_000_000, "rateLimit:perMinute is 1 to 1,000,000.")
        .ValidateOnStart();
    builder.Services.AddHostedService<ChangeReporter>();

    if (string.IsNullOrEmpty(builder.Configuration["urls"]))
        builder.WebHost.UseUrls("http://127.0.0.1:5080");

    var app = builder.Build();

    // 3. Use it as any options: the monitor always shows the newest accepted value.
    app.MapGet("/", (IOptionsMonitor<EmailOptions> email, IOptionsMonitor<RateLimitOptions> limit, ISetpointClient setpoint) => new
    {
        email = email.CurrentValue,
        rateLimit = limit.CurrentValue,
        setpoint = new
        {
            state = setpoint.Status.State.ToString(),
            origin = setpoint.Status.Origin.ToString(),
            setpoint.Status.Revision,
            setpoint.Status.Version,
            setpoint.Status.LastContact,
            setpoint.Status.LastError,
            lastRefusal = setpoint.Status.LastRefusal?.ToString(),
        },
    });

    await app.RunAsync();
    return 0;
}
catch (SetpointStartException problem)
{
    // Neither a server nor a cache, this app's validators refuse what there is, or a required key is missing: the message says which, and the way out.
    await Console.Error.WriteLineAsync(problem.Message);
    return 1;
}

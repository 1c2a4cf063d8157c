using FeatureFlags;
using Setpoint.Client;

try
{
    var builder = WebApplication.CreateBuilder(args);

    // 1. Read flags and configuration: from the server, or from the cache of the last run when the server is down.
    builder.AddSetpoint(options =>
    {
        options.Server = Environment.GetEnvironmentVariable("SETPOINT_URL") ?? "http://127.0.0.1:3001";
        options.Service = "notification-service";
        options.Environment = Environment.GetEnvironmentVariable("SETPOINT_ENVIRONMENT") ?? "production";
        options.Flags.Enabled = true;

        // Every flag sees this, besides "service" and "environment".
        options.Context["region"] = Environment.GetEnvironmentVariable("REGION") ?? "eu";

        // Beside a server that ./run.sh started, its key file will do; else SETPOINT_API_KEY or SETPOINT_API_KEY_FILE names the key.
        if (Environment.GetEnvironmentVariable("SETPOINT_API_KEY") is null && Environment.GetEnvironmentVariable("SETPOINT_API_KEY_FILE") is null)
            options.ApiKeyFile = KeyFile.OfServerNearby();
    });

    // 2. One visitor for each request.
    builder.Services.AddHttpContextAccessor();
    builder.Services.AddScoped<Visitor>();

    if (string.IsNullOrEmpty(builder.Configuration["urls"]))
        builder.WebHost.UseUrls("http://127.0.0.1:5081");

    var app = builder.Build();
    app.Services.GetRequiredService<ISetpointClient>().Flags.Changed += (_, change) =>
        Log.Changed(app.Logger, change.Revision, change.Keys);

    // 3. Ask. curl 'http://127.0.0.1:5081/?user=ann&plan=pro'
    app.MapGet("/", (Visitor visitor) => new
    {
        checkout = visitor.HasNewCheckout ? "new" : "old",
        visitor.Banner,
        visitor.PageSize,
    });

    // Why: the variant, the reason, and what went wrong.
    app.MapGet("/why", (Visitor visitor) =>
    {
        var details = visitor.NewCheckoutDetails;
        return new { details.Value, details.Variant, details.Reason, details.ErrorCode, details.ErrorMessage, details.Revision };
    });

    await app.RunAsync();
    return 0;
}
catch (SetpointStartException problem)
{
    // Neither a server nor a cache: the message says which, and the way out.
    await Console.Error.WriteLineAsync(problem.Message);
    return 1;
}

using Setpoint.Client;
using Setpoint.Core.Flags;
using Setpoint.Core.Rules;

namespace FeatureFlags;

/// <summary>
/// Who makes this request, and what flags say about them. The context is made once for a request, however many flags it asks; a real app reads
/// it from the signed-in user.
/// </summary>
internal sealed class Visitor(IHttpContextAccessor http, ISetpointClient setpoint)
{
    private readonly FlagContext _context = Describe(http.HttpContext!.Request);

    /// <summary>The new checkout, for the share of users that the flag says. False where nothing can be known.</summary>
    public bool HasNewCheckout => setpoint.Flags.GetBoolean("new_checkout_flow", fallback: false, _context);

    public FlagDetails<bool> NewCheckoutDetails => setpoint.Flags.GetBooleanDetails("new_checkout_flow", fallback: false, _context);

    public string Banner => setpoint.Flags.GetString("banner_text", fallback: "Welcome", _context);

    public long PageSize => setpoint.Flags.GetInteger("page_size", fallback: 20, _context);

    private static FlagContext Describe(HttpRequest request) => FlagContext.Of(
        request.Query["user"].FirstOrDefault(),
        ("plan", LogicValue.Of(request.Query["plan"].FirstOrDefault() ?? "free")),
        ("country", LogicValue.Of(request.Headers["X-Country"].FirstOrDefault() ?? "unknown")));
}

namespace Setpoint.Server.Tests.Flags;

/// <summary>Flags that several tests use.</summary>
internal static class Samples
{
    /// <summary>How far ahead a schedule starts that a test waits for. What the test does before is over by then, on a slow machine, too.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromSeconds(4);

    /// <summary>The short form as it is documented.</summary>
    public const string Checkout = """
        {"name":"New Checkout Flow","description":"A/B test for new checkout process","enabled":true,
         "rollout":{"percentage":25,"userGroups":["beta-users"],"regions":["us-east"],"startDate":"2024-01-01T00:00:00Z","endDate":"2099-03-01T00:00:00Z"},
         "variants":[{"id":"control","name":"Current Flow","weight":50,"configuration":{}},
                     {"id":"treatment","name":"New Flow","weight":50,"configuration":{"newCheckout":true,"theme":"modern"}}],
         "dependencies":[],"tags":["checkout","experiment"]}
        """;

    /// <summary>A boolean flag in full form.</summary>
    public static string Boolean(string key, string defaultVariant = "on", string more = "") =>
        $$"""{"key":"{{key}}","variants":{"on":true,"off":false},"defaultVariant":"{{defaultVariant}}"{{more}}}""";
}

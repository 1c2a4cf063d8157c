namespace Setpoint.Core.Tests.Schemas;

/// <summary>Optional tests of the public suite that fail, each with its reason.</summary>
internal static class KnownFailures
{
    public static IEnumerable<string> Of(string draft) => draft == "draft7" ? [] : [];
}

namespace Setpoint.Client;

internal static class Trimming
{
    public const string Binding = "Binds configuration to a type by reflection; its members may be trimmed.";
}

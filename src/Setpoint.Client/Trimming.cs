namespace Setpoint.Client;

internal static class Trimming
{
    public const string Binding = "Binds configuration to a type by reflection; its members may be trimmed.";
    public const string Deriving = "Finds the required properties of a type and of the types of its properties by reflection; they may be trimmed.";
}

using System.Runtime.CompilerServices;
using Setpoint.Core.Faults;
using Setpoint.Core.Layers;

namespace Setpoint.Server.Configs;

/// <summary>
/// A configuration in the structure of another schema version, for processes that were built before it changed. Made once for each view
/// and version that is asked for, and gone with the view.
/// </summary>
internal static class OlderViews
{
    private static readonly ConditionalWeakTable<View, Dictionary<int, Result<View>>> Known = [];

    public static Result<View> Of(View view, int schemaVersion)
    {
        var known = Known.GetOrCreateValue(view);
        lock (known)
        {
            if (!known.TryGetValue(schemaVersion, out var older))
            {
                older = Make(view, schemaVersion);
                // Whoever counts through the numbers must not fill the memory with refusals.
                if (!older.IsFault)
                    known.Add(schemaVersion, older);
            }

            return older;
        }
    }

    private static Result<View> Make(View view, int schemaVersion)
    {
        var entry = view.Effective.Schema;
        var actual = entry?.Content!.Version ?? 1;
        if (schemaVersion == actual)
            return view;
        if (entry is null)
        {
            return new Fault.SchemaVersionMismatch(schemaVersion, actual,
                $"Namespace '{view.Effective.Namespace}' has no schema, and so its configuration is of version 1, not {schemaVersion}.");
        }

        if (!LayerMigration.Show(entry, view.Effective.Config, schemaVersion).TryGet(out var config, out var fault))
        {
            return fault is Fault.Invalid invalid
                ? new Fault.SchemaVersionMismatch(schemaVersion, actual, $"The configuration of version {actual} cannot be shown as version {schemaVersion}: {invalid.Message}")
                : fault;
        }

        return new View(view.Effective.ShownAs(config));
    }
}

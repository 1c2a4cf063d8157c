using System.Collections.Immutable;
using Setpoint.Core.Evolution.Steps;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Evolution;

/// <summary>Reads migrations and notes everything that is wrong with them.</summary>
internal readonly ref struct MigrationReader(Address address, ViolationList violations)
{
    public ImmutableArray<Migration> ReadAll(JsonArray documents, string path)
    {
        var migrations = ImmutableArray.CreateBuilder<Migration>(documents.Items.Length);
        var ways = new Dictionary<(int From, int To), int>();
        for (var i = 0; i < documents.Items.Length; i++)
        {
            if (documents.Items[i] is not JsonObject document)
            {
                violations.Add(address, $"{path}/{i}", ViolationCode.InvalidParameterType, $"A migration is an object with from, to and steps, not {JsonKinds.Describe(documents.Items[i].Kind)}.");
                continue;
            }

            if (Read(document, $"{path}/{i}") is not { } migration)
                continue;
            migrations.Add(migration);
            if (!ways.TryAdd((migration.From, migration.To), i))
            {
                violations.Add(address, $"{path}/{i}", ViolationCode.ConstraintViolation,
                    $"Migrations {ways[(migration.From, migration.To)]} and {i} both lead from version {migration.From} to {migration.To}. Put their steps into one.");
            }
        }

        return migrations.ToImmutable();
    }

    public Migration? Read(JsonObject document, string path)
    {
        // Not told from the number of violations: it stands still once there are as many as are reported.
        var wrong = false;
        for (var i = 0; i < document.Count; i++)
        {
            if (document.NameAt(i) is "from" or "to" or "steps")
                continue;
            wrong = true;
            violations.Add(address, path + JsonPointer.Of(document.NameAt(i)), ViolationCode.MalformedDocument, $"Property '{document.NameAt(i)}' is not known in a migration; known are from, to and steps.");
        }

        var from = ReadVersion(document, "from", path);
        var to = ReadVersion(document, "to", path);
        if (from is { } low && to is { } high && low >= high)
        {
            wrong = true;
            violations.Add(address, path + "/to", ViolationCode.ConstraintViolation, $"A migration leads to a newer version: 'to' is {high} and must be larger than 'from', which is {low}. The way back is found by itself.");
        }

        var steps = ReadSteps(document, path + "/steps");
        return wrong || from is null || to is null || steps.IsDefault ? null : new(from.Value, to.Value, steps);
    }

    /// <summary>The steps; default if anything is wrong with them.</summary>
    private ImmutableArray<MigrationStep> ReadSteps(JsonObject document, string path)
    {
        switch (document["steps"])
        {
            case JsonArray { Items.Length: <= Migration.StepsMax } array:
                var steps = ImmutableArray.CreateBuilder<MigrationStep>(array.Items.Length);
                for (var i = 0; i < array.Items.Length; i++)
                {
                    if (new StepReader(array.Items[i], address, $"{path}/{i}", violations).Read() is { } step)
                        steps.Add(step);
                }

                return steps.Count == array.Items.Length ? steps.MoveToImmutable() : default;
            case JsonArray array:
                violations.Add(address, path, ViolationCode.ConstraintViolation, $"The migration has {array.Items.Length} steps; the limit is {Migration.StepsMax}. Split it into several versions.");
                return default;
            case null:
                violations.Add(address, path, ViolationCode.MissingRequiredParameter, "A migration needs 'steps', an array; an empty one says that nothing has to change.");
                return default;
            case var other:
                violations.Add(address, path, ViolationCode.InvalidParameterType, $"'steps' is an array, not {JsonKinds.Describe(other.Kind)}.");
                return default;
        }
    }

    private int? ReadVersion(JsonObject document, string name, string path)
    {
        switch (document[name])
        {
            case JsonNumber number when number.TryGetInt64(out var version) && version is >= 1 and <= int.MaxValue:
                return (int)version;
            case null:
                violations.Add(address, $"{path}/{name}", ViolationCode.MissingRequiredParameter, $"A migration needs '{name}', a version of the schema: a whole number from 1 on.");
                return null;
            case JsonNumber number:
                violations.Add(address, $"{path}/{name}", ViolationCode.ConstraintViolation, $"'{name}' is {StepValues.Show(number)}; a version is a whole number from 1 to {int.MaxValue}.");
                return null;
            case var other:
                violations.Add(address, $"{path}/{name}", ViolationCode.InvalidParameterType, $"'{name}' is a version, a whole number from 1 on, not {JsonKinds.Describe(other.Kind)}.");
                return null;
        }
    }
}

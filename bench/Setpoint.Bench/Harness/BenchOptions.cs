namespace Setpoint.Bench.Harness;

/// <summary>How much to run.</summary>
/// <param name="Quick">Fewer and shorter rounds: to see that all is well, not to publish.</param>
/// <param name="Save">Write the tables to bench/results.</param>
/// <param name="Rounds">Overrides the number of rounds.</param>
internal sealed record BenchOptions(bool Quick, bool Save, int? Rounds)
{
    public int RoundsOr(int full, int quick) => Rounds ?? (Quick ? quick : full);

    public T Choose<T>(T full, T quick) => Quick ? quick : full;

    public static BenchOptions Parse(IEnumerable<string> arguments)
    {
        var options = new BenchOptions(Quick: false, Save: false, Rounds: null);
        foreach (var argument in arguments)
        {
            options = argument switch
            {
                "--quick" => options with { Quick = true },
                "--save" => options with { Save = true },
                _ when argument.StartsWith("--rounds=", StringComparison.Ordinal)
                    && int.TryParse(argument.AsSpan("--rounds=".Length), out var rounds) && rounds > 0 => options with { Rounds = rounds },
                _ => throw new BenchException($"'{argument}' is no option; there are --quick, --save and --rounds=N."),
            };
        }

        return options;
    }
}

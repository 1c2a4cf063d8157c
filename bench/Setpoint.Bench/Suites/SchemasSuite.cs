using System.Globalization;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Targets;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas;

namespace Setpoint.Bench.Suites;

/// <summary>A typical configuration against its schema, beside ajv (npm) compiled, with the same schema and documents in the same run.</summary>
internal static class SchemasSuite
{
    private const int Fresh = 256;

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var report = new Report("schemas", "JSON Schema: validation beside ajv");
        using var folder = new TempFolder("schemas");
        var schemaText = SampleSchema.Schema;
        var document = Parse(SampleSchema.Document);
        var schema = JsonSchema.Compile(Parse(schemaText), new SchemaOptions { AssertFormat = true }) is { IsFault: false } compiled
            ? compiled.Value
            : throw new BenchException("The sample schema does not compile.");
        if (!schema.IsValid(document))
            throw new BenchException($"The sample document is not valid: {schema.Evaluate(document).Errors[0].Message}");
        var broken = SampleSchema.Broken().Select(Parse).ToArray();
        foreach (var bad in broken)
        {
            if (schema.Evaluate(bad) is not { IsValid: false, TimedOut: false })
                throw new BenchException("A broken sample is accepted.");
        }

        // Documents that were read share the sets of names that occurred lately, as the objects of JSON.parse share hidden classes. Documents
        // that share none are the worst there is: every property is looked up. Edits and merges that add properties make such objects.
        var fresh = Enumerable.Range(0, Fresh).Select(_ => Parse(SampleSchema.Document)).ToArray();
        var strangers = Enumerable.Range(0, Fresh).Select(_ => WithNamesOfItsOwn(document)).ToArray();
        var theirs = await AjvPeer.MeasureAsync(folder, schemaText, SampleSchema.Document, SampleSchema.Broken(), options.RoundsOr(25, 8));
        var ours = Micro.Measure(
            options.RoundsOr(25, 8),
            new("Setpoint: IsValid", Repeat(() => schema.IsValid(document) ? 1 : 0)),
            new("Setpoint: Evaluate", Repeat(() => schema.Evaluate(document).Errors.Length)),
            new("Setpoint: IsValid, another copy each time", InTurn(fresh, copy => schema.IsValid(copy) ? 1 : 0)),
            new("Setpoint: IsValid, another copy with names of its own", InTurn(strangers, copy => schema.IsValid(copy) ? 1 : 0)),
            new("Setpoint: read the text and IsValid", Repeat(() => schema.IsValid(Parse(SampleSchema.Document)) ? 1 : 0)),
            new("Setpoint: ten broken documents, all errors", Repeat(() => broken.Sum(bad => schema.Evaluate(bad).Errors.Length))),
            new("Setpoint: compile the schema", Repeat(() => JsonSchema.Compile(Parse(schemaText), SchemaOptions.Default).IsFault ? 1 : 0)));

        // Twice, before and after ours, so that a machine that slows down or speeds up is fair to both; the better of both counts.
        var again = await AjvPeer.MeasureAsync(folder, schemaText, SampleSchema.Document, SampleSchema.Broken(), options.RoundsOr(25, 8));
        theirs = theirs.BetterOf(again);

        var table = report.Table(
            string.Create(CultureInfo.InvariantCulture, $"A document of {SampleSchema.Document.Length:#,0} characters, a schema of {schemaText.Length:#,0}"),
            "work", "ns/op min", "ns/op median", "bytes/op", "x ajv (min)");
        AddPeer(table, $"ajv {theirs.Version}: validate", theirs.Valid);
        Add(table, ours[0], theirs.Valid.Min);
        Add(table, ours[1], theirs.Valid.Min);
        AddPeer(table, "ajv: validate, another copy each time", theirs.Fresh);
        Add(table, ours[2], theirs.Fresh.Min);
        Add(table, ours[3], theirs.Fresh.Min);
        AddPeer(table, "ajv: JSON.parse and validate", theirs.Read);
        Add(table, ours[4], theirs.Read.Min);
        AddPeer(table, "ajv: ten broken documents, allErrors", theirs.Broken);
        Add(table, ours[5], theirs.Broken.Min);
        AddPeer(table, "ajv: compile the schema", theirs.Compile);
        Add(table, ours[6], theirs.Compile.Min);
        table.Note("ajv runs in node, with ajv-formats, on values that JSON.parse made. Its errors have no sentence about the value that was found and no suggestion; ours do.");

        report.GoalAtMost("schema", "valid document / ajv", ours[0].NanosecondsPerOperation.Min / theirs.Valid.Min, 1);
        report.GoalAtMost("schema", "valid document", ours[0].NanosecondsPerOperation.Min, 10_000, " ns");
        report.GoalAtMost("schema", "another copy each time / ajv", ours[2].NanosecondsPerOperation.Min / theirs.Fresh.Min, 1);
        report.GoalAtMost("schema", "allocation of IsValid", ours[0].BytesPerOperation, 0, " B");
        report.GoalAtMost("schema", "allocation of Evaluate", ours[1].BytesPerOperation, 0, " B");
        return report;
    }

    private static void AddPeer(Report.Section table, string name, AjvPeer.Figure figure) =>
        table.Row(name, Text(figure.Min), Text(figure.Median), "-", "1.00");

    private static void Add(Report.Section table, Micro.Result result, double peer) => table.Row(
        result.Name,
        Text(result.NanosecondsPerOperation.Min),
        Text(result.NanosecondsPerOperation.Median),
        result.BytesPerOperation.ToString("#,0", CultureInfo.InvariantCulture),
        (result.NanosecondsPerOperation.Min / peer).ToString("0.00", CultureInfo.InvariantCulture));

    private static string Text(double nanoseconds) => nanoseconds.ToString("#,0", CultureInfo.InvariantCulture);

    private static JsonValue Parse(string text) => JsonReader.Parse(text).Value;

    private static JsonValue WithNamesOfItsOwn(JsonValue value)
    {
        switch (value)
        {
            case JsonObject members:
                var builder = new JsonObjectBuilder(members.Count);
                for (var i = 0; i < members.Count; i++)
                    builder.Add(new string(members.NameAt(i).AsSpan()), WithNamesOfItsOwn(members.ValueAt(i)));
                return builder.Build();
            case JsonArray array:
                return new JsonArray([.. array.Items.Select(WithNamesOfItsOwn)]);
            default:
                return value;
        }
    }

    private static Func<int, long> InTurn(JsonValue[] documents, Func<JsonValue, long> work) => count =>
    {
        long sum = 0;
        for (var i = 0; i < count; i++)
            sum += work(documents[i % documents.Length]);
        return sum;
    };

    private static Func<int, long> Repeat(Func<long> work) => count =>
    {
        long sum = 0;
        for (var i = 0; i < count; i++)
            sum += work();
        return sum;
    };
}

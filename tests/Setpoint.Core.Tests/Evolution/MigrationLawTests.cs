using Setpoint.Core.Evolution;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Tests.Json;
using static Setpoint.Core.Tests.Evolution.MigrationSamples;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Evolution;

public sealed class MigrationLawTests
{
    [Fact]
    public void The_inverse_takes_a_migration_back_exactly_and_what_it_does_not_touch_stays_the_same_object()
    {
        var counts = new Dictionary<string, int>();
        Seeded.Run(3000, random =>
        {
            var before = JsonMaker.Object(random, unsets: 2);
            var (maker, steps, expected) = (new RandomSteps(random), new List<JsonObject>(), before);
            for (var i = 0; i < 8; i++)
            {
                if (maker.For(expected) is not { } step)
                    continue;
                steps.Add(step);
                expected = Steps(step.ToString()).Migrated(expected);
            }

            var migration = Steps([.. steps.Select(step => step.ToString())]);
            var after = migration.Migrated(before);

            after.ShouldBe(expected);
            migration.Inverse.ShouldNotBeNull().Migrated(after).ShouldBe(before);
            var touched = steps.SelectMany(step => new[] { step["from"], step["to"], step["path"] }).OfType<JsonString>()
                .Where(place => place.Value.StartsWith('/')).Select(place => JsonPointer.Parse(place.Value).Value.Segments[0]).ToHashSet();
            for (var i = 0; i < before.Count; i++)
            {
                if (!touched.Contains(before.NameAt(i)))
                    after[before.NameAt(i)].ShouldBeSameAs(before.ValueAt(i));
            }

            foreach (var step in steps)
                counts[((JsonString)step["op"]!).Value] = counts.GetValueOrDefault(((JsonString)step["op"]!).Value) + 1;
        });

        if (Environment.GetEnvironmentVariable("SETPOINT_SEED") is null)
            counts.Count(count => count.Value > 100).ShouldBe(7, "an operation is hardly tried");
    }

    [Fact]
    public void Each_layer_migrated_and_merged_is_the_merged_configuration_migrated_but_for_objects_that_a_move_empties()
    {
        var held = new Dictionary<string, int>();
        Seeded.Run(20_000, random =>
        {
            var layers = Enumerable.Range(0, random.Next(2, 4)).Select(_ => Layer(random, 3)).ToArray();
            var (op, from, to) = (random.Next(3) switch { 0 => "rename", 1 => "move", _ => "wrap" }, Place(random, 3), Place(random, 3));
            if (random.Next(2) == 0)
                to[^1] = "d";
            if (op == "move" ? IsPrefix(from, to) || IsPrefix(to, from) : op == "rename" && from[^1] == to[^1])
                return;
            if (op != "move" && from.Length > 1 && random.Next(4) == 0)
                from[random.Next(from.Length - 1)] = "*";
            var migration = Steps(op switch
            {
                "rename" => $$"""{"op":"rename","from":"{{Text(from)}}","to":"{{to[^1]}}"}""",
                "move" => $$"""{"op":"move","from":"{{Text(from)}}","to":"{{Text(to)}}"}""",
                _ => $$"""{"op":"wrap","path":"{{Text(from)}}","key":"k"}""",
            });
            var free = op switch
            {
                "rename" => layers.All(layer => Found(layer, [.. from[..^1], to[^1]]).Count == 0),
                "move" => layers.All(layer => Found(layer, to).Count == 0 && IsOpen(layer, from, Shared(from, to)) && IsOpen(layer, to, Shared(from, to))),
                _ => true,
            };
            if (!free)
                return;

            var alone = layers.Select(layer => migration.Migrated(layer, isBase: false)).ToArray();
            var merged = JsonMerge.MergeAll(layers);
            var (one, other) = (JsonMerge.MergeAll(alone), migration.Migrated(merged));
            (op == "move" ? Full(one) : one).ShouldBe(op == "move" ? Full(other) : other, $"{migration.Steps[0].Op} {Text(from)} {Text(to)} in {string.Join(" < ", layers.AsEnumerable())}");
            if (layers.Count(layer => Found(layer, from).Count > 0) > 1)
                held[op] = held.GetValueOrDefault(op) + 1;
        });

        if (Environment.GetEnvironmentVariable("SETPOINT_SEED") is null)
            held.Count(count => count.Value > 200).ShouldBe(3, $"hardly tried: {string.Join(", ", held)}");
    }

    /// <summary>The conditions of the law are needed: without each of them, this is what differs.</summary>
    [Theory]
    [InlineData("""{"op":"move","from":"/a/b","to":"/c"}""", """{"a":{"b":1}}""", """{"a":{"$unset":true}}""", """{"c":1}""", """{}""")]
    [InlineData("""{"op":"move","from":"/a/b","to":"/c"}""", """{"a":{"b":1}}""", """{"a":5}""", """{"c":1,"a":5}""", """{"a":5}""")]
    [InlineData("""{"op":"move","from":"/a","to":"/c/d"}""", """{"a":1}""", """{"c":[]}""", """{"c":[]}""", null)]
    [InlineData("""{"op":"rename","from":"/a","to":"b"}""", """{"a":1}""", """{"b":2}""", """{"b":2}""", null)]
    public void A_removal_or_something_in_the_way_makes_a_difference(string step, string lower, string upper, string alone, string? merged)
    {
        var migration = Steps(step);
        var (bottom, top) = (ObjectOf(lower), ObjectOf(upper));

        JsonMerge.MergeAll(migration.Migrated(bottom), migration.Migrated(top, isBase: false)).ToString().ShouldBe(alone);
        var whole = migration.Apply(JsonMerge.MergeAll(bottom, top), isBase: true);
        if (merged is null)
            whole.Fault.ShouldBeOfType<Fault.Invalid>();
        else
            whole.Value.ToString().ShouldBe(merged);
    }

    [Fact]
    public void Any_document_is_read_or_refused_and_any_migration_applied_or_refused() => Seeded.Run(5000, random =>
    {
        JsonValue document = JsonOf(
            """
            {"from":1,"to":2,"steps":[
              {"op":"rename","from":"/*/a","to":"b"},{"op":"move","from":"a","to":"/b/c"},{"op":"wrap","path":"/*","key":"a"},
              {"op":"default","path":"/c/*/b","value":1},{"op":"remove","path":"/*/b","restore":null},
              {"op":"convert","path":"/*/*","from":"string","to":"number"},{"op":"map","path":"/a/0","values":[["x",1],[null,"x"]],"else":"keep"}]}
            """);
        for (var i = random.Next(6); i > 0; i--)
            document = JsonMaker.Mutated(random, document);
        if (document is not JsonObject written)
            return;

        var violations = new ViolationList();
        var migration = Migration.Parse(written, Schema, "", violations);

        (migration is null).ShouldBe(violations.Count > 0, written.ToString());
        foreach (var violation in violations.ToImmutable())
            JsonPointer.TryParse(violation.Path, out _, out _).ShouldBeTrue(violation.Path);
        if (migration is null)
            return;
        var layer = JsonMaker.Object(random, unsets: 2);
        var before = layer.ToString();
        foreach (var direction in new[] { migration, migration.Inverse })
        {
            var fault = direction?.Apply(layer, isBase: random.Next(2) == 0).Fault;
            layer.ToString().ShouldBe(before);
            if (fault is not null)
                fault.ShouldBeOfType<Fault.Invalid>().Violations.ShouldNotBeEmpty();
        }
    });

    private static readonly string[] Names = ["a", "b", "c"];

    private static string[] Place(Random random, int depth) => [.. Enumerable.Range(0, random.Next(1, depth + 1)).Select(_ => Names[random.Next(3)])];

    private static string Text(string[] place) => "/" + string.Join('/', place);

    /// <summary>Mostly objects, so that places lead far; now and then an empty one, an array, a scalar or a removal.</summary>
    private static JsonObject Layer(Random random, int depth)
    {
        var layer = new JsonObjectBuilder();
        foreach (var name in Names.Where(_ => random.Next(3) > 0))
        {
            layer.Add(name, random.Next(12) switch
            {
                0 => JsonOf("""{"$unset":true}"""),
                1 => JsonNumber.Of(random.Next(3)),
                2 => JsonOf("""[{"a":1},{"a":{"b":2}}]"""),
                _ when depth > 0 => Layer(random, depth - 1),
                _ => JsonNumber.Of(random.Next(3)),
            });
        }

        return layer.Build();
    }

    private static bool IsPrefix(string[] prefix, string[] place) => place.Length >= prefix.Length && place.AsSpan(0, prefix.Length).SequenceEqual(prefix);

    private static int Shared(string[] left, string[] right) => left.AsSpan().CommonPrefixLength(right);

    /// <summary>What the place leads to, found the simple way.</summary>
    private static List<JsonValue> Found(JsonValue value, string[] place)
    {
        if (place.Length == 0)
            return [value];
        return value switch
        {
            JsonArray array when place[0] == "*" => [.. array.Items.SelectMany(item => Found(item, place[1..]))],
            JsonObject members when JsonMerge.IsUnset(members) => [],
            JsonObject members when place[0] == "*" => [.. Enumerable.Range(0, members.Count).SelectMany(i => Found(members.ValueAt(i), place[1..]))],
            JsonObject members when members[place[0]] is { } child => Found(child, place[1..]),
            _ => [],
        };
    }

    /// <summary>Nothing but objects on the way, below the object that both places share.</summary>
    private static bool IsOpen(JsonObject layer, string[] place, int shared) =>
        Enumerable.Range(shared + 1, Math.Max(0, place.Length - shared - 1))
            .All(count => Found(layer, place[..count]).All(value => value is JsonObject && !JsonMerge.IsUnset(value)));

    /// <summary>Without objects that are empty.</summary>
    private static JsonValue Full(JsonValue value)
    {
        if (value is not JsonObject members)
            return value;
        var full = new JsonObjectBuilder();
        for (var i = 0; i < members.Count; i++)
        {
            if (Full(members.ValueAt(i)) is var inner and not JsonObject { Count: 0 })
                full.Add(members.NameAt(i), inner);
        }

        return full.Build();
    }
}

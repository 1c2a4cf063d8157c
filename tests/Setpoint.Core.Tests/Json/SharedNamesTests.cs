using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

/// <summary>Other tests read texts at the same time and may push an entry out, so what must be shared is asked for more than once.</summary>
public sealed class SharedNamesTests
{
    [Fact]
    public void Texts_with_the_same_names_in_the_same_order_share_them() =>
        Shared("""{"shared-first":1,"é":{"shared-second":2}}""", """{ "shared-first" : true, "é" : {"shared-second":[]} }""").ShouldBeTrue();

    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"b":1,"a":2}""")]
    [InlineData("""{"a":1,"b":2}""", """{"a":1}""")]
    [InlineData("""{"a":1,"b":2}""", """{"a":1,"B":2}""")]
    [InlineData("""{"é":1}""", """{"e":1}""")]
    public void Other_names_or_another_order_are_another_set(string one, string other) => Shared(one, other).ShouldBeFalse();

    [Fact]
    public void Names_of_which_only_the_ends_are_equal_are_told_apart()
    {
        // The hash looks at the length and both ends, so all of these fall into one slot.
        string[] names = [.. Enumerable.Range(0, 100).Select(i => $"same{i:D3}same")];
        for (var round = 0; round < 2; round++)
        {
            foreach (var name in names)
                ObjectOf($$"""{"{{name}}":1}""").NameAt(0).ShouldBe(name);
            var all = ObjectOf($"{{{string.Join(',', names.Select((name, i) => $"\"{name}\":{i}"))}}}");
            all.Names.AsSpan().ToArray().ShouldBe(names);
            all["same042same"]!.ToString().ShouldBe("42");
        }
    }

    [Fact]
    public void A_name_that_occurs_twice_is_refused_however_well_it_is_known()
    {
        ObjectOf("""{"twice":1,"once":2}""");
        JsonReader.Parse("""{"twice":1,"twice":2}""").IsFault.ShouldBeTrue();
        JsonReader.Parse("""{"twice":1,"twice":2}""").IsFault.ShouldBeTrue();
    }

    [Theory]
    [InlineData(65, 1)]
    [InlineData(20, 60)]
    public void Large_sets_are_not_kept(int count, int length)
    {
        var text = $"{{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"{i.ToString().PadLeft(length, 'x')}\":0"))}}}";
        Shared(text, text).ShouldBeFalse();
    }

    [Fact]
    public void Threads_that_read_at_once_each_get_what_their_text_says()
    {
        // More sets than slots, so that entries are replaced all the time.
        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                var name = $"name{(i * 7 + thread) % 1_500}";
                var read = ObjectOf($$"""{"{{name}}":{{i}},"x{{name}}":{"{{name}}":0} }""");
                read.NameAt(0).ShouldBe(name);
                read.NameAt(1).ShouldBe("x" + name);
                read[name]!.ToString().ShouldBe(i.ToString());
                ((JsonObject)read.ValueAt(1)).NameAt(0).ShouldBe(name);
            }
        });
    }

    private static bool Shared(string one, string other)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            if (ReferenceEquals(ObjectOf(one).Names, ObjectOf(other).Names))
                return true;
        }

        return false;
    }
}

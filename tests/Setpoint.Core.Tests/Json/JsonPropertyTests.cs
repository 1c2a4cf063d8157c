using System.Text;
using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class JsonPropertyTests
{
    [Fact]
    public void What_is_written_is_read_back_equal_and_to_the_digit() => Seeded.Run(3000, random =>
    {
        var value = JsonMaker.Value(random);
        var text = value.ToString();

        JsonOf(text).ShouldBe(value);
        JsonOf(text).ToString().ShouldBe(text);
        JsonOf(JsonWriter.ToIndentedText(value)).ToString().ShouldBe(text);
        JsonMeasure.TextSize(value).ShouldBe(Encoding.UTF8.GetByteCount(text));
        JsonMeasure.Check(value, new JsonLimits(Encoding.UTF8.GetByteCount(text), value.Depth)).ShouldBeNull();
        JsonReader.Parse(text, new JsonLimits(1 << 20, value.Depth)).IsFault.ShouldBeFalse();
        if (value.Depth > 0)
            JsonReader.Parse(text, new JsonLimits(1 << 20, value.Depth - 1)).IsFault.ShouldBeTrue();
    });

    [Fact]
    public void Equal_values_have_equal_fingerprints_and_no_others_do() => Seeded.Run(3000, random =>
    {
        var value = JsonMaker.Value(random);
        var same = JsonMaker.Reordered(random, value);
        var other = random.Next(2) == 0 ? JsonMaker.Mutated(random, value) : JsonMaker.Value(random);

        same.ShouldBe(value);
        same.GetHashCode().ShouldBe(value.GetHashCode());
        CanonicalJson.FingerprintOf(same).ShouldBe(CanonicalJson.FingerprintOf(value));
        CanonicalJson.FingerprintOf(JsonOf(JsonWriter.ToIndentedText(same))).ShouldBe(CanonicalJson.FingerprintOf(value));
        (CanonicalJson.FingerprintOf(other) == CanonicalJson.FingerprintOf(value)).ShouldBe(other.Equals(value));
        value.Equals(other).ShouldBe(other.Equals(value));
        if (value.Equals(other))
            JsonComparison.SameValue(value, other).ShouldBeTrue();
    });

    [Fact]
    public void Canonical_text_sorts_like_the_naive_model() => Seeded.Run(1000, random =>
    {
        var value = JsonMaker.Value(random);
        Encoding.UTF8.GetString(CanonicalJson.ToUtf8(value, CanonicalNumbers.AsWritten).Value).ShouldBe(Sorted(value).ToString());

        static JsonValue Sorted(JsonValue value) => value switch
        {
            JsonArray array => new JsonArray([.. array.Items.Select(Sorted)]),
            JsonObject members => Enumerable.Range(0, members.Count).OrderBy(members.NameAt, StringComparer.Ordinal)
                .Aggregate(new JsonObjectBuilder(), (builder, i) => builder.Add(members.NameAt(i), Sorted(members.ValueAt(i)))).Build(),
            _ => value,
        };
    });

    [Fact]
    public void A_diff_applied_as_a_patch_turns_one_value_into_the_other() => Seeded.Run(3000, random =>
    {
        var before = JsonMaker.Value(random);
        var after = random.Next(4) == 0 ? JsonMaker.Value(random) : JsonMaker.Mutated(random, JsonMaker.Mutated(random, before));
        var (beforeText, afterText) = (before.ToString(), after.ToString());

        var changes = JsonDiff.Compare(before, after);
        var patch = JsonPatch.Parse(JsonOf(JsonDiff.ToJsonPatch(changes).ToString())).Value;

        patch.Apply(before).Value.ShouldBe(after);
        changes.IsEmpty.ShouldBe(before.Equals(after));
        before.ToString().ShouldBe(beforeText);
        after.ToString().ShouldBe(afterText);
        foreach (var change in changes.Where(change => change.Op != JsonChangeOp.Add))
            change.From.ShouldNotBeNull();
    });

    [Fact]
    public void Leaves_are_found_again_by_their_pointers_and_build_the_document_up() => Seeded.Run(1000, random =>
    {
        var value = JsonMaker.Value(random);
        var leaves = JsonLeaves.Of(value);

        JsonLeaves.Count(value).ShouldBe(leaves.Length);
        foreach (var leaf in leaves)
            JsonPointer.Parse(leaf.Path).Value.Resolve(value).ShouldBeSameAs(leaf.Value);
    });

    [Fact]
    public void A_pointer_comes_back_from_its_text() => Seeded.Run(1000, random =>
    {
        string[] parts = ["", "a", "~", "/", "~1", "~0", "~01", "é", "0", "-", "a.b", "😀"];
        var pointer = JsonPointer.Of([.. Enumerable.Range(0, random.Next(5)).Select(_ => parts[random.Next(parts.Length)])]);

        JsonPointer.Parse(pointer.ToString()).Value.ShouldBe(pointer);
        if (!pointer.IsRoot)
            KeyPath.Parse(KeyPath.Of(pointer).ToString()).Value.Pointer.ShouldBe(pointer);
    });

    [Fact]
    public void A_value_that_is_set_is_found_and_nothing_beside_it_changes() => Seeded.Run(2000, random =>
    {
        var document = JsonMaker.Object(random);
        var text = document.ToString();
        var leaves = JsonLeaves.Of(document).Where(leaf => leaf.Path.Length > 0).ToArray();
        if (leaves.Length == 0)
            return;
        var path = KeyPath.Of(JsonPointer.Parse(leaves[random.Next(leaves.Length)].Path).Value);
        var value = JsonMaker.Value(random, 1);

        var edited = JsonEdit.Set(document, path, value).Value;

        path.Pointer.Resolve(edited).ShouldBe(value);
        JsonEdit.Set(edited, path, value).Value.ShouldBeSameAs(edited);
        foreach (var change in JsonDiff.Compare(document, edited))
            change.Path.ShouldStartWith(path.Pointer.ToString());
        var removed = JsonEdit.Remove(edited, path);
        removed.ShouldNotBe(edited);
        JsonLeaves.Count(removed).ShouldBeLessThanOrEqualTo(JsonLeaves.Count(edited));
        document.ToString().ShouldBe(text);
    });

    [Fact]
    public void Case_conflicts_are_those_that_the_naive_model_finds_also_beside_an_older_version() => Seeded.Run(2000, random =>
    {
        var before = JsonMaker.Object(random);
        var after = JsonMaker.Mutated(random, JsonMaker.Mutated(random, before)) as JsonObject ?? before;

        CaseConflicts.Find(after).Length.ShouldBe(Naive(after));
        if (Naive(before) == 0)
            CaseConflicts.Find(after, before).Length.ShouldBe(Naive(after));

        static int Naive(JsonValue value) => value switch
        {
            JsonArray array => array.Items.Sum(Naive),
            JsonObject members => Enumerable.Range(0, members.Count).GroupBy(members.NameAt, StringComparer.OrdinalIgnoreCase).Sum(group => group.Count() - 1)
                + Enumerable.Range(0, members.Count).Sum(i => Naive(members.ValueAt(i))),
            _ => 0,
        };
    });
}

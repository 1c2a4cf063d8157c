using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Setpoint.Client.Requirements;

namespace Setpoint.Client.Tests;

public sealed class OptionsKeyTests
{
    [Fact]
    public void Marked_properties_are_required_with_the_types_that_a_binder_makes_of_them() =>
        Keys(typeof(Everything), "app:all").ShouldBe(
        [
            "app.all.bytes: string",
            "app.all.count: integer",
            "app.all.flag: boolean",
            "app.all.level: string",
            "app.all.list: array",
            "app.all.map: object",
            "app.all.maybe: integer",
            "app.all.open: any",
            "app.all.ratio: number",
            "app.all.span: string",
            "app.all.text: string",
            "app.all.undecided: any",
            "app.all.url: string",
        ]);

    [Fact]
    public void Nested_classes_take_part_where_they_are_marked_or_there_from_the_start() =>
        Keys(typeof(Outer), "").ShouldBe(["always.key: string", "marked: object", "marked.key: string", "readOnly.key: string"]);

    [Fact]
    public void Names_follow_the_configuration_and_not_the_class() =>
        Keys(typeof(Renamed), "s").ShouldBe(["/s/with.dot: string", "s.a.b: string", "s.url: string"]);

    [Fact]
    public void A_type_that_holds_itself_comes_to_an_end() =>
        Keys(typeof(Ring), "r").ShouldBe(["r.key: string", "r.next: object"]);

    [Fact]
    public void What_no_binder_sets_is_not_required() => Keys(typeof(Closed), "c").ShouldBeEmpty();

    private static IEnumerable<string> Keys(Type type, string section) =>
        OptionsKeys.Of(type, section).Select(key => $"{key.Requirement.Key}: {key.Requirement.Type ?? "any"}");

    private sealed class Everything
    {
        [Required] public string? Text { get; set; }
        [Required] public int Count { get; set; }
        [Required] public int? Maybe { get; set; }
        [Required] public double Ratio { get; set; }
        [Required] public bool Flag { get; set; }
        [Required] public DayOfWeek Level { get; set; }
        [Required] public TimeSpan Span { get; set; }
        [Required] public Uri? Url { get; set; }
        [Required] public byte[]? Bytes { get; set; }
        [Required] public List<string>? List { get; set; }
        [Required] public IReadOnlyDictionary<string, int>? Map { get; set; }
        [Required] public object? Open { get; set; }
        public required int? Undecided { get; set; }
        public string? NotMarked { get; set; }
    }

    private sealed class Outer
    {
        public Inner Always { get; set; } = new() { Key = "" };
        public Inner? Sometimes { get; set; }
        [Required] public Inner? Marked { get; set; }
        public Inner ReadOnly { get; } = new() { Key = "" };
    }

    private sealed class Inner
    {
        public required string Key { get; set; }
    }

    private sealed class Renamed
    {
        [Required] public string? URL { get; set; }
        [Required, ConfigurationKeyName("a:b")] public string? Far { get; set; }
        [Required, ConfigurationKeyName("with.dot")] public string? Dotted { get; set; }
    }

    private sealed class Ring
    {
        [Required] public string? Key { get; set; }
        [Required] public Ring? Next { get; set; }
    }

    private sealed class Closed
    {
        [Required] public string Computed => "x";
        [Required] public string Hidden { get; private set; } = "";
        [Required] internal string Internal { get; set; } = "";
        [Required] public static string? Shared { get; set; }
        [Required] public string? this[int index] { get => null; set => _ = index; }
    }
}

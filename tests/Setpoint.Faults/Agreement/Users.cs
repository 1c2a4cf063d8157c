using System.Globalization;
using Setpoint.Core.Json;

namespace Setpoint.Faults.Agreement;

/// <param name="Text">The context, as JSON.</param>
/// <param name="IsAscii">All that may be hashed of it is.</param>
internal sealed record User(int Number, string Text, bool IsAscii)
{
    public JsonObject Context { get; } = (JsonObject)JsonReader.Parse(Text, JsonLimits.Document).Value;
}

/// <summary>
/// Users, each made of the seed and its number alone, so that any one of them can be asked again. They have ids of many forms, no two the same, and
/// attributes that the flags look for; each hundredth has no id.
/// </summary>
internal static class Users
{
    private static readonly string[] Countries = ["DE", "FR", "US", "SE", "NO", "ÖS", "gold", ""];
    private static readonly string[] Plans = ["gold", "free", "team", "premium", "DE", "1"];
    private static readonly string[] Names = ["gold", "free", "Ada", "ada@example.com", ""];
    private static readonly string[] Versions = ["1.2.0", "1.2.3", "2.0.0", "v2.1", "1", "2.0.0-rc.1", "3.10.4+build", "none", ""];
    private static readonly string[] Far = ["jürgen", "李", "ñandú", "Ωmega", "👩‍🚀", "한국", "क्ष"];

    public static bool HasKey(int number) => number % 100 != 99;

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5394", Justification = "The seed is the point.")]
    public static User At(int seed, int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        var isAscii = random.Next(8) > 0;
        var id = IdOf(random, number, isAscii);
        var parts = new List<string>(8);
        if (HasKey(number))
            parts.Add($"\"targetingKey\":{Quoted(id)}");
        Maybe("country", () => Quoted(Pick(Countries)));
        Maybe("plan", () => Quoted(Pick(Plans)));
        Maybe("email", () => random.Next(6) switch
        {
            0 => Quoted("ada@example.com"),
            1 => Quoted(""),
            2 => Quoted($"admin-{number}@corp.org"),
            3 => Quoted($"{(isAscii ? "u" : id)}{number}@example.com"),
            _ => Quoted($"{(isAscii ? "user" : Pick(Far))}.{number}@corp.org"),
        });
        Maybe("age", () => random.Next(8) switch
        {
            0 => Quoted("30"),
            1 => string.Create(CultureInfo.InvariantCulture, $"{random.Next(90)}.5"),
            2 => "-1",
            _ => random.Next(90).ToString(CultureInfo.InvariantCulture),
        });
        Maybe("version", () => Quoted(Pick(Versions)));
        Maybe("beta", () => Pick(["true", "false", "0", "1"]));
        Maybe("user", () => $$"""{"name":{{Quoted(Pick(Names))}},"id":{{(random.Next(10) == 0 ? "7.25" : random.Next(1_000_000).ToString(CultureInfo.InvariantCulture))}}}""");
        return new(number, $"{{{string.Join(',', parts)}}}", isAscii);

        void Maybe(string name, Func<string> value)
        {
            if (random.Next(8) > 0)
                parts.Add($"\"{name}\":{value()}");
        }

        string Pick(string[] from) => from[random.Next(from.Length)];
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5394", Justification = "The seed is the point.")]
    private static string IdOf(Random random, int number, bool isAscii)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        if (!isAscii)
            return $"{Far[random.Next(Far.Length)]}-{text}";
        return random.Next(6) switch
        {
            0 => text,
            1 => $"{random.NextInt64():x16}-{number:x8}",
            2 => $"{text}@example.com",
            3 => $"auth0|{text}{new string('x', random.Next(100))}",
            4 => $" \"{text}\"\\\t",
            _ => $"user-{text}",
        };
    }

    private static string Quoted(string text) => new JsonString(text).ToString();
}

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Json;

namespace Setpoint.Core.Services;

/// <summary>A key that a service reads, and what it reads it as.</summary>
/// <param name="Key">As the service writes it: dotted, a JSON Pointer, or with <c>:</c> or <c>__</c> as .NET separates names.</param>
/// <param name="Type">One of <see cref="JsonTypes"/>; null takes any value.</param>
/// <param name="Text">
/// The service reads text, as .NET's configuration is: <c>"8080"</c> is an integer to it and <c>8080</c> a string. Without this the JSON type counts.
/// </param>
public sealed record KeyRequirement(string Key, string? Type = null, bool Text = false)
{
    public const int KeyLengthMax = 512;

    /// <summary>
    /// The places that the key may mean, in the order in which they are tried: as a dotted key or JSON Pointer, with <c>:</c> between names,
    /// with <c>__</c> between names. <c>DATABASE_URL</c> is one name in each of them.
    /// </summary>
    /// <param name="problem">Why the key can mean no place at all.</param>
    public static bool TryRead(string key, out ImmutableArray<JsonPointer> places, [NotNullWhen(false)] out string? problem)
    {
        places = [];
        if (key.Length > KeyLengthMax)
        {
            problem = $"The key has {key.Length} characters; the limit is {KeyLengthMax}.";
            return false;
        }

        var found = ImmutableArray.CreateBuilder<JsonPointer>(3);
        if (KeyPath.TryParse(key, out var path, out problem))
            found.Add(path.Pointer);
        // A pointer says exactly where; in it the others are ordinary characters.
        if (!key.StartsWith('/'))
        {
            AddSplit(":");
            AddSplit("__");
        }

        places = found.ToImmutable();
        return !places.IsEmpty;

        void AddSplit(string separator)
        {
            var names = key.Split(separator);
            if (names.Length is > 1 and <= JsonPointer.SegmentsMax && Array.IndexOf(names, string.Empty) < 0)
                found.Add(JsonPointer.Of([.. names]));
        }
    }

    /// <summary>The value that the key means; null (not <see cref="JsonNull"/>) if there is none.</summary>
    /// <remarks>
    /// Names are matched exactly first, in every reading of the key, and only then ignoring case: services read their configuration as .NET
    /// does or as their environment is written. The Gate keeps names apart that differ only in case, so at most one matches.
    /// </remarks>
    public JsonValue? Find(JsonObject config)
    {
        TryRead(Key, out var places, out _);
        foreach (var place in places)
        {
            if (place.Resolve(config) is { } exact)
                return exact;
        }

        foreach (var place in places)
        {
            if (ResolveAnyCase(config, place) is { } similar)
                return similar;
        }

        return null;
    }

    /// <summary>Whether the value can be read as the type. Null is a value, but of no type.</summary>
    public bool IsSatisfiedBy(JsonValue value) => Type is null || JsonTypes.Holds(Type, value) || (Text && value switch
    {
        JsonString text => JsonTypes.ReadsAs(Type, text.Value),
        JsonNumber or JsonBoolean => Type == JsonTypes.String,
        _ => false,
    });

    private static JsonValue? ResolveAnyCase(JsonObject config, JsonPointer place)
    {
        JsonValue? value = config;
        foreach (var segment in place.Segments)
        {
            value = value switch
            {
                JsonObject members => MemberAnyCase(members, segment),
                JsonArray array when JsonPointer.TryIndex(segment, out var index) && index < array.Items.Length => array.Items[index],
                _ => null,
            };
        }

        return value;
    }

    private static JsonValue? MemberAnyCase(JsonObject members, string name)
    {
        if (members.TryGetValue(name, out var exact))
            return exact;
        for (var i = 0; i < members.Count; i++)
        {
            if (string.Equals(members.NameAt(i), name, StringComparison.OrdinalIgnoreCase))
                return members.ValueAt(i);
        }

        return null;
    }
}

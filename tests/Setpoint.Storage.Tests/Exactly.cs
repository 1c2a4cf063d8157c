using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Storage.Tests;

/// <summary>Exact comparison. Equality of bodies ignores the order of properties, so their text is compared, too.</summary>
internal static class Exactly
{
    public static void ShouldBeExactly(this Document? actual, Document? expected)
    {
        if (expected is null)
        {
            actual.ShouldBeNull();
            return;
        }

        actual.ShouldNotBeNull();
        actual.Address.ShouldBe(expected.Address);
        actual.Version.ShouldBe(expected.Version);
        actual.Actor.ShouldBe(expected.Actor);
        actual.At.ShouldBe(expected.At);
        actual.At.Offset.ShouldBe(TimeSpan.Zero);
        actual.Fingerprint.ShouldBe(expected.Fingerprint);
        Text(actual.Body).ShouldBe(Text(expected.Body));
    }

    public static void ShouldBeExactly(this Commit? actual, Commit expected)
    {
        actual.ShouldNotBeNull();
        actual.Revision.ShouldBe(expected.Revision);
        actual.At.ShouldBe(expected.At);
        actual.Actor.ShouldBe(expected.Actor);
        actual.Message.ShouldBe(expected.Message);
        actual.Tags.ShouldBe(expected.Tags);
        actual.RollbackTo.ShouldBe(expected.RollbackTo);
        actual.PreviousHash.ShouldBe(expected.PreviousHash);
        actual.Hash.ShouldBe(expected.Hash);
        actual.Changes.Length.ShouldBe(expected.Changes.Length);
        foreach (var (one, other) in actual.Changes.Zip(expected.Changes))
        {
            one.Before.ShouldBeExactly(other.Before);
            one.After.ShouldBeExactly(other.After);
        }
    }

    public static void ShouldBeExactly(this IEnumerable<Commit> actual, IEnumerable<Commit> expected)
    {
        var left = actual.ToList();
        var right = expected.ToList();
        left.Select(commit => commit.Revision).ShouldBe(right.Select(commit => commit.Revision));
        foreach (var (one, other) in left.Zip(right))
            one.ShouldBeExactly(other);
    }

    public static void ShouldBeExactly(this IEnumerable<Document> actual, IEnumerable<Document> expected)
    {
        var left = actual.OrderBy(document => document.Address).ToList();
        var right = expected.OrderBy(document => document.Address).ToList();
        left.Select(document => document.Address.Text).ShouldBe(right.Select(document => document.Address.Text));
        foreach (var (one, other) in left.Zip(right))
            one.ShouldBeExactly(other);
    }

    private static string? Text(JsonObject? body) => body is null ? null : JsonWriter.ToText(body);
}

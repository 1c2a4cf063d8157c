using System.Collections.Immutable;

namespace Setpoint.Core.Flags;

/// <summary>Who names whom, seen from the named: an immutable map from a name to those that use it.</summary>
internal sealed class NameLinks
{
    public static readonly NameLinks Empty = new(ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal));

    private static readonly ImmutableSortedSet<string> None = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    private readonly ImmutableDictionary<string, ImmutableSortedSet<string>> _users;

    private NameLinks(ImmutableDictionary<string, ImmutableSortedSet<string>> users) => _users = users;

    /// <summary>In ordinal order.</summary>
    public ImmutableSortedSet<string> UsersOf(string name) => _users.GetValueOrDefault(name) ?? None;

    /// <summary>The map after what a user names has changed.</summary>
    public NameLinks With(string user, IEnumerable<string> before, IEnumerable<string> after)
    {
        var users = _users;
        foreach (var name in before)
        {
            var left = (users.GetValueOrDefault(name) ?? None).Remove(user);
            users = left.IsEmpty ? users.Remove(name) : users.SetItem(name, left);
        }

        foreach (var name in after)
            users = users.SetItem(name, (users.GetValueOrDefault(name) ?? None).Add(user));
        return ReferenceEquals(users, _users) ? this : new(users);
    }
}

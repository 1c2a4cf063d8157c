using System.Collections.Immutable;

namespace Setpoint.Core.Validation;

/// <summary>For whom a namespace's effective configuration may have changed: in some environments for all users, and for some users in all.</summary>
/// <param name="Environments">Null: in every one.</param>
/// <param name="Users">Users who are affected in every environment.</param>
internal sealed record AffectedScope(ImmutableHashSet<string>? Environments, ImmutableHashSet<string> Users)
{
    private static readonly ImmutableHashSet<string> None = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    public static readonly AffectedScope All = new(null, None);

    public static AffectedScope In(IEnumerable<string> environments) => new(None.Union(environments), None);

    public static AffectedScope OfUser(string user) => new(None, None.Add(user));

    public AffectedScope Join(AffectedScope other)
    {
        if (Environments is null && (other.Environments is null || other.Environments.IsEmpty) && other.Users.IsEmpty)
            return this;
        return new(
            Environments is null || other.Environments is null ? null : Environments.Union(other.Environments),
            Users.Union(other.Users));
    }

    /// <summary>Whether all users' views in this environment are affected.</summary>
    public bool Reaches(string environment) => Environments is null || Environments.Contains(environment);
}

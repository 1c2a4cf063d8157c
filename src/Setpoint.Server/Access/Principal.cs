namespace Setpoint.Server.Access;

/// <summary>Who is calling.</summary>
/// <param name="Name">Recorded as the actor of what they change.</param>
internal sealed record Principal(string Name);

/// <summary>Tells who presents a credential. The admin key is the first implementation; people, machines and tokens follow.</summary>
internal interface IAuthenticator
{
    /// <summary>The principal whom this API key or token belongs to; null if it is nobody's.</summary>
    Principal? Authenticate(ReadOnlySpan<char> credential);
}

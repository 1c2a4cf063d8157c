using Setpoint.Server.Configs;
using Setpoint.Server.Rollouts;

namespace Setpoint.Server.Delivery;

/// <summary>What a feed is about: one effective configuration for who is asking.</summary>
/// <param name="Target">Without arms: who gets which changes while the feed lives.</param>
/// <param name="Audience">Null: nobody in particular, who has no arm.</param>
internal readonly record struct FeedKey(ViewKey Target, Audience? Audience);

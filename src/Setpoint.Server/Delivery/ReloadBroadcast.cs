namespace Setpoint.Server.Delivery;

/// <summary>Tells subscribers to read again, whether or not anything changed.</summary>
internal sealed class ReloadBroadcast(FeedTable feeds)
{
    /// <param name="environment">Null: in every environment.</param>
    /// <param name="revision">A revision that is on the board.</param>
    /// <returns>The number of subscribers that were told.</returns>
    public int Publish(string ns, string? environment, long revision)
    {
        var told = 0;
        foreach (var feed in feeds.All)
        {
            if (feed.Key.Target.Namespace != ns || (environment is not null && feed.Key.Target.Environment != environment))
                continue;

            // A reader resumes from the last revision that it was told, so the state of that revision must be before it in the line.
            feeds.Refresh(feed);
            told += feed.Followers.Reload(PushMessage.Reload(feed.Key.Target, revision));
        }

        return told;
    }
}

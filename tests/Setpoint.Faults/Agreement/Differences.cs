using System.Collections.Concurrent;

namespace Setpoint.Faults.Agreement;

/// <summary>What was compared, and what differed: each with all that is needed to see it again. Safe for concurrent use.</summary>
internal sealed class Differences(int seed, AgreedFlag[] flags)
{
    // The first ones of each flag say what is wrong with it; a million of them would say it no better.
    private const int ShownMax = 3;

    private readonly ConcurrentQueue<string> _shown = new();
    private readonly ConcurrentDictionary<(string Flag, string Who), int> _found = new();
    private long _compared;

    public long Compared => Interlocked.Read(ref _compared);

    public long Found => _found.Values.Sum(count => (long)count);

    /// <summary>Compares the answers of one to a user with those of the SDK.</summary>
    public void Compare(User user, Answer[] sdk, string who, Answer[] theirs)
    {
        theirs.Length.ShouldBe(flags.Length, who);
        for (var i = 0; i < theirs.Length; i++)
        {
            if (sdk[i] != theirs[i])
                Add(user, flags[i], sdk[i], who, theirs[i]);
        }

        Interlocked.Add(ref _compared, theirs.Length);
    }

    public void Count(long compared) => Interlocked.Add(ref _compared, compared);

    public void Add(User user, AgreedFlag flag, Answer sdk, string who, Answer theirs)
    {
        if (_found.AddOrUpdate((flag.Key, who), 1, static (_, count) => count + 1) <= ShownMax)
        {
            _shown.Enqueue(
                $"flag '{flag.Key}': the SDK says {sdk}, {who} says {theirs}; user {user.Number} {user.Text}. "
                + $"Again: SETPOINT_SEED={seed} SETPOINT_AGREEMENT_FIRST={user.Number} SETPOINT_AGREEMENT_USERS=1");
        }
    }

    public void ShouldBeNone()
    {
        if (Found > 0)
        {
            var counts = _found.Select(one => $"{one.Key.Flag}, {one.Key.Who}: {one.Value}").Order(StringComparer.Ordinal);
            Assert.Fail($"{Found} of {Compared} answers differ.\n{string.Join('\n', counts)}\nThe first of each:\n{string.Join('\n', _shown)}");
        }
    }
}

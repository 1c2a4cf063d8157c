using System.Text.Json.Nodes;
using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;
using Setpoint.Core.Flags;

namespace Setpoint.Bench.Targets;

/// <summary>Compares what the server answers with what the flags come to in this process, before anything is timed.</summary>
internal static class FlagAnswers
{
    private static readonly FlagTime Now = FlagTime.Of(TimeProvider.System);

    /// <summary>Answers of <c>/api/features/evaluate</c>, one for each user from 0 on.</summary>
    /// <param name="flag">The one that each user asked for; null if all were asked for.</param>
    public static void Check(FlagSet expected, IReadOnlyList<Answer> answers, Func<int, int>? flag)
    {
        var outcomes = new HashSet<string>(StringComparer.Ordinal);
        for (var user = 0; user < answers.Count; user++)
        {
            var flags = Read(answers[user])["flags"]!.AsObject();
            string[] keys = flag is null ? [.. expected.Keys] : [FlagMix.KeyOf(flag(user))];
            if (flags.Count != keys.Length)
                throw new BenchException($"User {user} was told of {flags.Count} flags instead of {keys.Length}.");
            foreach (var key in keys)
                CheckOne(expected, user, key, flags[key]!, "DEFAULT");
            outcomes.Add(flags.ToJsonString());
        }

        AreMany(outcomes);
    }

    /// <summary>Answers of OFREP, one for each user from 0 on.</summary>
    /// <inheritdoc cref="Check"/>
    public static void CheckOfrep(FlagSet expected, IReadOnlyList<Answer> answers, Func<int, int>? flag)
    {
        var outcomes = new HashSet<string>(StringComparer.Ordinal);
        for (var user = 0; user < answers.Count; user++)
        {
            var answer = Read(answers[user]);
            if (flag is not null)
            {
                CheckOne(expected, user, FlagMix.KeyOf(flag(user)), answer, "UNKNOWN");
                outcomes.Add(answer.ToJsonString());
                continue;
            }

            var flags = answer["flags"]!.AsArray();
            if (flags.Count != expected.Count)
                throw new BenchException($"User {user} was told of {flags.Count} flags instead of {expected.Count}.");
            foreach (var one in flags)
                CheckOne(expected, user, (string)one!["key"]!, one, "UNKNOWN");
            outcomes.Add(flags.ToJsonString());
        }

        AreMany(outcomes);
    }

    /// <summary>Refuses answers that are not these.</summary>
    public static void Expect(IReadOnlyList<Answer> answers, int status)
    {
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers[i].Status != status)
                throw new BenchException($"Answer {i} has status {answers[i].Status} instead of {status}: {answers[i].Body}");
        }
    }

    private static JsonNode Read(Answer answer) => answer.Status == 200
        ? JsonNode.Parse(answer.Body)!
        : throw new BenchException($"An evaluation was answered with {answer.Status}: {answer.Body}");

    /// <param name="word">What the wire calls the reason DEFAULT.</param>
    private static void CheckOne(FlagSet expected, int user, string key, JsonNode found, string word)
    {
        var result = expected.Evaluate(key, FlagMix.ContextOf(user), Now);
        var reason = result.Reason == FlagReason.Default ? word : result.Reason.ToWire();
        if ((string?)found["variant"] != result.Variant || (string?)found["reason"] != reason || found["value"]!.ToJsonString() != result.Value!.ToString())
            throw new BenchException($"User {user} gets {found.ToJsonString()} for {key}; here it is {result.Variant} for {reason}.");
    }

    private static void AreMany(HashSet<string> outcomes)
    {
        if (outcomes.Count < 2)
            throw new BenchException("All users get the same answer; a set that is not targeted shows nothing.");
    }
}

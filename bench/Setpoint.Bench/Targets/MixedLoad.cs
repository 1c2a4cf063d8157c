using Setpoint.Bench.Harness;
using Setpoint.Bench.Load;

namespace Setpoint.Bench.Targets;

/// <summary>What applications ask in the course of a day: of ten requests four for a configuration, four whether it is still that one, two for a flag.</summary>
internal static class MixedLoad
{
    public const int Users = 512;

    /// <param name="path">Of a configuration.</param>
    /// <param name="etag">What its readers have.</param>
    /// <param name="flags">So many flags of <see cref="FlagMix"/> are in the namespace global.</param>
    public static byte[][] Of(string path, string etag, int flags) => Of(
        Requests.Get(path, SetpointServer.KeyHeader),
        Requests.Get(path, SetpointServer.KeyHeader, $"If-None-Match: {etag}"),
        user => FlagMix.Evaluate(user, user * 13 % flags));

    /// <summary>The same questions to a server that does next to nothing.</summary>
    public static byte[][] OfFloor(int flags) => Of(
        Requests.Get("/blob"),
        Requests.Get("/etag", "If-None-Match: \"0123456789abcdef0123456789abcdef\""),
        user => FlagMix.Evaluate(user, user * 13 % flags, path: "/document"));

    /// <summary>Refuses a target that answers one of them otherwise than it should.</summary>
    public static void Check(int port, byte[][] requests)
    {
        var answers = Exchange.Of(port, requests);
        for (var i = 0; i < answers.Count; i++)
        {
            var wanted = i % 5 is 1 or 3 ? 304 : 200;
            if (answers[i].Status != wanted)
                throw new BenchException($"Request {i} of the mix was answered with {answers[i].Status} instead of {wanted}: {answers[i].Body}");
        }
    }

    private static byte[][] Of(byte[] get, byte[] again, Func<int, byte[]> evaluate) =>
        [.. Enumerable.Range(0, Users).SelectMany(user => (byte[][])[get, again, get, again, evaluate(user)])];
}

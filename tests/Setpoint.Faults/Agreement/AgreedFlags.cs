using System.Net;
using Setpoint.Core.Json;
using Setpoint.Faults.Host;
using Setpoint.TestKit;

namespace Setpoint.Faults.Agreement;

/// <param name="Type">Of its values.</param>
/// <param name="IsImported">It came as flagd's: reasons and errors are flagd's too.</param>
/// <param name="Hashes">In flagd's words it hashes something.</param>
/// <param name="Depends">On other flags.</param>
internal sealed record AgreedFlag(string Key, JsonKind Type, bool IsImported, bool Hashes, bool Depends);

/// <summary>The flags that all are asked for: those in <c>Agreement/Flags</c>, and some made from a seed, as flagd's document and as documents of ours.</summary>
internal sealed class AgreedFlags
{
    private const int MadeOfEach = 15;
    private const string Import = "/api/features/import?format=flagd&environment=production";

    private readonly string _imported;
    private readonly List<JsonObject> _own;

    public AgreedFlags(int seed)
    {
        var maker = new FlagMaker(new Random(seed));
        var document = Read("flagd.json");
        var flags = (JsonObject)document["flags"]!;
        for (var i = 0; i < MadeOfEach; i++)
            flags = flags.With($"made-flagd-{i}", Parse(maker.FlagdFlag()));
        _imported = document.With("flags", flags).ToString();
        _own = [.. ((JsonArray)JsonReader.Parse(File.ReadAllText(PathOf("own.json")), JsonLimits.Document).Value).Items.Cast<JsonObject>()];
        for (var i = 0; i < FlagMaker.Segments; i++)
            _own.Add(Change($"segment/global/segment-{i}", maker.Segment()));
        for (var i = 0; i < MadeOfEach; i++)
            _own.Add(Change($"flag/global/flag-{i}", maker.Flag(i)));
    }

    /// <summary>Puts the flags into a server. Each number does it another way: the same flags, with another history.</summary>
    public async Task PutAsync(ServerUnderTest server, int number)
    {
        if (number == 0)
        {
            await DoneAsync(server.PostAsync(Import, _imported));
            await DoneAsync(server.PostAsync("/api/commits", $$"""{"changes":[{{string.Join(',', _own)}}]}"""));
            return;
        }

        // One by one, and each a second time, as it was before somebody changed his mind.
        foreach (var change in _own)
        {
            if (number == 2 && ((JsonString)change["address"]!).Value.StartsWith("flag/", StringComparison.Ordinal))
                await DoneAsync(server.PostAsync("/api/commits", $$"""{"changes":[{{change.With("document", ((JsonObject)change["document"]!).With("state", new JsonString("disabled")))}}]}"""));
            await DoneAsync(server.PostAsync("/api/commits", $$"""{"changes":[{{change}}]}"""));
        }

        await DoneAsync(server.PostAsync(Import, _imported));
    }

    /// <summary>The flags in order of their keys.</summary>
    /// <param name="export">As a server exports them in flagd's words.</param>
    /// <param name="definitions">As a server gives them to processes that evaluate themselves.</param>
    public static AgreedFlag[] Described(JsonObject export, JsonObject definitions)
    {
        var inFlagd = (JsonObject)export["flags"]!;
        return [.. ((JsonArray)definitions["flags"]!).Items.Cast<JsonObject>().Select(flag =>
        {
            var key = ((JsonString)flag["key"]!).Value;
            var document = (JsonObject)flag["document"]!;
            return new AgreedFlag(
                key,
                ((JsonObject)document["variants"]!).ValueAt(0).Kind,
                key.StartsWith("fd-", StringComparison.Ordinal) || key.StartsWith("made-flagd-", StringComparison.Ordinal),
                inFlagd[key]!.ToString().Contains("\"fractional\"", StringComparison.Ordinal),
                document.Contains("dependencies"));
        })];
    }

    private static async Task DoneAsync(Task<Reply> request)
    {
        var reply = await request;
        reply.Status.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.Created], reply.Text);
    }

    private static JsonObject Change(string address, string document) =>
        new JsonObjectBuilder(2).Add("address", address).Add("document", Parse(document)).Build();

    private static JsonObject Read(string file) => Parse(File.ReadAllText(PathOf(file)));

    private static JsonObject Parse(string text) => (JsonObject)JsonReader.Parse(text, JsonLimits.Document).Value;

    private static string PathOf(string file) => Path.Combine(ServerProgram.RepoRoot, "tests", "Setpoint.Faults", "Agreement", "Flags", file);
}

using System.Collections.Frozen;
using System.Text;
using Setpoint.Client.Flags;
using Setpoint.Client.Hosting;
using Setpoint.Core.Flags;

namespace Setpoint.Client.Tests.Flags;

/// <summary>A flag that can be read and that a bug keeps from being compiled: what is known of it lacks its variants, as no document does.</summary>
public sealed class FlagFailureTests : FlagTest
{
    [Fact]
    public void A_flag_that_cannot_be_compiled_gives_its_fallback_is_logged_once_and_keeps_no_other_back()
    {
        var board = new FlagBoard(new SetpointFlagSettings
        {
            Namespaces = [Own],
            Environment = "production",
            Defaults = FlagContext.Empty,
            Schema = null,
            ReportsExposures = false,
            CountsTargetingKeys = false,
            ExposureInterval = TimeSpan.FromSeconds(10),
        });
        using var log = new LogLines();

        foreach (var revision in (long[])[2, 3])
        {
            var definitions = DefinitionsOf(board.Of(Own).Definitions, revision);
            var (changes, failures) = board.Replace(definitions, SetpointOrigin.Server);
            changes.ShouldBe(revision == 2 ? ["broken", "plain"] : []);
            FlagFeed.TellUnreadable(log, definitions, failures);
        }

        var set = board.Of(Own).Set.ShouldNotBeNull();
        set.GetBoolean("plain", false, FlagContext.Empty, Time.GetUtcNow()).ShouldBeTrue();
        set.GetBoolean("broken", true, FlagContext.Empty, Time.GetUtcNow()).ShouldBeTrue();
        set.GetBoolean("broken", false, FlagContext.Empty, Time.GetUtcNow()).ShouldBeFalse();
        set.Evaluate("broken", FlagContext.Empty, Time.GetUtcNow()).Error.ShouldBe(FlagError.ParseError);
        log.Count(7044).ShouldBe(1, log.Text);
        log.Text.ShouldContain("'broken' among them: it could not be compiled");
        log.Text.ShouldContain(nameof(NullReferenceException), Case.Sensitive, "the line brings its exception");
    }

    private static FlagDefinitions DefinitionsOf(FlagDefinitions? before, long revision)
    {
        var text = $$"""
            {"namespace":"{{Own}}","environment":"production","version":{{revision}},"chain":["production"],"segments":[],
             "flags":[{"key":"broken","document":{{On}}},{"key":"plain","document":{{On}}}]}
            """;
        var read = FlagDefinitionsReader.Read(Encoding.UTF8.GetBytes(text), etag: null, revision, before);
        return new()
        {
            Namespace = read.Namespace,
            Environment = read.Environment,
            Revision = read.Revision,
            Version = read.Version,
            ETag = read.ETag,
            Json = read.Json,
            Chain = read.Chain,
            Flags = before?.Flags ?? read.Flags.Values.Select(flag => flag.Key == "broken" ? flag with { Variants = default } : flag).ToFrozenDictionary(flag => flag.Key, StringComparer.Ordinal),
            Segments = read.Segments,
            Unreadable = read.Unreadable,
        };
    }
}

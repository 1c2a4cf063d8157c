using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Rollouts;

/// <summary>What a change would do to those in arms.</summary>
public sealed class RolloutDryRunTests : IAsyncLifetime
{
    private const string Arm = """[{"arms":{"pool":"treatment"},"changes":[{"path":"/port","op":"replace","from":25,"to":26}]}]""";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RolloutServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_rollout_shows_what_its_arms_change_before_it_is_there()
    {
        var before = _server.Board.Current.Revision;

        var trial = await _server.PutAsync("/api/rollouts/mail/pool?dryRun=true", RolloutServer.Halves);

        (trial.Status, trial.At("/dryRun"), trial.At("/changes")).ShouldBe((HttpStatusCode.OK, "true", "{}"), trial.Text);
        foreach (var environment in new[] { "development", "staging", "production" })
            trial.At($"/armChanges/{environment}").ShouldBe(Arm);
        _server.Board.Current.Revision.ShouldBe(before);

        await _server.SetAsync("pool", RolloutServer.Halves);
        (await _server.DeleteAsync("/api/rollouts/mail/pool?dryRun=true")).At("/armChanges/production/0/changes/0").ShouldBe("""{"path":"/port","op":"replace","from":26,"to":25}""");
        (await _server.PutAsync("/api/rollouts/mail/pool", RolloutServer.Halves.Replace("26", "28", StringComparison.Ordinal))).At("/armChanges").ShouldBeNull("this is none");
    }

    [Fact]
    public async Task A_layer_shows_what_arms_hide_and_a_namespace_without_rollouts_says_nothing_of_arms()
    {
        const string next = """{"config":{"port":30,"host":"h"}}""";
        var without = await _server.PutAsync("/api/config/mail?dryRun=true", next);
        await _server.SetAsync("pool", RolloutServer.Halves);

        var with = await _server.PutAsync("/api/config/mail?dryRun=true", next);
        var validated = await _server.PostAsync("/api/config/mail/validate", next);

        without.At("/armChanges").ShouldBeNull();
        with.At("/changes").ShouldBe(without.At("/changes"));
        with.At("/changes/production").ShouldBe("""[{"path":"/port","op":"replace","from":25,"to":30}]""");
        with.At("/armChanges/production").ShouldBe("""[{"arms":{"pool":"treatment"},"changes":[]}]""");
        (validated.At("/changes"), validated.At("/armChanges")).ShouldBe((with.At("/changes"), with.At("/armChanges")));
    }

    [Fact]
    public async Task A_commit_shows_its_effects_on_each_namespace_and_a_real_one_none()
    {
        const string body = $$$"""
            {"changes":[{"address":"rollout/mail/pool","document":{{{RolloutServer.Halves}}} },
                        {"address":"config/web/env/production","document":{"a":1} },
                        {"address":"flag/global/x","document":{"variants":{"on":true} } }]}
            """;

        var trial = await _server.PostAsync("/api/commits?dryRun=true", body);

        trial.At("/effects/0/namespace").ShouldBe("\"mail\"", trial.Text);
        trial.At("/effects/0/changes").ShouldBe("{}");
        trial.At("/effects/0/armChanges/production").ShouldBe(Arm);
        (trial.At("/effects/1/namespace"), trial.At("/effects/1/changes"), trial.At("/effects/1/armChanges"))
            .ShouldBe(("\"web\"", """{"production":[{"path":"/a","op":"add","to":1}]}""", null));
        (trial.At("/effects/2"), trial.At("/effectsLeftOut")).ShouldBe((null, null));
        (await _server.PostAsync("/api/commits", body)).At("/effects").ShouldBeNull();
        (await _server.PostAsync("/api/commits?dryRun=true", """{"changes":[{"address":"namespace/web","document":null},{"address":"config/web/env/production","document":null}]}"""))
            .At("/effects/0/changes/production").ShouldBe("""[{"path":"/a","op":"remove","from":1}]""");
    }

    [Fact]
    public async Task Of_a_commit_of_many_namespaces_the_first_fifty_are_shown_and_the_others_counted()
    {
        var changes = string.Join(',', Enumerable.Range(0, 53).Select(i => $$"""{"address":"config/n{{i:00}}/base","document":{"a":1} }"""));

        var trial = await _server.PostAsync("/api/commits?dryRun=true", $$"""{"changes":[{{changes}}]}""");

        (trial.At("/effects/49/namespace"), trial.At("/effects/50"), trial.At("/effectsLeftOut")).ShouldBe(("\"n49\"", null, "3"));
    }

    [Fact]
    public async Task A_commit_of_an_environment_shows_what_its_parent_brings()
    {
        await _server.PutAsync("/api/config/mail", """{"environment":"production","config":{"port":587}}""");
        await _server.SetAsync("pool", RolloutServer.Halves);

        var trial = await _server.PostAsync("/api/commits?dryRun=true", """{"changes":[{"address":"environment/staging","document":{"parent":"production"} }]}""");

        (trial.At("/effects/0/namespace"), trial.At("/effects/0/changes")).ShouldBe(("\"mail\"", """{"staging":[{"path":"/port","op":"replace","from":25,"to":587}]}"""), trial.Text);
        trial.At("/effects/0/armChanges").ShouldBe("""{"staging":[{"arms":{"pool":"treatment"},"changes":[]}]}""");
        (trial.At("/effects/1"), trial.At("/effectsLeftOut")).ShouldBe((null, null));
        (await _server.GetAsync("/api/config/mail?environment=staging")).At("/config/port").ShouldBe("25");
    }

    [Fact]
    public async Task A_dry_run_that_changes_more_than_eight_megabytes_tells_the_first_of_it_and_counts_the_rest()
    {
        for (var i = 0; i < 10; i++)
            ((int)(await _server.PostAsync("/api/environments", $$"""{"name":"e{{i}}"}""")).Status).ShouldBe(201);
        var config = string.Join(',', Enumerable.Range(0, 9_000).Select(i => $"\"key{i:0000}\":\"{new string('x', 80)}\""));
        ((int)(await _server.PutAsync("/api/config/large", $$$"""{"config":{ {{{config}}} } }""")).Status).ShouldBe(201);
        await _server.PutAsync("/api/rollouts/large/pool", RolloutServer.Halves);

        // Of each of the 13 environments, of the base layers and of the arms some 1.2 MB.
        var trial = await _server.DeleteAsync("/api/config/large?dryRun=true");
        var whole = await _server.DeleteAsync("/api/config/mail?dryRun=true");

        trial.Status.ShouldBe(HttpStatusCode.OK);
        trial.Text.Length.ShouldBeInRange(7 * 1024 * 1024, (8 * 1024 * 1024) + 4096);
        trial.At("/changes/development/8999/path").ShouldBe("\"/key8999\"");
        int.Parse(trial.At("/changesLeftOut")!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(9_000 * 6, 9_000 * 8);
        (trial.At("/armChangesLeftOut"), trial.At("/environmentsLeftOut"), trial.At("/armChanges")).ShouldBe(("13", null, "{}"));
        (whole.At("/changesLeftOut"), whole.At("/armChangesLeftOut"), whole.At("/environmentsLeftOut")).ShouldBe((null, null, null), "nothing was left out");
        (await _server.GetAsync("/api/config/large?environment=production")).At("/config/key0000").ShouldNotBeNull();
    }

    [Fact]
    public async Task The_difference_of_two_versions_shows_arms_and_that_of_two_environments_does_not()
    {
        var version = (await _server.GetAsync("/api/config/mail")).At("/version");
        await _server.SetAsync("pool", RolloutServer.Halves);

        var diff = await _server.GetAsync($"/api/config/mail/diff?from={version}&environment=production");

        (diff.At("/changes"), diff.At("/armChanges")).ShouldBe(("[]", Arm), diff.Text);
        (await _server.GetAsync($"/api/config/mail/diff?from={version}")).At("/armChanges").ShouldBeNull("base layers have no arms");
        (await _server.GetAsync($"/api/config/mail/diff?from={version}&environment=production&raw=true")).At("/armChanges").ShouldBeNull();
        (await _server.GetAsync("/api/config/mail/diff?fromEnvironment=staging&toEnvironment=production")).At("/armChanges").ShouldBeNull();
    }
}

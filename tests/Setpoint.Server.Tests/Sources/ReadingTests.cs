using Setpoint.Core.Ledger;
using Setpoint.Server.Sources;

namespace Setpoint.Server.Tests.Sources;

public sealed class ReadingTests
{
    [Fact]
    public async Task A_YAML_file_is_believed_only_when_it_has_been_left_alone()
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/mail.yaml", "retries: 3\n");
        tree.Write("services/user.json", "{}");
        var written = File.GetLastWriteTimeUtc(tree.FullPath("services/mail.yaml"));
        var clock = new Clock { Now = written.AddMilliseconds(10) };
        var reading = new TreeReading(new(tree.Root), clock);

        (await reading.ReadAllAsync(TestContext.Current.CancellationToken)).ShouldBeNull();
        reading.IsUnsettled.ShouldBeTrue();
        reading.Files.ShouldHaveSingleItem().Path.ShouldBe("services/user.json");

        clock.Now = written.AddMilliseconds(30);
        await reading.ReadSomeAsync(["services/mail.yaml"], TestContext.Current.CancellationToken);
        reading.IsUnsettled.ShouldBeFalse();
        reading.Files.Select(file => file.Path).Order().ShouldBe(["services/mail.yaml", "services/user.json"]);
    }

    [Fact]
    public async Task A_file_that_is_being_written_again_keeps_its_last_content_until_it_is_done()
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/mail.yaml", "retries: 3\n");
        var clock = new Clock { Now = DateTime.UtcNow.AddSeconds(10) };
        var reading = new TreeReading(new(tree.Root), clock);
        await reading.ReadAllAsync(TestContext.Current.CancellationToken);

        tree.Write("services/mail.yaml", "retries: 4\nbackoff");
        clock.Now = File.GetLastWriteTimeUtc(tree.FullPath("services/mail.yaml")).AddMilliseconds(1);
        await reading.ReadAllAsync(TestContext.Current.CancellationToken);

        // Broken, not only fresh: after the last attempt that is what it is.
        reading.Files.ShouldHaveSingleItem().Problem.ShouldNotBeNull().Line.ShouldNotBeNull();

        tree.Write("services/mail.yaml", "retries: 4\n");
        clock.Now = File.GetLastWriteTimeUtc(tree.FullPath("services/mail.yaml")).AddMilliseconds(1);
        await reading.ReadAllAsync(TestContext.Current.CancellationToken);
        reading.IsUnsettled.ShouldBeTrue();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_listed_leaves_what_was_read()
    {
        using var tree = new TreeOnDisk();
        tree.Write("global.json", "{}");
        var reading = new TreeReading(new(tree.Root), TimeProvider.System);
        await reading.ReadAllAsync(TestContext.Current.CancellationToken);

        Directory.Delete(tree.Root, recursive: true);

        (await reading.ReadAllAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull().ShouldContain("not there");
        reading.Files.Count.ShouldBe(1);
    }

    [Fact]
    public void Many_long_names_make_a_message_that_a_commit_takes()
    {
        var paths = Enumerable.Range(0, 3_000).Select(i => $"services/{new string('s', 120)}{i}/{new string('e', 120)}.json").ToList();
        var changes = paths.Select((path, i) => new TreeChange(path, Address.Parse($"config/mail/user/{i}"), i % 2 == 0 ? Setpoint.Core.Json.JsonObject.Empty : null, default)).ToList();

        TreeChange.Describe(changes).Length.ShouldBeLessThan(Limits.MessageBytesMax);
        TreeChange.Describe(changes).ShouldContain("more; removed ");
    }

    private sealed class Clock : TimeProvider
    {
        public DateTime Now { get; set; }

        public override DateTimeOffset GetUtcNow() => new(Now, TimeSpan.Zero);
    }
}

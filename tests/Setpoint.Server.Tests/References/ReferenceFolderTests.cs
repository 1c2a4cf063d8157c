using System.Collections;
using System.Diagnostics;
using System.Text;
using Setpoint.Core.Json;
using Setpoint.Core.References;
using Setpoint.Server.Process;
using Setpoint.Server.References;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.References;

public sealed class ReferenceFolderTests : IDisposable
{
    private readonly TempFolder _outer = new();
    private readonly string _root;
    private readonly ReferenceFolder _folder;

    public ReferenceFolderTests()
    {
        _root = Directory.CreateDirectory(_outer.File("files")).FullName;
        _folder = new(_root);
        File.WriteAllText(_outer.File("outside"), "not for you");
    }

    public void Dispose() => _outer.Dispose();

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("line\n", "line")]
    [InlineData("line\r\n", "line")]
    [InlineData("two\n\n", "two\n")]
    [InlineData("\n", "")]
    [InlineData("", "")]
    [InlineData("${config:a} gr\u00fc\u00df", "${config:a} gr\u00fc\u00df")]
    public void A_file_is_its_text_with_one_newline_at_the_end_left_out(string content, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_root, "tls"));
        File.WriteAllText(Path.Combine(_root, "tls", "key.pem"), content);

        _folder.Read("tls/key.pem").ShouldBe(ReferenceValue.Of(new JsonString(expected)));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("tls/../../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("./a")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("..")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    public void A_key_that_is_no_relative_path_is_refused(string key)
    {
        File.WriteAllText(Path.Combine(_root, "a"), "a");

        AssertRefused(key, "is no path of a file");
    }

    [Fact]
    public void Links_are_followed_inside_and_refused_to_outside_wherever_they_lie_on_the_way()
    {
        // As Kubernetes mounts a secret.
        Directory.CreateDirectory(Path.Combine(_root, "..2026"));
        File.WriteAllText(Path.Combine(_root, "..2026", "password"), "inside");
        File.CreateSymbolicLink(Path.Combine(_root, "..data"), "..2026");
        File.CreateSymbolicLink(Path.Combine(_root, "password"), "..data/password");
        File.CreateSymbolicLink(Path.Combine(_root, "absolute"), Path.Combine(_root, "password"));
        _folder.Read("password").Value!.ToString().ShouldBe("\"inside\"");
        _folder.Read("absolute").Value!.ToString().ShouldBe("\"inside\"");

        File.CreateSymbolicLink(Path.Combine(_root, "out"), "../outside");
        File.CreateSymbolicLink(Path.Combine(_root, "up"), "..");
        File.CreateSymbolicLink(Path.Combine(_root, "far"), _outer.File("outside"));
        File.CreateSymbolicLink(Path.Combine(_root, "hop"), "far");
        File.CreateSymbolicLink(Path.Combine(_root, "round"), "round");
        Directory.CreateDirectory(_outer.File("files-too"));
        File.WriteAllText(Path.Combine(_outer.File("files-too"), "a"), "not for you");
        File.CreateSymbolicLink(Path.Combine(_root, "sibling"), "../files-too");
        foreach (var key in (string[])["out", "up/outside", "far", "hop", "round", "sibling/a"])
            AssertRefused(key, "outside SETPOINT_REFERENCE_FILES");
    }

    [Fact]
    public void A_root_that_is_a_link_itself_is_where_it_leads()
    {
        File.WriteAllText(Path.Combine(_root, "a"), "x");
        File.CreateSymbolicLink(_outer.File("link"), "files");

        new ReferenceFolder(_outer.File("link")).Read("a").Value!.ToString().ShouldBe("\"x\"");
    }

    [Fact]
    public async Task What_is_no_regular_file_of_readable_text_within_the_limit_is_refused_and_nobody_waits()
    {
        Directory.CreateDirectory(Path.Combine(_root, "folder"));
        using (var made = System.Diagnostics.Process.Start(new ProcessStartInfo("mkfifo", [Path.Combine(_root, "pipe")]))!)
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_root, "binary"), [0x66, 0xff, 0x00], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_root, "limit"), Encoding.ASCII.GetBytes(new string('x', 1024 * 1024)), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_root, "big"), Encoding.ASCII.GetBytes(new string('x', (1024 * 1024) + 1)), TestContext.Current.CancellationToken);

        AssertRefused("none", "there is no file 'none'");
        AssertRefused("none/none", "there is no file 'none/none'");
        AssertRefused("binary/none", "");
        AssertRefused("folder", "no regular file");
        AssertRefused("pipe", "no regular file");
        AssertRefused("binary", "not UTF-8");
        AssertRefused("big", "the limit is 1048576");
        _folder.Read("limit").Value.ShouldNotBeNull();
    }

    [Fact]
    public void A_file_is_read_again_only_by_a_look_and_forgotten_when_nobody_refers_to_it()
    {
        var files = new FileReferences(new ServerSettings { ReferenceFolder = _root });
        HashSet<string> inUse = ["a", "b"];
        File.WriteAllText(Path.Combine(_root, "a"), "one");
        Text("a").ShouldBe("\"one\"");
        Text("b").ShouldBeNull();

        File.WriteAllText(Path.Combine(_root, "a"), "changed");
        File.WriteAllText(Path.Combine(_root, "b"), "new");
        Text("a").ShouldBe("\"one\"");
        files.Generation.ShouldBe(0);

        files.Look(inUse, force: false).Select(change => change.Key).ShouldBe(["a", "b"], ignoreOrder: true);
        (Text("a"), Text("b"), files.Generation).ShouldBe(("\"changed\"", "\"new\"", 1));
        files.Look(inUse, force: true).ShouldBeEmpty();
        files.Generation.ShouldBe(1);

        File.Delete(Path.Combine(_root, "a"));
        files.Look(inUse, force: false).ShouldHaveSingleItem().Value.Reason!.ShouldContain("there is no file 'a'");
        File.WriteAllText(Path.Combine(_root, "b"), "newer");
        files.Look(new HashSet<string>(), force: false).ShouldBeEmpty();
        (Text("b"), files.Generation).ShouldBe(("\"newer\"", 2));

        string? Text(string key) => files.Find(key).Value?.ToString();
    }

    [Fact]
    public void A_variable_is_given_out_only_if_the_list_has_it_and_never_a_password_of_the_server()
    {
        var variables = new Hashtable { ["APP_HOST"] = "db", ["APP_"] = "bare", ["HOME"] = "h", ["PATH"] = "p", ["SETPOINT_ADMIN_KEY"] = "s3cret", ["SETPOINT_DATA"] = "d" };
        var provider = new EnvironmentReferences(["APP_*", "HOME", "SETPOINT_*"], variables);

        provider.Find("APP_HOST").Value!.ToString().ShouldBe("\"db\"");
        provider.Find("HOME").Value!.ToString().ShouldBe("\"h\"");
        provider.Find("SETPOINT_DATA").Value!.ToString().ShouldBe("\"d\"");
        provider.Find("APP_NONE").Reason!.ShouldContain("has no environment variable 'APP_NONE'");
        foreach (var name in (string[])["PATH", "NONE", "SETPOINT_ADMIN_KEY", "APP", "home"])
        {
            provider.Find(name).Value.ShouldBeNull(name);
            provider.Find(name).Reason!.ShouldContain("SETPOINT_REFERENCE_ENV lists");
        }

        new EnvironmentReferences([], variables).Find("HOME").Value.ShouldBeNull("nothing is on the list by default");
    }

    private void AssertRefused(string key, string reason)
    {
        var found = _folder.Read(key);
        found.Value.ShouldBeNull(key);
        found.Reason!.ShouldContain(reason, customMessage: key);
        found.Reason!.ShouldNotContain("not for you");
        found.Reason!.ShouldNotContain(_outer.Path);
    }
}

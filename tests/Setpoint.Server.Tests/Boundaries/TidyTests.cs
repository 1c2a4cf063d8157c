namespace Setpoint.Server.Tests.Boundaries;

/// <summary>What must not creep in. Each list may only get shorter.</summary>
public sealed class TidyTests
{
    private const int SourceLinesMax = 400;
    private const int TestLinesMax = 600;

    /// <summary>Files that were longer than they should be when this was written. They may shrink.</summary>
    private static readonly Dictionary<string, int> Giants = new(StringComparer.Ordinal)
    {
        ["src/Setpoint.Core/Json/JsonParser.cs"] = 560,
    };

    private static readonly string[] Texts = [".cs", ".csproj", ".props", ".slnx", ".md", ".json", ".yaml", ".yml", ".sh", ".txt", ".ts", ".tsx", ".html", ".editorconfig"];

    private static IEnumerable<string> TextFiles => Repository.Files
        .Where(path => Texts.Contains(Path.GetExtension(path)) || path is ".ci/run")
        .Where(path => !path.EndsWith("packages.lock.json", StringComparison.Ordinal));

    [Fact]
    public void No_file_names_a_place_of_one_machine()
    {
        // Put together here, so that this file does not name them either.
        string[] places = [.. ((string[])["root", "home", "work", "Users"]).Select(name => "/" + name + "/"), "C:" + "\\"];
        var found = TextFiles
            .SelectMany(path => File.ReadLines(Repository.File(path)).Select((line, i) => (Place: $"{path}:{i + 1}", Line: line)))
            .Where(line => places.Any(place => NamesPlace(line.Line, place)))
            .Select(line => $"{line.Place}: {line.Line.Trim()}");

        found.ShouldBeEmpty();
    }

    [Fact]
    public void Giants_do_not_grow_and_no_new_ones_appear()
    {
        var tooLong = new List<string>();
        foreach (var path in Repository.Files.Where(path => path.EndsWith(".cs", StringComparison.Ordinal)))
        {
            var lines = File.ReadLines(Repository.File(path)).Count();
            var limit = Giants.GetValueOrDefault(path, path.StartsWith("tests/", StringComparison.Ordinal) ? TestLinesMax : SourceLinesMax);
            if (lines > limit)
                tooLong.Add($"{path} has {lines} lines; {limit} are allowed. Take an idea out of it.");
        }

        tooLong.ShouldBeEmpty();
        Giants.Keys.Where(path => !File.Exists(Repository.File(path)) || File.ReadLines(Repository.File(path)).Count() <= SourceLinesMax)
            .ShouldBeEmpty("a giant that is none any more is taken off the list");
    }

    [Fact]
    public void Every_module_of_the_server_says_in_a_few_lines_what_it_owns()
    {
        foreach (var folder in Directory.GetDirectories(Repository.File("src", "Setpoint.Server")))
        {
            if (Path.GetFileName(folder) is "bin" or "obj" or "Properties" or "wwwroot")
                continue;
            var readme = Path.Combine(folder, "README.md");
            File.Exists(readme).ShouldBeTrue($"{folder} has no README.md");
            var lines = File.ReadAllLines(readme).Where(line => line.Length > 0).ToList();
            lines.Count.ShouldBeInRange(4, 10, readme);
            lines.ShouldContain(line => line.StartsWith("Owns: ", StringComparison.Ordinal), readme);
            lines.ShouldContain(line => line.StartsWith("Never: ", StringComparison.Ordinal), readme);
        }
    }

    [Fact]
    public void Tests_do_not_sleep()
    {
        var call = "Thread" + ".Sleep(";
        var found = Repository.Files
            .Where(path => path.StartsWith("tests/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(Repository.File(path)).Contains(call, StringComparison.Ordinal));

        found.ShouldBeEmpty("they wait for a condition, with a bound: Setpoint.TestKit.Eventually");
    }

    [Fact]
    public void Every_project_is_in_the_solution_and_locked()
    {
        var solution = File.ReadAllText(Repository.File("Setpoint.slnx"));
        foreach (var project in Repository.Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            solution.ShouldContain($"\"{project}\"");
            File.Exists(Repository.File(Path.GetDirectoryName(project)!, "packages.lock.json")).ShouldBeTrue($"{project} has no lock file");
        }
    }

    [Fact]
    public void Messages_of_the_log_have_numbers_of_their_own()
    {
        var numbers = Repository.Files
            .Where(path => path.StartsWith("src/Setpoint.Server/", StringComparison.Ordinal) && path.EndsWith("Log.cs", StringComparison.Ordinal))
            .SelectMany(path => System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(Repository.File(path)), @"LoggerMessage\((\d+)").Select(match => match.Groups[1].Value))
            .ToList();

        numbers.ShouldNotBeEmpty();
        numbers.ShouldBeUnique();
    }

    /// <summary>A path of the file system, and not a part of an address, a route or a relative path.</summary>
    private static bool NamesPlace(string line, string place)
    {
        for (var at = line.IndexOf(place, StringComparison.Ordinal); at >= 0; at = line.IndexOf(place, at + 1, StringComparison.Ordinal))
        {
            if (at == 0 || line[at - 1] is ' ' or '"' or '\'' or '`' or '(' or '=' or ':')
                return true;
        }

        return false;
    }
}

using System.Reflection;
using System.Xml.Linq;

namespace Setpoint.Server.Tests.Boundaries;

/// <summary>Which project may know which. A new edge is a line here, and a reason in the review.</summary>
public sealed class ProjectEdgeTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Setpoint.Core"] = [],
        ["Setpoint.Storage"] = ["Setpoint.Core"],
        ["Setpoint.Server"] = ["Setpoint.Core", "Setpoint.Storage"],
        // Client and Server meet only on the wire.
        ["Setpoint.Client"] = ["Setpoint.Core"],
    };

    [Fact]
    public void Projects_refer_to_those_they_may_know_and_no_others()
    {
        var found = Directory.GetDirectories(Repository.File("src"))
            .Select(folder => Path.GetFileName(folder))
            .ToDictionary(name => name, name => XDocument.Load(Repository.File("src", name, name + ".csproj"))
                .Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
                .Order(StringComparer.Ordinal)
                .ToArray());

        found.Keys.Order().ShouldBe(Allowed.Keys.Order());
        foreach (var (project, references) in found)
            references.ShouldBe(Allowed[project], project);
    }

    [Fact]
    public void Assemblies_hold_no_edge_that_their_projects_do_not_name()
    {
        foreach (var (project, allowed) in Allowed)
        {
            Assembly.Load(project).GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(name => name.StartsWith("Setpoint.", StringComparison.Ordinal))
                .ShouldBeSubsetOf(allowed, project);
        }
    }

    [Fact]
    public void The_core_does_no_input_and_no_output()
    {
        var core = Assembly.Load("Setpoint.Core").GetReferencedAssemblies().Select(reference => reference.Name!).ToList();

        core.ShouldAllBe(name => name == "netstandard" || name.StartsWith("System.", StringComparison.Ordinal));
        core.ShouldNotContain(name => name.StartsWith("System.Net", StringComparison.Ordinal)
            || name.StartsWith("System.IO.FileSystem", StringComparison.Ordinal)
            || name.StartsWith("System.Data", StringComparison.Ordinal)
            || name.StartsWith("System.Diagnostics.Process", StringComparison.Ordinal)
            || name == "System.Console");
        XDocument.Load(Repository.File("src", "Setpoint.Core", "Setpoint.Core.csproj")).Descendants("PackageReference").ShouldBeEmpty();
    }

    [Fact]
    public void The_core_looks_at_no_clock_file_or_environment()
    {
        string[] impure = ["TimeProvider.System", "Environment.", "File.", "Directory.", "Console.", "Random.Shared", "Guid.NewGuid", "Stopwatch."];
        var found = Repository.Files
            .Where(path => path.StartsWith("src/Setpoint.Core/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(path => File.ReadLines(Repository.File(path))
                .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                .SelectMany(line => impure.Where(word => HasWord(line, word)).Select(word => $"{path}: {word}")))
            .ToList();

        // A pattern that backtracks has the runtime's time limit, and the sum of such times is limited as well: there is no count of its steps.
        found.RemoveAll(line => line == "src/Setpoint.Core/Schemas/Patterns/EcmaPattern.cs: Stopwatch.").ShouldBe(2);
        found.ShouldBeEmpty();
    }

    private static bool HasWord(string line, string word)
    {
        for (var at = line.IndexOf(word, StringComparison.Ordinal); at >= 0; at = line.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            if (at == 0 || !(char.IsLetterOrDigit(line[at - 1]) || line[at - 1] is '_' or '.'))
                return true;
        }

        return false;
    }
}

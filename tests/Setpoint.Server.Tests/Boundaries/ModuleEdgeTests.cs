using System.Text.RegularExpressions;

namespace Setpoint.Server.Tests.Boundaries;

/// <summary>
/// Which module may name which. Modules speak through committed changes or one facade noun; each edge here says which. A new edge is a line
/// here, and a reason in the review; an edge that is gone is a line less.
/// </summary>
public sealed partial class ModuleEdgeTests
{
    /// <summary>Of Process the modules use settings, meter and version only (see below).</summary>
    private static readonly Dictionary<string, string[]> Server = new(StringComparer.Ordinal)
    {
        ["Access"] = ["Http", "Process"],
        // Flags for the counts of its compiled sets, and for what it calls a flag that is not there; Rollouts for who was given which arm.
        ["Analytics"] = ["Flags", "Http", "Ledger", "Process", "Rollouts"],
        ["Commits"] = ["Access", "Http", "Ledger", "Process", "Writes"],
        // Rollouts for the arms of who is asking.
        ["Configs"] = ["Access", "Http", "Ledger", "Process", "Rollouts", "Writes"],
        // Configs for the views and Flags for the compiled flags that are pushed, Rollouts for who is asking and who was given an arm,
        // References and Sources by their facades for a reload.
        ["Delivery"] = ["Access", "Configs", "Flags", "Http", "Ledger", "Process", "References", "Rollouts", "Sources"],
        ["Environments"] = ["Http", "Ledger", "Writes"],
        // Configs for rendered bytes and the name of an environment, Process for its meter.
        ["Flags"] = ["Access", "Configs", "Http", "Ledger", "Process", "Writes"],
        // The facade of each part that it shows.
        ["Health"] = ["Access", "Delivery", "Http", "Ledger", "Process", "Sources"],
        ["Http"] = ["Process"],
        ["Ledger"] = ["Http", "Process"],
        ["Namespaces"] = ["Http", "Ledger", "Writes"],
        // Delivery for streams: what they carry is made here. Access for the file of their key, Process for its folder.
        ["Ofrep"] = ["Access", "Delivery", "Flags", "Http", "Ledger", "Process"],
        ["OpenApi"] = ["Access", "Http", "Process"],
        // The host puts every module in place.
        ["Process"] =
            ["Access", "Analytics", "Commits", "Configs", "Delivery", "Environments", "Flags", "Health", "Http", "Ledger", "Namespaces", "Ofrep", "OpenApi", "References",
             "Rollouts", "Schemas", "Services",
             "Sources", "Templates", "Writes"],
        ["References"] = ["Ledger", "Process"],
        ["Rollouts"] = ["Http", "Ledger", "Process", "Writes"],
        ["Schemas"] = ["Http", "Ledger", "Writes"],
        // Configs for the views: what a service lacks is judged on what it reads.
        ["Services"] = ["Configs", "Http", "Ledger", "Writes"],
        ["Sources"] = ["Ledger", "Process"],
        ["Templates"] = ["Access", "Http", "Ledger", "Writes"],
        ["Writes"] = ["Access", "Http", "Ledger"],
    };

    private static readonly Dictionary<string, string[]> Core = new(StringComparer.Ordinal)
    {
        // What a change does to what is merged, and where the Gate would look for it.
        ["Effects"] = ["Json", "Layers", "Ledger", "Rollouts", "Schemas", "Validation"],
        ["Evolution"] = ["Faults", "Json", "Ledger", "References"],
        // A refusal may name an address.
        ["Faults"] = ["Ledger"],
        // Layers for the tree of environments, Statistics for what an experiment measures.
        ["Flags"] = ["Faults", "Json", "Layers", "Ledger", "Rules", "Statistics"],
        ["Json"] = ["Faults"],
        // Rollouts for their arms, which are layer 6.
        ["Layers"] = ["Evolution", "Faults", "Json", "Ledger", "References", "Rollouts", "Schemas"],
        ["Ledger"] = ["Faults", "Json"],
        // Faults for the codes of what leads nowhere.
        ["References"] = ["Faults", "Json"],
        // Flags for who gets which arm, Layers for what holds for the content of every layer.
        ["Rollouts"] = ["Faults", "Flags", "Json", "Layers", "Ledger", "References", "Rules", "Schemas"],
        ["Rules"] = ["Faults", "Json", "Ledger"],
        ["Schemas"] = ["Evolution", "Faults", "Json", "Ledger", "References", "Rules"],
        ["Services"] = ["Faults", "Json", "Layers", "Ledger"],
        // Refusals of what is read back.
        ["Statistics"] = ["Faults"],
        ["Templates"] = ["Faults", "Json", "Layers", "Ledger", "Schemas"],
        // What documents make together; nothing names it but the catalog, and Effects for where to look.
        ["Validation"] = ["Faults", "Json", "Layers", "Ledger", "References", "Rollouts", "Rules", "Schemas"],
    };

    [Fact]
    public void Modules_of_the_server_name_those_they_may() => Check("Setpoint.Server", Server);

    [Fact]
    public void Folders_of_the_core_name_those_they_may() => Check("Setpoint.Core", Core);

    [Fact]
    public void Modules_use_of_the_process_its_settings_meter_and_version_only()
    {
        string[] allowed = ["ServerSettings", "ServerMeter", "ServerVersion"];
        var types = Sources("Setpoint.Server").Where(source => source.Folder == "Process")
            .SelectMany(source => DeclaredType().Matches(source.Text).Select(match => match.Groups["name"].Value))
            .Except(allowed)
            .ToList();
        types.ShouldContain("ServerHost");

        var found = Sources("Setpoint.Server")
            .Where(source => source.Folder is not ("Process" or "") && source.Text.Contains("using Setpoint.Server.Process", StringComparison.Ordinal))
            .SelectMany(source => types.Where(type => Regex.IsMatch(source.Text, $@"(?<![\w.""/]){type}(?!\w)")).Select(type => $"{source.Path}: {type}"));

        found.ShouldBeEmpty();
    }

    [Fact]
    public void Endpoints_are_not_named_by_other_modules()
    {
        // What a module offers to others is a noun; its endpoints are nobody else's business.
        var endpoints = Sources("Setpoint.Server").SelectMany(source => DeclaredType().Matches(source.Text).Select(match => (source.Folder, Name: match.Groups["name"].Value)))
            .Where(type => type.Name.EndsWith("Endpoint", StringComparison.Ordinal) || type.Name.EndsWith("Endpoints", StringComparison.Ordinal))
            .ToList();
        endpoints.Count.ShouldBeGreaterThan(5);

        var found = Sources("Setpoint.Server").SelectMany(source => endpoints
            .Where(endpoint => endpoint.Folder != source.Folder && Regex.IsMatch(source.Text, $@"(?<!\w){endpoint.Name}(?!\w)"))
            .Select(endpoint => $"{source.Path}: {endpoint.Name}"));

        found.ShouldBeEmpty();
    }

    private static void Check(string project, Dictionary<string, string[]> allowed)
    {
        var edges = Sources(project)
            .Where(source => source.Folder.Length > 0)
            .GroupBy(source => source.Folder, source => NamedModule(project).Matches(source.Text).Select(match => match.Groups["module"].Value), StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => group.SelectMany(names => names).Distinct().Where(name => name != group.Key).Order(StringComparer.Ordinal).ToArray(),
                StringComparer.Ordinal);

        edges.Keys.Order(StringComparer.Ordinal).ShouldBe(allowed.Keys.Order(StringComparer.Ordinal));
        foreach (var (module, names) in edges)
            names.ShouldBe(allowed[module], module);
    }

    /// <summary>A using directive, or a name written out in full.</summary>
    private static Regex NamedModule(string project) =>
        new($@"(?m)(?<!^namespace )(?<![\w.]){Regex.Escape(project)}\.(?<module>[A-Z]\w*)", RegexOptions.None, TimeSpan.FromSeconds(5));

    private static List<(string Path, string Folder, string Text)> Sources(string project) =>
    [
        .. Repository.Files
            .Where(path => path.StartsWith($"src/{project}/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
            .Select(path => (path, path.Split('/') is { Length: > 3 } parts ? parts[2] : "", File.ReadAllText(Repository.File(path)))),
    ];

    [GeneratedRegex(@"^(?:public|internal) (?:static |sealed |abstract |readonly |partial )*(?:class|record|struct|enum|interface|record struct) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex DeclaredType();
}

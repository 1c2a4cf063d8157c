using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Templates;

/// <summary>All templates.</summary>
public sealed class TemplateIndex : KindIndex
{
    internal static readonly TemplateIndex Empty = new(ImmutableSortedDictionary.Create<string, Template>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, Template> _templates;

    private TemplateIndex(ImmutableSortedDictionary<string, Template> templates) => _templates = templates;

    /// <summary>In order of name.</summary>
    public IEnumerable<Template> All => _templates.Values;

    public int Count => _templates.Count;

    public bool TryFind(string name, [NotNullWhen(true)] out Template? template) => _templates.TryGetValue(name, out template);

    public override KindIndex With(Document document, object? model)
    {
        var name = document.Address.Segments[1];
        return new TemplateIndex(model is Template template
            ? _templates.SetItem(name, template with { Version = document.Version })
            : _templates.Remove(name));
    }
}

/// <summary>What a snapshot knows of templates.</summary>
public static class SnapshotTemplates
{
    public static TemplateIndex Templates(this Snapshot snapshot) => snapshot.Index<TemplateIndex>(TemplateKind.KindName);

    /// <summary>The refusal where there is no such template.</summary>
    public static Fault.Missing MissingTemplate(string name) =>
        new("NotFound", $"Template '{name}' does not exist. GET /api/templates lists those that do; PUT /api/templates/{{name}} creates one.");
}

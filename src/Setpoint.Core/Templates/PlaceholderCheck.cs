using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Templates;

/// <summary>Reports every placeholder that could not be filled, so that a stored template always can.</summary>
internal sealed class PlaceholderCheck(Address address, HashSet<string> parameters, ViolationList violations)
{
    public void Look(JsonValue value, JsonPointer path)
    {
        switch (value)
        {
            case JsonString text:
                LookAtText(text.Value, path);
                break;
            case JsonArray array:
                for (var i = 0; i < array.Items.Length; i++)
                    Look(array.Items[i], path.Append(i));
                break;
            case JsonObject members:
                for (var i = 0; i < members.Count; i++)
                {
                    var at = path.Append(members.NameAt(i));
                    if (Placeholder.TryFind(members.NameAt(i), 0, out _))
                        Report(at, ViolationCode.ConstraintViolation, "A placeholder stands in the name of a property; only values are filled.");
                    Look(members.ValueAt(i), at);
                }

                break;
        }
    }

    private void LookAtText(string text, JsonPointer path)
    {
        for (var at = 0; Placeholder.TryFind(text, at, out var found); at = found.End)
        {
            if (found.Name is null)
                Report(path, ViolationCode.MalformedDocument, "A placeholder '${param:' has no closing brace; for the text itself write '$${param:'.");
            else if (!parameters.Contains(found.Name))
                Report(path, ViolationCode.UnknownReference, $"'${{param:{found.Name}}}' names no parameter of this template; {Known()}.");
        }
    }

    private string Known() => parameters.Count switch
    {
        0 => "it declares none",
        // More are refused as well, and a thousand messages with all of them would be larger than the template.
        > TemplateKind.ParametersMax => $"it declares {parameters.Count} others",
        _ => $"it declares {string.Join(", ", parameters)}",
    };

    private void Report(JsonPointer path, string code, string message) => violations.Add(address, path.ToString(), code, message);
}

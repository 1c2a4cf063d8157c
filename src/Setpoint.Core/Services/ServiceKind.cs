using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Services;

/// <summary>
/// <c>service/{name}/{environment}</c>: a service that runs there, and the keys that it needs. It may come before its configuration, so the
/// namespace of the same name need not exist, and a registration never creates it.
/// </summary>
public sealed class ServiceKind : Kind
{
    public const string KindName = "service";

    public const int KeysMax = 1_000;

    public const int EndpointsMax = 64;

    public const int UrlLengthMax = 2_048;

    public override string Name => KindName;

    public override KindIndex EmptyIndex => ServiceIndex.Empty;

    public override ImmutableArray<Rule> Rules { get; } = [new ServiceEnvironmentRule()];

    public static Address AddressOf(string name, string environment) => Address.Of(KindName, name, environment);

    public override object? Parse(Address address, JsonObject body, ViolationList violations) => Read(address, body, violations);

    /// <inheritdoc cref="Parse"/>
    public static ServiceRegistration? Read(Address address, JsonObject body, ViolationList violations)
    {
        var before = violations.Count;
        if (address.Segments.Length != 3)
        {
            violations.Add(address, "", ViolationCode.MalformedDocument, $"{address} is not a service; the address is {KindName}/{{name}}/{{environment}}.");
            return null;
        }

        var (name, environment) = (address.Segments[1], address.Segments[2]);
        if (!Names.IsValid(name))
            violations.Add(address, "", ViolationCode.ConstraintViolation, Names.Explain("Service", name));
        if (!Names.IsValid(environment))
            violations.Add(address, "", ViolationCode.ConstraintViolation, Names.Explain("Environment", environment));

        var shape = new ShapeReader(address, body, violations);
        var read = new ServiceRegistration(
            name,
            environment,
            shape.OptionalString("displayName"),
            shape.OptionalString("description"),
            shape.OptionalString("version"),
            shape.OptionalStrings("endpoints", EndpointsMax, UrlLengthMax),
            shape.OptionalString("healthCheck"),
            ReadKeys(address, "requiredConfigs", shape.OptionalArray("requiredConfigs"), violations),
            ReadKeys(address, "optionalConfigs", shape.OptionalArray("optionalConfigs"), violations),
            shape.OptionalStrings("tags", Limits.TagsMax, Limits.TagLengthMax),
            Version: 0);
        shape.RefuseUnknown();
        return violations.Count > before ? null : read;
    }

    private static ImmutableArray<KeyRequirement> ReadKeys(Address address, string list, JsonArray? entries, ViolationList violations)
    {
        if (entries is null)
            return [];
        if (entries.Items.Length > KeysMax)
            violations.Add(address, "/" + list, ViolationCode.ConstraintViolation, $"'{list}' has {entries.Items.Length} entries; the limit is {KeysMax}.");
        var keys = ImmutableArray.CreateBuilder<KeyRequirement>(entries.Items.Length);
        for (var i = 0; i < entries.Items.Length; i++)
        {
            var path = $"/{list}/{i}";
            var key = entries.Items[i] switch
            {
                JsonString text => new KeyRequirement(text.Value),
                JsonObject entry => ReadKey(address, entry, path, violations),
                var other => Wrong(other),
            };
            if (key is null)
                continue;
            if (KeyRequirement.TryRead(key.Key, out _, out var problem))
                keys.Add(key);
            else
                violations.Add(address, path, ViolationCode.ConstraintViolation, problem);

            KeyRequirement? Wrong(JsonValue other)
            {
                violations.Add(address, path, ViolationCode.InvalidParameterType,
                    $"Entry {i} of '{list}' must be a key or {{\"key\": ..., \"type\": ...}}, not {JsonKinds.Describe(other.Kind)}.");
                return null;
            }
        }

        return keys.ToImmutable();
    }

    private static KeyRequirement? ReadKey(Address address, JsonObject entry, string path, ViolationList violations)
    {
        var before = violations.Count;
        var shape = new ShapeReader(address, entry, violations, path);
        var key = shape.OptionalString("key");
        var type = shape.OptionalString("type");
        var text = shape.OptionalBoolean("text", fallback: false);
        shape.RefuseUnknown();
        if (key is null && entry["key"] is null or JsonNull)
            violations.Add(address, path + "/key", ViolationCode.MissingRequiredParameter, "'key' is required and must be a string.");
        if (type is not (null or JsonTypes.String or JsonTypes.Number or JsonTypes.Integer or JsonTypes.Boolean or JsonTypes.Object or JsonTypes.Array))
            violations.Add(address, path + "/type", ViolationCode.ConstraintViolation, $"'type' is '{type}'; it must be string, number, integer, boolean, object or array.");
        return violations.Count > before ? null : new KeyRequirement(key!, type, text);
    }
}

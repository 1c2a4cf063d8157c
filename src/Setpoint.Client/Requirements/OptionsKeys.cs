using System.Collections;
using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Setpoint.Core.Json;

namespace Setpoint.Client.Requirements;

/// <summary>
/// The keys that an options type cannot do without:
/// 1. every property that a binder can set and that is marked <c>[Required]</c> or <c>required</c>;
/// 2. the same inside each nested class whose property is marked, or which the object has from the start: one that may stay null is not
///    made by the binder unless its section is there, so nothing inside is required.
/// </summary>
internal static class OptionsKeys
{
    public const DynamicallyAccessedMemberTypes Members =
        DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor;

    /// <param name="section">With <c>:</c> between names; empty for the whole configuration.</param>
    [RequiresUnreferencedCode(Trimming.Deriving)]
    public static ImmutableArray<RequiredKey> Of([DynamicallyAccessedMembers(Members)] Type type, string section)
    {
        var found = ImmutableArray.CreateBuilder<RequiredKey>();
        Walk(type, Split(section), type.Name, [], found);
        // Reflection promises no order, and an order of its own for each start would be a new registration each time.
        found.Sort(static (left, right) => string.CompareOrdinal(left.Requirement.Key, right.Requirement.Key));
        return found.ToImmutable();
    }

    [RequiresUnreferencedCode(Trimming.Deriving)]
    private static void Walk(
        [DynamicallyAccessedMembers(Members)] Type type,
        ImmutableArray<string> path,
        string origin,
        ImmutableStack<Type> around,
        ImmutableArray<RequiredKey>.Builder found)
    {
        // A type that holds itself would never end; its keys are known already.
        if (around.Contains(type))
            return;
        var defaults = type.GetConstructor(Type.EmptyTypes) is null ? null : Activator.CreateInstance(type);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetIndexParameters().Length > 0 || property.GetMethod is not { IsPublic: true })
                continue;
            var nested = IsNested(property.PropertyType);
            var current = nested && defaults is not null ? property.GetValue(defaults) : null;
            if (property.SetMethod is not { IsPublic: true } && current is null)
                continue;

            var mustHave = property.IsDefined(typeof(RequiredAttribute));
            var isRequired = mustHave || property.IsDefined(typeof(RequiredMemberAttribute));
            var at = path.AddRange(Split(property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name)));
            var name = $"{origin}.{property.Name}";
            if (isRequired)
            {
                // "required int?" asks that somebody decides, and null is a decision; [Required] asks for a value.
                var takesNull = !mustHave && Nullable.GetUnderlyingType(property.PropertyType) is not null;
                found.Add(RequiredKey.Of(KeyPath.Of(JsonPointer.Of(at)).ToString(), takesNull ? null : TypeOf(property.PropertyType), name));
            }

            if (nested && (isRequired || current is not null))
                Walk(property.PropertyType, at, name, around.Push(type), found);
        }
    }

    /// <summary>The type of the values that a binder makes a property of; null where it takes any.</summary>
    private static string? TypeOf(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare == typeof(object))
            return null;
        if (bare.IsEnum)
            return JsonTypes.String;
        return Type.GetTypeCode(bare) switch
        {
            TypeCode.Boolean => JsonTypes.Boolean,
            TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64 => JsonTypes.Integer,
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => JsonTypes.Number,
            _ when IsText(bare) => JsonTypes.String,
            _ when IsDictionary(bare) => JsonTypes.Object,
            _ when bare.IsAssignableTo(typeof(IEnumerable)) => JsonTypes.Array,
            _ => JsonTypes.Object,
        };
    }

    private static bool IsNested(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type != typeof(object) && !IsText(type) && !type.IsAssignableTo(typeof(IEnumerable));

    /// <summary>A type that is read from one text. A byte array is, as Base64.</summary>
    private static bool IsText(Type type) =>
        type == typeof(string) || type == typeof(Uri) || type == typeof(Version) || type == typeof(Type) || type == typeof(byte[])
        || type.IsValueType || type.IsAssignableTo(typeof(System.Globalization.CultureInfo)) || type.IsAssignableTo(typeof(Delegate));

    private static bool IsDictionary(Type type) =>
        type.IsAssignableTo(typeof(IDictionary))
        || (type.IsConstructedGenericType && type.GetGenericTypeDefinition() is var open && (open == typeof(IDictionary<,>) || open == typeof(IReadOnlyDictionary<,>)));

    private static ImmutableArray<string> Split(string path) => path.Length == 0 ? [] : [.. path.Split(':')];
}

using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.References;

/// <summary>A place in the merged configuration of a namespace.</summary>
internal readonly record struct ReferencePlace(string Namespace, JsonPointer Pointer)
{
    public override string ToString() => $"config/{Namespace}:{(Pointer.IsRoot ? "" : KeyPath.Of(Pointer))}";
}

/// <summary>Why a string cannot be resolved. Says nothing of the environment: the same mistake is one mistake in all of them.</summary>
/// <param name="Place">Where the string is written.</param>
/// <param name="Rule">The reference at fault; else what was to be kept.</param>
internal sealed record ReferenceFailure(ReferencePlace Place, string Code, string Rule, string Message)
{
    public static ReferenceFailure Unreadable(ReferencePlace place, string problem) =>
        new(place, ViolationCode.MalformedDocument, "reference syntax", $"{place}: {problem}");

    public static ReferenceFailure Unknown(ReferencePlace place, Reference reference, string reason) =>
        new(place, ViolationCode.UnknownReference, $"reference {reference}", $"{place} refers to {reference}, but {reason}.");

    public static ReferenceFailure NotText(ReferencePlace place, Reference reference, JsonKind kind) =>
        new(place, ViolationCode.InvalidParameterType, $"reference {reference}",
            $"{place} has {reference} beside other text, and its value is {JsonKinds.Describe(kind)}, which has no place in a text. A string that is the reference alone takes the value as it is.");

    public static ReferenceFailure TooLong(ReferencePlace place) =>
        new(place, ViolationCode.ConstraintViolation, "reference output",
            $"With {place} references insert more than {ReferenceResolver.OutputMax} bytes, which is the limit. Refer to less, or include the namespace.");

    public static ReferenceFailure TooNested(ReferencePlace place) =>
        new(place, ViolationCode.ConstraintViolation, "reference nesting",
            $"What {place} refers to would lie more than {JsonLimits.Document.DepthMax} levels deep there, which is the limit. Refer to it from further up.");

    public static ReferenceFailure TooDeep(ReferencePlace place) =>
        new(place, ViolationCode.ConstraintViolation, "reference depth",
            $"{place} leads through more than {ReferenceResolver.DepthMax} references, one to the next, which is the limit. Refer to the value itself.");

    /// <param name="places">From the first string around to itself.</param>
    public static ReferenceFailure Circle(ReferencePlace first, IEnumerable<ReferencePlace> places) =>
        new(first, ViolationCode.CircularDependency, "reference circle",
            $"References lead in a circle: {string.Join(" -> ", places)}. Give one of these keys a value of its own.");
}

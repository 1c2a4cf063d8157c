using System.Collections.Immutable;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Faults;

/// <summary>One broken rule.</summary>
/// <param name="Path">JSON Pointer into the document; empty for the document as a whole.</param>
/// <param name="Code">One of <see cref="ViolationCode"/>.</param>
/// <param name="Message">The rule, the value found and the way out, in a sentence.</param>
/// <param name="Address">The document; null where the request itself is at fault.</param>
/// <param name="Effective">Set where an effective configuration breaks a rule: then the address is the layer that supplied the value.</param>
public sealed record Violation(string Path, string Code, string Message, Address? Address = null, EffectivePlace? Effective = null);

/// <summary>Whose effective configuration, and which rule it is held to.</summary>
/// <param name="Environments">Every environment in which it is so, in order of name.</param>
/// <param name="User">Null: what everybody sees.</param>
/// <param name="Rule">Such as <c>schema/mail#/properties/port/maximum</c> or <c>schema/mail rule pool-size</c>.</param>
public sealed record EffectivePlace(string Namespace, ImmutableArray<string> Environments, string? User, string Rule);

/// <summary>The codes a <see cref="Violation"/> may carry. They are part of the wire contract.</summary>
public static class ViolationCode
{
    public const string InvalidParameterType = nameof(InvalidParameterType);
    public const string ConstraintViolation = nameof(ConstraintViolation);
    public const string MissingRequiredParameter = nameof(MissingRequiredParameter);
    public const string CircularDependency = nameof(CircularDependency);
    public const string UnknownReference = nameof(UnknownReference);
    public const string MalformedDocument = nameof(MalformedDocument);

    /// <summary>A check needed more steps or time than it may have; a refusal with one of these is a <see cref="Fault.TimedOut"/>.</summary>
    public const string ValidationTimeout = nameof(ValidationTimeout);
}

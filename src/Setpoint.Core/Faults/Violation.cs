using Setpoint.Core.Ledger;

namespace Setpoint.Core.Faults;

/// <summary>One broken rule.</summary>
/// <param name="Path">JSON Pointer into the document; empty for the document as a whole.</param>
/// <param name="Code">One of <see cref="ViolationCode"/>.</param>
/// <param name="Message">The rule, the value found and the way out, in a sentence.</param>
/// <param name="Address">The document; null where the request itself is at fault.</param>
public sealed record Violation(string Path, string Code, string Message, Address? Address = null);

/// <summary>The codes a <see cref="Violation"/> may carry. They are part of the wire contract.</summary>
public static class ViolationCode
{
    public const string InvalidParameterType = nameof(InvalidParameterType);
    public const string ConstraintViolation = nameof(ConstraintViolation);
    public const string MissingRequiredParameter = nameof(MissingRequiredParameter);
    public const string CircularDependency = nameof(CircularDependency);
    public const string UnknownReference = nameof(UnknownReference);
    public const string MalformedDocument = nameof(MalformedDocument);
}

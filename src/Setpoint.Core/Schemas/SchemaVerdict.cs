using System.Collections.Immutable;

namespace Setpoint.Core.Schemas;

/// <summary>What a schema says of an instance.</summary>
/// <param name="IsValid">True if the instance obeys the schema.</param>
/// <param name="Errors">Why not; at most <see cref="ErrorsMax"/>. Empty if valid, and where the evaluation was given up.</param>
/// <param name="TimedOut">
/// The evaluation was given up: it took more steps, deeper nesting or slower patterns than the bounds allow. Then <see cref="IsValid"/> is
/// false, because nothing is known.
/// </param>
public sealed record SchemaVerdict(bool IsValid, ImmutableArray<SchemaError> Errors, bool TimedOut)
{
    /// <summary>Reports stop here: a document with a million mistakes is explained by its first thousand.</summary>
    public const int ErrorsMax = 1_000;

    /// <summary>The verdict on every valid instance.</summary>
    public static readonly SchemaVerdict Valid = new(IsValid: true, [], TimedOut: false);

    internal static readonly SchemaVerdict GivenUp = new(IsValid: false, [], TimedOut: true);
}

/// <summary>One rule of a schema that an instance breaks.</summary>
/// <param name="InstancePath">JSON Pointer to the value; for a property that is not allowed, to that property; for one that is missing, to the object that lacks it.</param>
/// <param name="SchemaPath">JSON Pointer to the keyword by the way that the evaluation took, through <c>$ref</c> where there is one (the "keyword location").</param>
/// <param name="Keyword">The keyword, for example <c>minimum</c>; <c>false</c> where a schema allows nothing.</param>
/// <param name="Message">A sentence for people. It never holds a value that the schema marks as secret.</param>
public sealed record SchemaError(string InstancePath, string SchemaPath, string Keyword, string Message);

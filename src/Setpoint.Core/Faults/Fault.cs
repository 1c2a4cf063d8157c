using System.Collections.Immutable;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Faults;

/// <summary>
/// A refusal that the caller can act on. The code is part of the wire contract; the message names the thing, the rule, the value
/// found and the way out, and never holds a secret.
/// </summary>
public abstract record Fault(string Code, string Message)
{
    /// <summary>Something addressed does not exist. The code says what kind of thing.</summary>
    public sealed record Missing(string Code, string Message) : Fault(Code, Message)
    {
        public static Missing Config(string what) => new("ConfigNotFound", what);

        public static Missing Namespace(string name) =>
            new("NamespaceNotFound", $"Namespace '{name}' does not exist. GET /api/namespaces lists those that do; writing a configuration to it creates it.");

        public static Missing Environment(string name) =>
            new("EnvironmentNotFound", $"Environment '{name}' does not exist. GET /api/environments lists those that do; POST /api/environments creates one.");

        public static Missing Version(long version, long head) =>
            new("VersionNotFound", $"Version {version} does not exist: the ledger's newest revision is {head}.");
    }

    /// <summary>The writer expected another version of a document than the current one. 0 stands for "does not exist".</summary>
    public sealed record Stale(Address Address, long Expected, long Actual)
        : Fault("StaleVersion", $"{Address} is at version {Actual}, not at the expected {Expected}; read it again and retry.");

    /// <summary>The change contradicts what is there: a failed JSON Patch test, a reused idempotency key, a thing in use.</summary>
    public sealed record Conflict(string Message) : Fault("ConflictingChange", Message);

    /// <summary>The Gate refused the change, with every reason it found.</summary>
    public sealed record Invalid(ImmutableArray<Violation> Violations)
        : Fault("ValidationError", Violations.Length == 1
            ? Violations[0].Message
            : $"{Violations.Length} rules are broken; 'errors' lists each of them.");

    /// <summary>A check did not end within its bounds, so nobody knows whether the change is right.</summary>
    public sealed record TimedOut(string Message, ImmutableArray<Violation> Violations) : Fault("ValidationTimeout", Message);

    /// <summary>The request itself cannot be read.</summary>
    public sealed record Malformed(string Message, ImmutableArray<Violation> Violations) : Fault("MalformedRequest", Message)
    {
        public Malformed(string message) : this(message, [])
        {
        }
    }

    /// <summary>A limit is exceeded; the message says which one and by how much.</summary>
    public sealed record TooLarge(string Message) : Fault("TooLarge", Message);

    /// <summary>A version cannot be brought back.</summary>
    public sealed record RollbackFailed(string Message, ImmutableArray<Violation> Violations) : Fault("RollbackFailed", Message);

    /// <summary>A configuration of one schema version is wanted in another, and no migration leads there.</summary>
    /// <param name="Expected">The version that is wanted.</param>
    /// <param name="Actual">The version that is there.</param>
    /// <param name="Message">Which link is missing, or which step cannot be undone.</param>
    public sealed record SchemaVersionMismatch(int Expected, int Actual, string Message) : Fault("SchemaVersionMismatch", Message);

    /// <summary>Secrets cannot be stored or read here.</summary>
    public sealed record Sealed(string Message) : Fault("SecretsSealed", Message);

    /// <summary>The store has no space left. Reads go on.</summary>
    public sealed record StoreFull(string Message) : Fault("StoreFull", Message);

    /// <summary>The store did not answer or is shutting down.</summary>
    public sealed record Unavailable(string Message) : Fault("StoreUnavailable", Message);
}

namespace Setpoint.Core.Ledger;

/// <summary>Bounds that every proposal is held to. Each error names the bound and the value found.</summary>
public static class Limits
{
    /// <summary>Leaves in all layers of one namespace.</summary>
    public const int NamespaceKeysMax = 100_000;

    /// <summary>UTF-8 bytes of a commit's message.</summary>
    public const int MessageBytesMax = 4 * 1024;

    /// <summary>Documents that one commit may change.</summary>
    public const int CommitChangesMax = 10_000;

    /// <summary>Labels of one commit or namespace.</summary>
    public const int TagsMax = 32;

    /// <summary>Characters of one label.</summary>
    public const int TagLengthMax = 64;

    /// <summary>Reports stop here: a document with a million mistakes is explained by its first thousand.</summary>
    public const int ViolationsMax = 1_000;
}

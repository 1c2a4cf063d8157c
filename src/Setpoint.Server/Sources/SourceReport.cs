using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Server.Sources;

/// <summary>How it stands with one followed source. Immutable; holds names and places, never a value of a file.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Files">Files that stand for a layer, broken ones included.</param>
/// <param name="LastImport">The last commit that this server made of it since it started; null if there was none.</param>
/// <param name="CheckedAt">When it was last looked at.</param>
/// <param name="Problems">What keeps files from being in effect; empty when all is well.</param>
internal sealed record SourceReport(
    string Path, int Files, SourceImport? LastImport, DateTimeOffset CheckedAt, ImmutableArray<SourceProblem> Problems)
{
    // A report is for people; whoever broke a thousand files has the log for the rest.
    private const int ProblemsShownMax = 100;

    public bool IsBroken => !Problems.IsEmpty;

    /// <summary><c>ok</c>, or <c>broken</c>: some file is not in effect, and the last good of it is.</summary>
    public string State => IsBroken ? "broken" : "ok";

    public JsonObject ToJson()
    {
        var json = new JsonObjectBuilder(7).Add("path", Path).Add("state", State).Add("files", Files);
        json.Add("checkedAt", CommitHash.Timestamp(CheckedAt));
        if (LastImport is { } import)
            json.Add("lastImport", new JsonObjectBuilder(2).Add("revision", import.Revision).Add("at", CommitHash.Timestamp(import.At)).Build());
        if (IsBroken)
        {
            json.Add("errorCount", Problems.Length);
            json.Add("errors", new JsonArray([.. Problems.Take(ProblemsShownMax).Select(problem => (JsonValue)problem.ToJson())]));
        }

        return json.Build();
    }
}

/// <summary>A commit that was made of files.</summary>
internal readonly record struct SourceImport(long Revision, DateTimeOffset At);

/// <summary>Why a file, or the tree itself, is not in effect.</summary>
/// <param name="File">Relative to the tree; null for the tree as a whole.</param>
/// <param name="Line">From 1; null where there is none.</param>
/// <param name="Column">From 1; null where there is none.</param>
internal sealed record SourceProblem(string? File, int? Line, int? Column, string Message)
{
    /// <summary><c>file:line:column</c>, as far as it is known: what editors and terminals make a link of.</summary>
    public string Place => (File, Line, Column) switch
    {
        (null, _, _) => ".",
        (_, null, _) => File,
        (_, _, null) => $"{File}:{Line}",
        _ => $"{File}:{Line}:{Column}",
    };

    public JsonObject ToJson()
    {
        var json = new JsonObjectBuilder(4).Add("file", File);
        if (Line is { } line)
            json.Add("line", line);
        if (Column is { } column)
            json.Add("column", column);
        return json.Add("message", Message).Build();
    }
}

using System.Buffers;
using System.Diagnostics;

namespace Setpoint.Core.Schemas.Evaluating;

/// <summary>
/// The state of one evaluation: what is left of its budget, and the marks of what has been evaluated (for <c>unevaluatedProperties</c> and
/// <c>unevaluatedItems</c>). Lives on the stack, so that a valid instance costs no allocation.
/// </summary>
/// <remarks>
/// A frame of marks is a bit for each property or item of one instance, in a shared arena; its handle is where it starts. A branch that may
/// fail (anyOf, if, ...) marks in a frame of its own, which is merged into the outer one only if the branch holds.
/// </remarks>
internal struct Run
{
    /// <summary>
    /// Visits of schema nodes that an evaluation may take. A 2 KB configuration takes some hundred; the largest document there can be
    /// (1 MiB, about 500,000 values) some millions.
    /// </summary>
    public const int StepsMax = 5_000_000;

    /// <summary>
    /// Nodes within nodes. An ordinary schema takes three or four for each level of the instance, which has 64 at most; 1,000 of them fit
    /// the smallest stack that threads get by default (a test holds that).
    /// </summary>
    public const int DepthMax = 1_000;

    /// <summary>No frame: nobody asks what has been evaluated.</summary>
    public const int NoMarks = -1;

    /// <summary>What all patterns that may backtrack can take together.</summary>
    public static readonly TimeSpan BacktrackingMax = TimeSpan.FromSeconds(1);

    private ulong[]? _marks;
    private int _marksTop;
    private long _backtracking;

    public Run() => StepsLeft = StepsMax;

    public int StepsLeft;
    public int Depth;

    /// <summary>True once the budget is gone. From then on every check fails, so that the evaluation unwinds.</summary>
    public bool GaveUp;

    /// <summary>Takes steps for work that grows with the size of a value or of a keyword.</summary>
    public void Charge(int steps) => StepsLeft -= steps;

    public bool GiveUp()
    {
        GaveUp = true;
        StepsLeft = 0;
        return false;
    }

    /// <summary>Counts the time of a pattern that backtracks.</summary>
    public void ChargeBacktracking(TimeSpan elapsed)
    {
        _backtracking += elapsed.Ticks;
        if (_backtracking > BacktrackingMax.Ticks)
            GiveUp();
    }

    private static int Words(int count) => (count + 63) >> 6;

    /// <summary>A new frame without marks.</summary>
    public int OpenMarks(int count)
    {
        var start = _marksTop;
        var words = Words(count);
        if (_marks is null || _marks.Length < start + words)
            Grow(start + words);
        _marks.AsSpan(start, words).Clear();
        _marksTop = start + words;
        return start;
    }

    /// <summary>Ends the frame that was opened last.</summary>
    public void CloseMarks(int frame)
    {
        Debug.Assert(frame <= _marksTop);
        _marksTop = frame;
    }

    public readonly void Mark(int frame, int index) => _marks![frame + (index >> 6)] |= 1UL << (index & 63);

    public readonly bool IsMarked(int frame, int index) => (_marks![frame + (index >> 6)] & (1UL << (index & 63))) != 0;

    public readonly void MarkAll(int frame, int count)
    {
        for (var i = 0; i < count; i++)
            Mark(frame, i);
    }

    public readonly void Merge(int from, int into, int count)
    {
        for (var i = 0; i < Words(count); i++)
            _marks![into + i] |= _marks[from + i];
    }

    public void Dispose()
    {
        if (_marks is not null)
            ArrayPool<ulong>.Shared.Return(_marks);
        _marks = null;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<ulong>.Shared.Rent(Math.Max(needed, 64));
        if (_marks is not null)
        {
            _marks.AsSpan(0, _marksTop).CopyTo(larger);
            ArrayPool<ulong>.Shared.Return(_marks);
        }

        _marks = larger;
    }
}

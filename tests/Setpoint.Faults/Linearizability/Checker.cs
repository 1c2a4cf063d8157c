using System.Collections;

namespace Setpoint.Faults.Linearizability;

/// <summary>
/// Tells whether a history of a compare-and-set register is linearizable: whether there is an order of its operations, in which each takes
/// effect between its call and its answer, that explains every answer.
/// </summary>
/// <remarks>
/// Wing and Gong's search with Lowe's memory, key by key, since a history is linearizable if it is for each key:
/// 1. lay calls and returns out in time, a call before a return of the same instant, because operations that touch are concurrent;
/// 2. walk from the front: try each call that comes before the first return; if the register can do it and the set of operations done
///    together with the register's state is new, take the operation out and start again at the front;
/// 3. at a return nothing before it worked: put the last operation back and go on behind it; with none left there is no such order;
/// 4. done when all operations with an answer are out. One without an answer has no return, so it may stay for ever.
/// </remarks>
internal static class Checker
{
    /// <returns>The first key that cannot be explained; null if the history is linearizable.</returns>
    public static string? FindViolation(IEnumerable<Operation> history)
    {
        foreach (var key in history.GroupBy(operation => operation.Key, StringComparer.Ordinal))
        {
            // A read without an answer says nothing.
            var operations = key.Where(operation => operation is not { Kind: OperationKind.Get, Outcome: OperationOutcome.Unknown }).ToArray();
            if (!IsLinearizable(operations))
                return key.Key;
        }

        return null;
    }

    private static bool IsLinearizable(Operation[] operations)
    {
        var head = LayOut(operations);
        var remaining = operations.Count(operation => operation.Outcome != OperationOutcome.Unknown);
        var register = default(Register);
        var done = new BitArray(operations.Length);
        var seen = new HashSet<Position>();
        var taken = new Stack<(Entry Call, Register Before)>();
        var entry = head.Next;
        while (remaining > 0)
        {
            if (entry is { IsCall: true })
            {
                if (register.TryApply(entry.Operation, out var after) && seen.Add(Position.Of(done, entry.Index, after)))
                {
                    taken.Push((entry, register));
                    register = after;
                    done[entry.Index] = true;
                    if (entry.Operation.Outcome != OperationOutcome.Unknown)
                        remaining--;
                    entry.Lift();
                    entry = head.Next;
                }
                else
                {
                    entry = entry.Next;
                }

                continue;
            }

            if (!taken.TryPop(out var last))
                return false;
            register = last.Before;
            done[last.Call.Index] = false;
            if (last.Call.Operation.Outcome != OperationOutcome.Unknown)
                remaining++;
            last.Call.Unlift();
            entry = last.Call.Next;
        }

        return true;
    }

    private static Entry LayOut(Operation[] operations)
    {
        var entries = new List<Entry>(operations.Length * 2);
        for (var i = 0; i < operations.Length; i++)
        {
            var call = new Entry(operations[i], i, isCall: true, operations[i].Call);
            entries.Add(call);
            if (operations[i].Outcome == OperationOutcome.Unknown)
                continue;
            call.Match = new Entry(operations[i], i, isCall: false, operations[i].Return ?? throw new InvalidDataException("An answered operation has no return."));
            entries.Add(call.Match);
        }

        var head = new Entry(operations.FirstOrDefault()!, -1, isCall: false, long.MinValue);
        var last = head;
        foreach (var entry in entries.OrderBy(entry => entry.Time).ThenBy(entry => entry.IsCall ? 0 : 1))
        {
            entry.Previous = last;
            last.Next = entry;
            last = entry;
        }

        return head;
    }

    /// <summary>A call or a return in a list from which it can be taken and put back in the reverse order.</summary>
    private sealed class Entry(Operation operation, int index, bool isCall, long time)
    {
        public Operation Operation { get; } = operation;

        public int Index { get; } = index;

        public bool IsCall { get; } = isCall;

        public long Time { get; } = time;

        public Entry? Match { get; set; }

        public Entry? Previous { get; set; }

        public Entry? Next { get; set; }

        public void Lift()
        {
            Unlink();
            Match?.Unlink();
        }

        public void Unlift()
        {
            Match?.Relink();
            Relink();
        }

        private void Unlink()
        {
            Previous!.Next = Next;
            if (Next is not null)
                Next.Previous = Previous;
        }

        private void Relink()
        {
            Previous!.Next = this;
            if (Next is not null)
                Next.Previous = this;
        }
    }

    /// <summary>Which operations are done, and what the register is after them: reached twice, it leads nowhere new.</summary>
    private sealed class Position : IEquatable<Position>
    {
        private readonly int[] _done;
        private readonly Register _register;
        private readonly int _hash;

        private Position(int[] done, Register register)
        {
            _done = done;
            _register = register;
            var hash = new HashCode();
            hash.Add(register);
            foreach (var part in done)
                hash.Add(part);
            _hash = hash.ToHashCode();
        }

        public static Position Of(BitArray done, int alsoDone, Register register)
        {
            var parts = new int[(done.Length + 31) / 32];
            done.CopyTo(parts, 0);
            parts[alsoDone / 32] |= 1 << (alsoDone % 32);
            return new(parts, register);
        }

        public bool Equals(Position? other) => other is not null && _register == other._register && _done.AsSpan().SequenceEqual(other._done);

        public override bool Equals(object? obj) => Equals(obj as Position);

        public override int GetHashCode() => _hash;
    }
}

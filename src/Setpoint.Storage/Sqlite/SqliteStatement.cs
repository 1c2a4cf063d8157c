using System.Buffers;
using System.Text;
using Setpoint.Core.Json;
using SQLitePCL;

namespace Setpoint.Storage.Sqlite;

/// <summary>A prepared statement that is bound, stepped, reset and used again. Parameters count from 1, columns from 0.</summary>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt handle) : IDisposable
{
    // Strict: a lone surrogate must not become another character on its way to the disk, or the hash over it no longer holds.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public void Bind(int parameter, long value) => database.Check(raw.sqlite3_bind_int64(handle, parameter, value));

    public void Bind(int parameter, long? value)
    {
        if (value is { } number)
            Bind(parameter, number);
        else
            BindNull(parameter);
    }

    public void Bind(int parameter, double value) => database.Check(raw.sqlite3_bind_double(handle, parameter, value));

    public void BindBlob(int parameter, ReadOnlySpan<byte> value) => database.Check(raw.sqlite3_bind_blob(handle, parameter, value));

    public void Bind(int parameter, string? value)
    {
        if (value is null)
        {
            BindNull(parameter);
            return;
        }

        const int OnStack = 512;
        var length = Utf8.GetMaxByteCount(value.Length);
        if (length <= OnStack)
        {
            Span<byte> bytes = stackalloc byte[OnStack];
            BindText(parameter, bytes[..Utf8.GetBytes(value, bytes)]);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            BindText(parameter, rented.AsSpan(0, Utf8.GetBytes(value, rented)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public void Bind(int parameter, Fingerprint value)
    {
        Span<byte> bytes = stackalloc byte[Fingerprint.Size];
        value.CopyTo(bytes);
        database.Check(raw.sqlite3_bind_blob(handle, parameter, bytes));
    }

    public void BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        // The binding takes an empty span for a null pointer, and that for SQL NULL; a null-terminated empty string it takes as it is.
        database.Check(utf8.IsEmpty
            ? raw.sqlite3_bind_text(handle, parameter, "")
            : raw.sqlite3_bind_text(handle, parameter, utf8));
    }

    public void BindNull(int parameter) => database.Check(raw.sqlite3_bind_null(handle, parameter));

    /// <summary>True if there is a row.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw database.Failure(code),
        };
    }

    /// <summary>Runs a statement that gives no rows, and makes it ready for the next use.</summary>
    public void Run()
    {
        try
        {
            while (Step())
            {
            }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>All rows, read, and the statement made ready for the next use.</summary>
    public List<T> Rows<T>(Func<SqliteStatement, T> read)
    {
        var rows = new List<T>();
        try
        {
            while (Step())
                rows.Add(read(this));
            return rows;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>The first column of the only row; null if there is none.</summary>
    public long? FirstInt64()
    {
        try
        {
            long? found = Step() ? Int64(0) : null;

            // A statement that inserts and returns has only done so when it is stepped to its end.
            while (found is not null && Step())
            {
            }

            return found;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>The result code of running it once, for the one statement whose failure has a meaning of its own: COMMIT.</summary>
    public int TryRun()
    {
        var code = raw.sqlite3_step(handle);
        raw.sqlite3_reset(handle);
        return code == raw.SQLITE_DONE ? raw.SQLITE_OK : code;
    }

    /// <summary>Ends the use; a failure of the last step was reported by that step.</summary>
    public void Reset() => raw.sqlite3_reset(handle);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public double Double(int column) => raw.sqlite3_column_double(handle, column);

    /// <summary>The bytes of a text or blob; they are gone with the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public void Dispose() => handle.manual_close();
}

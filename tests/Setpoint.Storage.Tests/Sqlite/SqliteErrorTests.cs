using Setpoint.Storage.Sqlite;

namespace Setpoint.Storage.Tests.Sqlite;

/// <summary>The caller decides by these what it may do next, so each code is spelled out.</summary>
public sealed class SqliteErrorTests
{
    [Theory]
    [InlineData(13, 0, StoreFailure.Full)] // SQLITE_FULL
    [InlineData(778, 28, StoreFailure.Full)] // SQLITE_IOERR_WRITE, ENOSPC
    [InlineData(778, 27, StoreFailure.Full)] // SQLITE_IOERR_WRITE, EFBIG
    [InlineData(778, 5, StoreFailure.Unavailable)] // SQLITE_IOERR_WRITE, EIO
    [InlineData(266, 5, StoreFailure.Unavailable)] // SQLITE_IOERR_READ
    [InlineData(5, 0, StoreFailure.Unavailable)] // SQLITE_BUSY
    [InlineData(8, 0, StoreFailure.Unavailable)] // SQLITE_READONLY
    [InlineData(14, 13, StoreFailure.Unavailable)] // SQLITE_CANTOPEN
    [InlineData(11, 0, StoreFailure.Corrupt)] // SQLITE_CORRUPT
    [InlineData(26, 0, StoreFailure.Corrupt)] // SQLITE_NOTADB
    [InlineData(1555, 0, StoreFailure.Corrupt)] // SQLITE_CONSTRAINT_PRIMARYKEY
    public void Before_the_commit_every_failure_is_rolled_back(int code, int errno, object expected) =>
        SqliteError.Of(code, errno, "text", "/data/setpoint.db").Failure.ShouldBe((StoreFailure)expected);

    [Theory]
    [InlineData(13, StoreFailure.Full)] // SQLITE_FULL
    [InlineData(778, StoreFailure.Full)] // SQLITE_IOERR_WRITE: the commit record was not written
    [InlineData(5, StoreFailure.Unavailable)] // SQLITE_BUSY
    [InlineData(1034, StoreFailure.OutcomeUnknown)] // SQLITE_IOERR_FSYNC
    [InlineData(4874, StoreFailure.OutcomeUnknown)] // SQLITE_IOERR_SHMSIZE: the commit record is written, the index is not
    [InlineData(10, StoreFailure.OutcomeUnknown)] // SQLITE_IOERR
    public void At_the_commit_only_what_is_certain_is_called_rolled_back(int code, object expected)
    {
        var failure = SqliteError.OfCommit(code, 0, "text", "/data/setpoint.db");
        failure.Failure.ShouldBe((StoreFailure)expected);
        failure.Message.ShouldContain("/data/setpoint.db");
        failure.Message.ShouldNotContain("\n");
    }
}

using Setpoint.Storage.Sqlite;

namespace Setpoint.Storage.Tests.Sqlite;

public sealed class SqliteLedgerStoreTests : LedgerStoreConformance
{
    private readonly TemporaryFolder _folder = new();

    private protected override ILedgerStore Create() => SqliteLedger.Create(new(_folder.Path, Time));

    private protected override void Destroy() => _folder.Dispose();
}

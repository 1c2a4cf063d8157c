using System.Runtime.CompilerServices;
using Setpoint.Storage.Sqlite;

namespace Setpoint.Storage.Tests.Sqlite;

/// <summary>
/// The library is chosen once per process. With SETPOINT_TEST_BUNDLED_SQLITE=1 the whole suite runs on the one in the package, as on a
/// machine that has none.
/// </summary>
public sealed class BundledLibrary
{
    private static bool IsForced => Environment.GetEnvironmentVariable("SETPOINT_TEST_BUNDLED_SQLITE") == "1";

    [ModuleInitializer]
    internal static void Choose()
    {
        if (IsForced)
            AppContext.SetSwitch(NativeSqlite.UseBundledSwitch, true);
    }

    [Fact]
    public void The_bundled_library_has_the_version_that_a_newer_one_is_measured_by()
    {
        Assert.SkipUnless(IsForced, "The system's library is in use; set SETPOINT_TEST_BUNDLED_SQLITE=1 to test the bundled one.");
        const int Version = NativeSqlite.BundledVersion;
        SqliteLedger.NativeVersion.ShouldBe($"{Version / 1_000_000}.{Version / 1000 % 1000}.{Version % 1000} (e_sqlite3)");
    }
}

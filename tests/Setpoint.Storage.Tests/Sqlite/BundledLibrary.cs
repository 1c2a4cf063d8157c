using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
        var library = NativeLibrary.Load("e_sqlite3", typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, searchPath: null);
        var number = Marshal.GetDelegateForFunctionPointer<VersionNumber>(NativeLibrary.GetExport(library, "sqlite3_libversion_number"));
        number().ShouldBe(NativeSqlite.BundledVersion);
    }

    [Fact]
    public void The_library_in_use_is_not_older_than_the_bundled_one_and_is_the_forced_one_if_one_is_forced()
    {
        SqliteLedger.NativeVersion.ShouldContain("(");
        SQLitePCL.raw.sqlite3_libversion_number().ShouldBeGreaterThanOrEqualTo(NativeSqlite.BundledVersion);
        if (IsForced)
            SqliteLedger.NativeVersion.ShouldEndWith("(e_sqlite3)");
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int VersionNumber();
}

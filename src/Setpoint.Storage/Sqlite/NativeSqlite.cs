using System.Runtime.InteropServices;
using SQLitePCL;

namespace Setpoint.Storage.Sqlite;

/// <summary>
/// Chooses the native library once per process: the system's, when it is newer than the one in the package, else the package's.
/// The system's is patched by its distributor; the package's is always there.
/// </summary>
internal static unsafe class NativeSqlite
{
    /// <summary>Forces the library of the package; a host sets it before the first store is made.</summary>
    internal const string UseBundledSwitch = "Setpoint.Storage.UseBundledSqlite";

    /// <summary>3.35.5, what SQLitePCLRaw.lib.e_sqlite3 2.0.6 holds.</summary>
    internal const int BundledVersion = 3_035_005;

    private const string BundledName = "e_sqlite3";
    private const string SystemName = "libsqlite3.so.0";

    private static readonly Lazy<Library> Chosen = new(Choose);

    public static string Version => Chosen.Value.Version;

    public static void Initialize() => _ = Chosen.Value;

    /// <summary>The operating system's error number behind the last I/O error or failure to open; 0 if there was none.</summary>
    public static int SystemErrno(sqlite3 database) => Chosen.Value.SystemErrno(database.DangerousGetHandle());

    /// <summary>Loads a library of this name if it is newer than the bundled one and made for several threads.</summary>
    internal static bool TryLoadNewer(string name, out nint handle)
    {
        if (!NativeLibrary.TryLoad(name, out handle))
            return false;
        if (NativeLibrary.TryGetExport(handle, "sqlite3_libversion_number", out var number)
            && NativeLibrary.TryGetExport(handle, "sqlite3_threadsafe", out var threadsafe)
            && ((delegate* unmanaged[Cdecl]<int>)number)() > BundledVersion
            && ((delegate* unmanaged[Cdecl]<int>)threadsafe)() != 0)
            return true;
        NativeLibrary.Free(handle);
        handle = 0;
        return false;
    }

    private static Library Choose()
    {
        var fileSizeLimit = IgnoreFileSizeSignal();
        var provider = new SQLite3Provider_e_sqlite3();
        var assembly = provider.GetType().Assembly;
        var bundledOnly = AppContext.TryGetSwitch(UseBundledSwitch, out var isSet) && isSet;
        var name = SystemName;
        if (bundledOnly || !OperatingSystem.IsLinux() || !TryLoadNewer(SystemName, out var handle))
        {
            name = BundledName;
            handle = NativeLibrary.Load(BundledName, assembly, searchPath: null);
        }

        NativeLibrary.SetDllImportResolver(assembly, (wanted, _, _) => wanted == BundledName ? handle : 0);
        raw.SetProvider(provider);
        raw.FreezeProvider();
        return new(
            $"{raw.sqlite3_libversion().utf8_to_string()} ({name})",
            (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(handle, "sqlite3_system_errno"),
            fileSizeLimit);
    }

    /// <summary>
    /// A write beyond the limit on file sizes (ulimit -f) would end the process with SIGXFSZ. Handled, it is an error of that write, and
    /// the store answers that it is full.
    /// </summary>
    private static PosixSignalRegistration? IgnoreFileSizeSignal()
    {
        const int FileSizeExceeded = 25;
        return OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create((PosixSignal)FileSizeExceeded, static context => context.Cancel = true);
    }

    private sealed class Library(string version, delegate* unmanaged[Cdecl]<nint, int> systemErrno, PosixSignalRegistration? fileSizeLimit)
    {
        /// <summary>Held for the life of the process; disposing it would bring the signal's default back.</summary>
        public PosixSignalRegistration? FileSizeLimit { get; } = fileSizeLimit;

        public string Version { get; } = version;

        public int SystemErrno(nint database) => systemErrno(database);
    }
}

using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Ledger;
using Setpoint.Storage;

namespace Setpoint.Server.Sources;

/// <summary>One tree and what has been made of it. Used by one loop alone.</summary>
/// <remarks>
/// One look: 1. read the files that may have changed; 2. find those whose content is not what was last imported, and layers whose file is
/// gone; 3. propose all of them as one commit; 4. where the Gate refuses some, propose the others; 5. report.
/// </remarks>
internal sealed class FollowedTree(
    TreeFolder folder, LedgerWriter writer, SnapshotBoard board, ILedgerStore store, TimeProvider time, ILogger logger)
{
    // Some editors and tools delete a file and write it anew. Their gap is some milliseconds; nobody means a removal of that length.
    private static readonly TimeSpan GoneForGood = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan UnsettledRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);

    private readonly TreeReading _reading = new(folder, time);

    // By layer, the content that had its turn: what was imported last, or was found to have been imported before.
    private readonly Dictionary<Address, Fingerprint> _imported = TreeMemory.WrittenByFiles(board.Current);
    private readonly Dictionary<Address, long> _goneSince = [];
    private readonly Dictionary<string, SourceProblem> _problems = new(StringComparer.Ordinal);
    private string? _treeProblem;
    private ImmutableArray<SourceProblem> _told = [];
    private SourceImport? _lastImport;
    private bool _started;
    private bool _bystandersTold;

    /// <summary>Look at everything again after this long, although nothing tells of a change; null if there is no need.</summary>
    public TimeSpan? LookAgainIn { get; private set; }

    public async Task<SourceReport> LookAsync(TreeWork work, CancellationToken cancellationToken)
    {
        LookAgainIn = null;
        _treeProblem = null;
        if (work.Everything)
            _treeProblem = await _reading.ReadAllAsync(cancellationToken);
        else
            await _reading.ReadSomeAsync(work.Paths, cancellationToken);
        if (_reading.IsUnsettled)
            LookAgain(UnsettledRetry);

        _problems.Clear();
        foreach (var file in _reading.Files)
        {
            if (file.Problem is { } problem)
                _problems[file.Path] = problem;
        }

        if (_treeProblem is null)
        {
            var asked = work.Requests.Length > 0;
            try
            {
                var changes = await FindChangesAsync(Array.Exists(work.Requests, request => request.Force), asked, cancellationToken);
                await ProposeAsync(changes, cancellationToken);
            }
            catch (StoreException failure)
            {
                _treeProblem = $"The ledger's history cannot be read now: {failure.Message}";
                LookAgain(StoreRetry);
            }
        }

        TellBystanders();
        var report = Report();
        _started = true;
        return report;
    }

    private async Task<List<TreeChange>> FindChangesAsync(bool force, bool asked, CancellationToken cancellationToken)
    {
        var changes = new List<TreeChange>();
        var byAddress = _reading.Files.Where(file => file.Place.Kind == TreePlaceKind.Document).ToLookup(file => file.Place.Address!);
        var snapshot = board.Current;
        foreach (var files in byAddress)
        {
            _goneSince.Remove(files.Key);
            if (One(files, snapshot, byAddress) is not { Body: { } body } file)
                continue;
            var address = files.Key;
            var content = file.BodyFingerprint;
            var isKnown = _imported.TryGetValue(address, out var last);
            if (!force && (isKnown ? last == content : await TreeMemory.WasInEffectAsync(store, snapshot, address, content, cancellationToken)))
                _imported[address] = content;
            else if (snapshot.Find(address)?.Fingerprint == content)
                _imported[address] = content;
            else
                changes.Add(new(file.Path, address, body, content));
        }

        AddRemovals(changes, byAddress, asked);
        changes.Sort(static (one, other) => string.CompareOrdinal(one.Path, other.Path));
        return changes;
    }

    /// <summary>The one file that speaks for a document; null, with problems noted, if there are more or its name may mean another layer.</summary>
    private TreeFile? One(IGrouping<Address, TreeFile> files, Snapshot snapshot, ILookup<Address, TreeFile> all)
    {
        var names = files.Select(file => file.Path).Order(StringComparer.Ordinal).ToList();
        if (names.Count > 1)
        {
            foreach (var name in names)
                _problems[name] = new(name, null, null, $"{string.Join(" and ", names)} stand for the same document; keep one of them.");
            return null;
        }

        var one = files.First();
        if (TreeLayout.SuffixOf(files.Key) is var (service, suffix)
            && (snapshot.Environments().Contains(suffix) || all.Contains(new LayerSlot(Names.Global, LayerScope.Environment, suffix).ToAddress())))
        {
            _problems[one.Path] = new(one.Path, null, null,
                $"this would be a service named '{service}.{suffix}', and '{suffix}' is an environment; the override of '{service}' in it is {TreeLayout.ServicesFolder}/{service}/{suffix}.json.");
            return null;
        }

        return one;
    }

    private void AddRemovals(List<TreeChange> changes, ILookup<Address, TreeFile> byAddress, bool asked)
    {
        var gone = _imported.Keys.Where(address => !byAddress.Contains(address)).ToList();
        foreach (var address in gone.Where(address => !IsFiles(address)))
        {
            // Somebody has written it since: it is theirs, and the file's going is no news to it.
            _imported.Remove(address);
            _goneSince.Remove(address);
        }

        gone.RemoveAll(address => !_imported.ContainsKey(address));
        if (gone.Count == 0)
            return;
        if (byAddress.Count == 0)
        {
            // A volume that is not mounted yet looks like this. Nobody means to remove everything by it.
            _treeProblem = "The folder holds no configuration file. What was imported from it stays in effect; to remove it, use the API.";
            return;
        }

        foreach (var address in gone)
        {
            if (!_goneSince.TryGetValue(address, out var since))
                _goneSince[address] = since = time.GetTimestamp();
            var left = GoneForGood - time.GetElapsedTime(since);
            if (asked || left <= TimeSpan.Zero || !_started)
                changes.Add(new(TreeLayout.PathOf(address), address, null, Fingerprint.None));
            else
                LookAgain(left);
        }
    }

    private bool IsFiles(Address address) => board.Current.Find(address) is { } current && TreeMemory.IsFile(current.Actor);

    private async Task ProposeAsync(List<TreeChange> changes, CancellationToken cancellationToken)
    {
        while (changes.Count > 0)
        {
            var actor = TreeMemory.ActorPrefix + (_started && changes.Count == 1 ? changes[0].Path : folder.Root);
            var outcome = await writer.WriteAsync(new WriteRequest(TreeChange.Propose(changes, actor)), cancellationToken);
            if (outcome.TryGet(out var written, out var fault))
            {
                Remember(changes, written, actor);
                return;
            }

            if (fault is Fault.Unavailable or Fault.StoreFull)
            {
                _treeProblem = fault.Message;
                LookAgain(StoreRetry);
                return;
            }

            if (DropRefused(changes, fault) > 0)
                continue;
            if (changes.Count == 1)
            {
                _problems[changes[0].Path] = FileContent.ProblemOf(changes[0].Path, fault);
                return;
            }

            // Together they break something that no one of them is named for: each for itself, then.
            foreach (var change in changes)
                await ProposeAsync([change], cancellationToken);
            return;
        }
    }

    private void Remember(List<TreeChange> changes, WriteOutcome written, string actor)
    {
        foreach (var change in changes)
        {
            _goneSince.Remove(change.Address);
            if (change.Body is null)
                _imported.Remove(change.Address);
            else
                _imported[change.Address] = change.Fingerprint;
        }

        if (!written.Changed)
            return;
        _lastImport = new(written.Revision, time.GetUtcNow());
        SourcesLog.Imported(logger, written.Revision, actor, TreeChange.Describe(changes));
    }

    /// <summary>Takes out the changes that the Gate has named, and notes why.</summary>
    private int DropRefused(List<TreeChange> changes, Fault fault)
    {
        if (fault is not Fault.Invalid { Violations: var violations })
            return 0;
        return changes.RemoveAll(change =>
        {
            var own = violations.Where(violation => violation.Address is { } address && change.IsBehind(address)).ToList();
            if (own.Count == 0)
                return false;
            var message = own.Count == 1 ? own[0].Message : $"{own[0].Message} (And {own.Count - 1} more.)";
            var place = change.Body is null ? null : PlaceIn(change, own[0].Path);
            _problems[change.Path] = new(change.Path, place?.Line, place?.Column, message);
            return true;
        });
    }

    /// <summary>Where in the file the pointer leads; null where it cannot be said.</summary>
    private (int Line, int Column)? PlaceIn(TreeChange change, string pointer)
    {
        try
        {
            if (TreeLayout.IsYaml(change.Path) || folder.Read(change.Path) is not { } read)
                return null;
            var bytes = read.Bytes.Span;
            return FileContent.Parse(change.Path, bytes).TryGet(out var content, out _)
                ? JsonPlaces.Find(bytes, SchemaFile.PointerInto(content, change.Address, pointer))
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The message stands without the place; that the file cannot be read is found, and said, by the next look.
            return null;
        }
    }

    private void LookAgain(TimeSpan delay) => LookAgainIn = LookAgainIn is { } sooner && sooner < delay ? sooner : delay;

    private void TellBystanders()
    {
        if (_bystandersTold)
            return;
        _bystandersTold = true;
        var unused = _reading.Bystanders.Where(file => file.Place.Kind == TreePlaceKind.Unused).Select(file => file.Path).ToList();
        if (unused.Count > 0)
            SourcesLog.NotUsed(logger, TreeChange.NamesOf(unused));
    }

    private SourceReport Report()
    {
        var problems = _problems.Values.OrderBy(problem => problem.File, StringComparer.Ordinal).ToList();
        if (_treeProblem is not null)
            problems.Insert(0, new(null, null, null, _treeProblem));
        var report = new SourceReport(folder.Root, _reading.Files.Count, _lastImport, time.GetUtcNow(), [.. problems]);
        foreach (var problem in problems.Except(_told))
            SourcesLog.Broken(logger, folder.Root, problem.Place, problem.Message);
        foreach (var mended in _told.Select(problem => problem.File).Except(problems.Select(problem => problem.File)))
            SourcesLog.Mended(logger, folder.Root, mended ?? ".");
        _told = report.Problems;
        if (!_started)
            SourcesLog.Started(logger, folder.Root, report.Files, problems.Count, board.Current.Revision);
        return report;
    }
}

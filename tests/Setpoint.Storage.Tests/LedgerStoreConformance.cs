using Setpoint.Core.Ledger;

namespace Setpoint.Storage.Tests;

/// <summary>What every <see cref="ILedgerStore"/> promises. A store inherits this and says how to make one.</summary>
public abstract partial class LedgerStoreConformance : IAsyncLifetime
{
    private protected static readonly CancellationToken None = CancellationToken.None;

    private protected ManualTime Time { get; } = new();

    private protected LedgerDraft Draft { get; } = new();

    private protected ILedgerStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Store = Create();
        (await Store.OpenAsync(None)).ShouldBe(LedgerHead.Empty);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Destroy();
        GC.SuppressFinalize(this);
    }

    /// <summary>A store over the same place each time; empty at first.</summary>
    private protected abstract ILedgerStore Create();

    /// <summary>Removes that place.</summary>
    private protected abstract void Destroy();

    private protected async Task<LedgerHead> ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = Create();
        return await Store.OpenAsync(None);
    }

    /// <summary>Appends what the draft has beyond the store, in one group.</summary>
    private protected async Task AppendDraftAsync(params IdempotentAnswer[] answers)
    {
        var head = await Store.ReadHeadAsync(None);
        await Store.AppendAsync([.. Draft.Commits.Skip((int)head.Revision)], answers, head, None);
    }

    private protected async Task<List<Document>> CurrentAsync()
    {
        var documents = new List<Document>();
        await foreach (var document in Store.ReadCurrentAsync(None))
            documents.Add(document);
        return documents;
    }

    /// <summary>All that can be read, so that a test can say that nothing changed.</summary>
    private protected async Task StoreShouldHoldAsync(LedgerDraft expected)
    {
        (await Store.ReadHeadAsync(None)).ShouldBe(expected.Head);
        (await CurrentAsync()).ShouldBeExactly(expected.Current.Values);
        var commits = new List<Commit>();
        while (await Store.ReadCommitsAsync(commits.Count, 1000, null, None) is { Count: > 0 } page)
            commits.AddRange(page);
        commits.ShouldBeExactly(expected.Commits);
    }
}

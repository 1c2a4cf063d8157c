using Setpoint.Core.Json;

namespace Setpoint.Server.Http;

/// <summary>
/// Fills a page of a list whose entries may be large: it ends at the number that was asked for, or earlier once it is
/// <see cref="BytesMax"/> long. Entries are taken a few at a time, so that a thousand documents of a megabyte never meet in memory.
/// </summary>
internal sealed class PageBudget(int limit)
{
    private const long BytesMax = 8 * 1024 * 1024;
    private const int AtATime = 16;

    private readonly List<JsonValue> _items = [];
    private long _bytes;

    public IReadOnlyList<JsonValue> Items => _items;

    /// <summary>How many more to read now; 0 when the page is full.</summary>
    public int Take() => IsFull ? 0 : Math.Min(AtATime, limit - _items.Count);

    public bool IsFull => _bytes >= BytesMax || _items.Count >= limit;

    public void Add(JsonValue item)
    {
        _items.Add(item);
        _bytes += JsonMeasure.TextSize(item);
    }
}

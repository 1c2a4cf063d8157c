namespace Setpoint.Core.Json;

/// <summary>How large a value is.</summary>
/// <param name="Bytes">Length of its compact JSON text in UTF-8.</param>
/// <param name="Depth">Nested arrays and objects; 1 for a flat object.</param>
/// <param name="Leaves">Values that are neither a filled object nor inside an array; an array counts as one.</param>
public readonly record struct JsonMeasure(int Bytes, int Depth, int Leaves)
{
    public static JsonMeasure Of(JsonValue value)
    {
        var counter = new CountingWriter();
        JsonWriter.Write(value, counter);
        var (depth, leaves) = Walk(value);
        return new(counter.Count, depth, leaves);
    }

    private static (int Depth, int Leaves) Walk(JsonValue value)
    {
        var depth = 0;
        var leaves = 0;
        switch (value)
        {
            case JsonObject { Count: > 0 } members:
                foreach (var member in members.Values)
                {
                    var (d, l) = Walk(member);
                    depth = Math.Max(depth, d);
                    leaves += l;
                }

                return (depth + 1, leaves);
            case JsonObject:
                return (1, 1);
            case JsonArray array:
                foreach (var item in array.Items)
                    depth = Math.Max(depth, Walk(item).Depth);
                return (depth + 1, 1);
            default:
                return (0, 1);
        }
    }

    private sealed class CountingWriter : System.Buffers.IBufferWriter<byte>
    {
        private byte[] _scratch = new byte[512];

        public int Count { get; private set; }

        public void Advance(int count) => Count += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => Scratch(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => Scratch(sizeHint);

        private byte[] Scratch(int sizeHint)
        {
            if (sizeHint > _scratch.Length)
                _scratch = new byte[sizeHint];
            return _scratch;
        }
    }
}

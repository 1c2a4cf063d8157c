using System.IO.Compression;

namespace Setpoint.Server.Configs;

/// <summary>Bytes ready for the socket.</summary>
internal sealed class RenderedView(byte[] identity, string contentType, string tag)
{
    // Below this a compressed answer is hardly smaller and not worth its time.
    private const int CompressFrom = 1024;

    private byte[]? _gzip;
    private byte[]? _brotli;

    public byte[] Identity { get; } = identity;

    public string ContentType { get; } = contentType;

    /// <summary>Without quotes.</summary>
    public string Tag { get; } = tag;

    /// <summary>The header for the bytes as they are.</summary>
    public string ETag { get; } = $"\"{tag}\"";

    /// <summary>The header for compressed bytes: they are not the same bytes, so the tag is weak.</summary>
    public string WeakETag { get; } = $"W/\"{tag}\"";

    public bool IsCompressible => Identity.Length >= CompressFrom;

    /// <summary>Made on first use and kept.</summary>
    public byte[] Gzip => _gzip ??= Compress(static output => new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true));

    /// <summary>Made on first use and kept.</summary>
    public byte[] Brotli => _brotli ??= Compress(static output => new BrotliStream(output, CompressionLevel.Optimal, leaveOpen: true));

    private byte[] Compress(Func<Stream, Stream> encoder)
    {
        using var output = new MemoryStream(Identity.Length / 2);
        using (var stream = encoder(output))
            stream.Write(Identity);
        return output.ToArray();
    }
}

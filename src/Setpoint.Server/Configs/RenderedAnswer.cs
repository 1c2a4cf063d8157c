using System.IO.Pipelines;
using Microsoft.Net.Http.Headers;
using Setpoint.Server.Http;

namespace Setpoint.Server.Configs;

/// <summary>Writes rendered bytes in the coding that the caller takes, or that the caller has them already.</summary>
internal static class RenderedAnswer
{
    public static bool IsCurrent(HttpContext context, RenderedView rendered)
    {
        var condition = context.Request.Headers.IfNoneMatch;
        return condition.Count > 0 && ETags.Matches(condition, rendered.Tag);
    }

    /// <summary>Does not serialise, and does not wait where the pipe takes the bytes at once.</summary>
    /// <param name="isCurrent">See <see cref="IsCurrent"/>.</param>
    public static Task WriteAsync(HttpContext context, RenderedView rendered, bool isCurrent, long revision)
    {
        var response = context.Response;
        var headers = response.Headers;
        headers[Answer.RevisionHeader] = HeaderText.Of(revision);
        headers.CacheControl = "no-cache";
        headers.ETag = rendered.ETag;
        if (isCurrent)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        var bytes = rendered.Identity;
        if (rendered.IsCompressible)
        {
            headers.Vary = HeaderNames.AcceptEncoding;
            switch (AcceptedEncoding.Of(context.Request.Headers.AcceptEncoding))
            {
                case ContentCoding.Brotli:
                    (bytes, headers.ContentEncoding, headers.ETag) = (rendered.Brotli, "br", rendered.WeakETag);
                    break;
                case ContentCoding.Gzip:
                    (bytes, headers.ContentEncoding, headers.ETag) = (rendered.Gzip, "gzip", rendered.WeakETag);
                    break;
            }
        }

        headers.ContentType = rendered.ContentType;
        headers.ContentLength = bytes.Length;
        return WriteBodyAsync(response.BodyWriter, bytes, context.RequestAborted);
    }

    private static Task WriteBodyAsync(PipeWriter body, byte[] bytes, CancellationToken cancellationToken)
    {
        var written = body.WriteAsync(bytes, cancellationToken);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }
}

using System.Security.Cryptography;
using Setpoint.Core.Json;

namespace Setpoint.Server.Sources;

/// <summary>A file as it was last read. Immutable.</summary>
/// <param name="Hash">Of the bytes: a file that is saved unchanged is not parsed again.</param>
/// <param name="Body">What it says; null if it is broken.</param>
/// <param name="BodyFingerprint">Of <paramref name="Body"/>.</param>
/// <param name="Problem">Why there is no body.</param>
internal sealed record TreeFile(string Path, TreePlace Place, Fingerprint Hash, JsonObject? Body, Fingerprint BodyFingerprint, SourceProblem? Problem)
{
    public static TreeFile Of(string path, in TreePlace place, in ReadBytes read)
    {
        if (place.Problem is { } refused)
            return Broken(path, place, new(path, null, null, refused));
        if (read.Length > JsonLimits.Document.SizeMax)
            return Broken(path, place, new(path, null, null, $"the file has {read.Length} bytes; the limit is {JsonLimits.Document.SizeMax}."));
        var bytes = read.Bytes.Span;
        var hash = new Fingerprint(SHA256.HashData(bytes));
        if (!FileContent.Parse(path, bytes).TryGet(out var content, out var fault))
            return new(path, place, hash, null, Fingerprint.None, FileContent.ProblemOf(path, fault));
        var body = SchemaFile.ToDocument(place.Address!, content);
        return new(path, place, hash, body, CanonicalJson.FingerprintOf(body), null);
    }

    public static TreeFile Broken(string path, in TreePlace place, SourceProblem problem) =>
        new(path, place, Fingerprint.None, null, Fingerprint.None, problem);

    public bool IsSame(in ReadBytes read) => Hash != Fingerprint.None && Hash == new Fingerprint(SHA256.HashData(read.Bytes.Span));
}

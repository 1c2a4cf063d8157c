using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Setpoint.Server.Rollouts;

/// <summary>Subjects of experiments as they are held and stored: nobody reads a targeting key out of it.</summary>
internal static class SubjectKey
{
    /// <summary>The first 8 bytes of SHA-256 over UTF-8, in which two of a million subjects meet with a probability of 3 in 100 million.</summary>
    public static long HashOf(string targetingKey)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(targetingKey), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}

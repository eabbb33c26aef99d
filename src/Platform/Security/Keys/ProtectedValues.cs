using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tieline.Platform.Security;

/// <summary>
/// Encrypts single values at rest (national id, bank account) and finds them by a keyed hash. A purpose names the column,
/// e.g. <c>customers.identifier</c>, and is fixed for good: a ciphertext of one purpose cannot be read for another.
/// </summary>
public interface IProtectedValues
{
    /// <summary>AES-256-GCM under the current data key. The same value never gives the same bytes twice.</summary>
    /// <returns>33 bytes more than the value in UTF-8: version (1), key id (4), nonce (12), tag (16), ciphertext.</returns>
    byte[] Protect(string purpose, string value);

    /// <exception cref="CryptographicException">Damaged, of another purpose, or under a key that is not here.</exception>
    string Unprotect(string purpose, byte[] bytes);

    /// <summary>HMAC-SHA256 as 64 hex digits; stays the same when keys are rotated. Normalise first: equality is of characters.</summary>
    string Hash(string purpose, string normalised);

    /// <summary>Whether the bytes are under the current key, or are to be re-encrypted by <see cref="IRotateValues"/>.</summary>
    bool IsCurrent(byte[] bytes);
}

internal sealed class ProtectedValues(DataKeys keys) : IProtectedValues
{
    private const byte Version = 1;
    private const int HeaderLength = 5;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Overhead = HeaderLength + NonceLength + TagLength;

    public byte[] Protect(string purpose, string value)
    {
        var id = keys.Current;
        var bytes = new byte[Overhead + Encoding.UTF8.GetByteCount(value)];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), id);
        var nonce = bytes.AsSpan(HeaderLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(keys.Encryption(id, purpose), TagLength);
        aes.Encrypt(nonce, Encoding.UTF8.GetBytes(value), bytes.AsSpan(Overhead), bytes.AsSpan(HeaderLength + NonceLength, TagLength), bytes.AsSpan(0, HeaderLength));
        return bytes;
    }

    public string Unprotect(string purpose, byte[] bytes)
    {
        if (bytes.Length < Overhead || bytes[0] != Version)
            throw new CryptographicException("This is no protected value.");
        var plain = new byte[bytes.Length - Overhead];
        using var aes = new AesGcm(keys.Encryption(KeyOf(bytes), purpose), TagLength);
        aes.Decrypt(
            bytes.AsSpan(HeaderLength, NonceLength), bytes.AsSpan(Overhead), bytes.AsSpan(HeaderLength + NonceLength, TagLength), plain,
            bytes.AsSpan(0, HeaderLength));
        return Encoding.UTF8.GetString(plain);
    }

    public string Hash(string purpose, string normalised) =>
        Convert.ToHexString(HMACSHA256.HashData(keys.Hash(purpose), Encoding.UTF8.GetBytes(normalised)));

    public bool IsCurrent(byte[] bytes) => bytes.Length >= Overhead && bytes[0] == Version && KeyOf(bytes) == keys.Current;

    private static int KeyOf(byte[] bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1));
}

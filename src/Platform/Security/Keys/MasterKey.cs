using System.Security.Cryptography;
using System.Text;

namespace Tieline.Platform.Security;

/// <summary>
/// The one secret outside the database. It wraps the keys inside it, so that a stolen copy of the database tells nothing.
/// From the environment variable <c>TIELINE_MASTER_KEY</c> (base64, 32 bytes), or the file <c>master.key</c> of the data
/// folder, which is made with random bytes (mode 0600) when missing. Nodes of one database share it.
/// </summary>
internal sealed class MasterKey
{
    public const string Variable = "TIELINE_MASTER_KEY";
    public const string FileName = "master.key";
    private const int Length = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly byte[] key;

    private MasterKey(byte[] key) => this.key = key;

    /// <exception cref="MasterKeyException">The variable or the file does not hold 32 bytes in base64.</exception>
    public static MasterKey Load(string dataDirectory)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return FromText(given, $"The environment variable {Variable}");
        var file = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(file))
            Make(file);
        return FromText(File.ReadAllText(file), file);
    }

    public static MasterKey FromBytes(byte[] bytes) =>
        bytes.Length == Length ? new MasterKey([.. bytes]) : throw new MasterKeyException($"A master key has {Length} bytes.");

    /// <returns>Nonce, tag and ciphertext in one.</returns>
    public byte[] Wrap(string purpose, ReadOnlySpan<byte> plain)
    {
        var wrapped = new byte[NonceLength + TagLength + plain.Length];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceLength));
        using var aes = new AesGcm(Derive(purpose), TagLength);
        aes.Encrypt(wrapped.AsSpan(0, NonceLength), plain, wrapped.AsSpan(NonceLength + TagLength), wrapped.AsSpan(NonceLength, TagLength), Encoding.UTF8.GetBytes(purpose));
        return wrapped;
    }

    /// <exception cref="MasterKeyException">Wrapped by another master key, for another purpose, or damaged.</exception>
    public byte[] Unwrap(string purpose, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length < NonceLength + TagLength)
            throw new MasterKeyException("A wrapped key in the database is damaged.");
        var plain = new byte[wrapped.Length - NonceLength - TagLength];
        using var aes = new AesGcm(Derive(purpose), TagLength);
        try
        {
            aes.Decrypt(wrapped[..NonceLength], wrapped[(NonceLength + TagLength)..], wrapped.Slice(NonceLength, TagLength), plain, Encoding.UTF8.GetBytes(purpose));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new MasterKeyException($"The keys in this database were wrapped with another master key. Give the right one in {Variable}, or bring back the file {FileName}.");
        }
        return plain;
    }

    private byte[] Derive(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, Length, salt: [], Encoding.UTF8.GetBytes($"tieline master {purpose}"));

    private static MasterKey FromText(string text, string where)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.Trim(), bytes, out var length) && length == Length
            ? new MasterKey(bytes[..Length])
            : throw new MasterKeyException($"{where} does not hold a master key ({Length} bytes in base64).");
    }

    // Written aside and moved into place: a node that starts at the same moment sees a whole file or none, and the first one stays.
    private static void Make(string file)
    {
        var aside = $"{file}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(aside, options))
            writer.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Length)));
        try
        {
            File.Move(aside, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(aside);
        }
    }
}

/// <summary>The master key is missing, malformed or not the one this database was made with. The message is for the operator.</summary>
public sealed class MasterKeyException(string message) : Exception(message);

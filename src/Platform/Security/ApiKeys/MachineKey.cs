using System.Security.Cryptography;
using System.Text;

namespace Tieline.Platform.Security;

/// <summary>
/// The key by which commands on this machine speak to the running node. It lives as long as the process and is written
/// only to the key file of the data folder. Whoever can read that file can also read the master key and the database, so
/// beside the operator's rights it may look after users and keys.
/// </summary>
internal sealed class MachineKey
{
    /// <summary>To give an API key rights that one does not hold. No role can have it.</summary>
    public const string GrantAnything = "apikeys.grant-anything";

    private readonly byte[] hash;

    public MachineKey()
    {
        Value = $"tln_{Convert.ToHexString(RandomNumberGenerator.GetBytes(24)).ToLowerInvariant()}";
        hash = SHA256.HashData(Encoding.UTF8.GetBytes(Value));
    }

    public string Value { get; }

    public bool Is(string key) =>
        key.StartsWith("tln_", StringComparison.Ordinal) && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(key)), hash);

    public Actor Actor(IEnumerable<string> ofOperator) => new(ActorKind.ApiKey, 0, "command line",
        ofOperator.Concat([PlatformPermissions.ManageUsers, PlatformPermissions.ManageApiKeys, PlatformPermissions.RotateKeys, GrantAnything])
            .ToHashSet(StringComparer.Ordinal));
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Data;

namespace Tieline.Platform.Security;

internal sealed class ApiKey : IAudited
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    /// <summary>The readable start of the key, by which it is found.</summary>
    public required string Prefix { get; init; }
    [Masked]
    public required string Hash { get; init; }
    /// <summary>Permission names, space separated.</summary>
    public required string Permissions { get; init; }
    public required ActorRef CreatedBy { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? ExpiresAt { get; init; }
    public DateTime? RevokedAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("api_key", Id);

    public void Revoke(DateTime at) => (RevokedAt, Version) = (at, Version + 1);
}

internal sealed class ApiKeyMap : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_key");
        builder.HasIndex(k => k.Prefix, "ux_api_key_prefix").IsUnique();
    }
}

/// <summary>The keys in use, by prefix.</summary>
internal sealed record KnownKeys(IReadOnlyDictionary<string, ApiKey> ByPrefix)
{
    public static async Task<KnownKeys> Read(AppDb db, CancellationToken ct) =>
        new(await db.Set<ApiKey>().AsNoTracking().Where(k => k.RevokedAt == null).ToDictionaryAsync(k => k.Prefix, StringComparer.Ordinal, ct));
}

/// <summary>Hashed, scoped keys for machines: <c>tl_PREFIX_SECRET</c>.</summary>
internal sealed class ApiKeys(AppDb db, ReferenceCache<KnownKeys> known, MachineKey machine)
{
    /// <returns>The key itself, shown once.</returns>
    public string Create(string name, IEnumerable<string> permissions, DateTime? expiresAt) => Create(db.NextId(), name, permissions, expiresAt);

    /// <returns>The key itself, shown once.</returns>
    public string Create(long id, string name, IEnumerable<string> permissions, DateTime? expiresAt)
    {
        var prefix = Convert.ToHexString(RandomNumberGenerator.GetBytes(5)).ToLowerInvariant();
        var key = $"tl_{prefix}_{Convert.ToHexString(RandomNumberGenerator.GetBytes(24)).ToLowerInvariant()}";
        db.Add(new ApiKey
        {
            Id = id, Name = name, Prefix = prefix, Hash = Sessions.Hash(key), Permissions = string.Join(' ', permissions),
            CreatedBy = db.Actor.Ref, CreatedAt = db.Now, ExpiresAt = expiresAt,
        });
        return key;
    }

    /// <summary>The key opens nothing from the commit on: at once on this node, within ten seconds on the others.</summary>
    public void Revoke(ApiKey key)
    {
        key.Revoke(db.Now);
        db.AfterCommit(known.Forget);
    }

    /// <summary>Whose key it is; null when it is wrong, revoked or has expired.</summary>
    public async Task<Actor?> Find(string key, CancellationToken ct)
    {
        if (machine.Is(key))
            return machine.Actor(await db.Set<RolePermission>().Where(r => r.Role == Roles.Operator).Select(r => r.Permission).ToListAsync(ct));
        if (key.Split('_') is not ["tl", var prefix, _])
            return null;
        // One that was made on another node a moment ago works at once.
        var found = (await known.Get(ct)).ByPrefix.GetValueOrDefault(prefix) ?? await db.Set<ApiKey>().AsNoTracking().SingleOrDefaultAsync(k => k.Prefix == prefix, ct);
        if (found is null || found.RevokedAt is not null || found.ExpiresAt <= db.Now
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(found.Hash), Encoding.ASCII.GetBytes(Sessions.Hash(key))))
            return null;
        return new Actor(ActorKind.ApiKey, found.Id, found.Name, found.Permissions.Split(' ').ToHashSet(StringComparer.Ordinal));
    }
}

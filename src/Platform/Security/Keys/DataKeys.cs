using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Data;

namespace Tieline.Platform.Security;

internal enum DataKeyUse
{
    /// <summary>Encrypts values; the newest is current, the older ones still read.</summary>
    Encryption,
    /// <summary>Finds identifiers; there is one and it stays, or nothing could be found any more.</summary>
    Hash,
}

/// <summary>A random key of 32 bytes, wrapped by the master key.</summary>
[NotAudited("rotation notes itself by its own action")]
internal sealed class DataKey
{
    /// <summary>Small and counted from 1: it stands in front of every ciphertext.</summary>
    public required int Id { get; init; }
    public required DataKeyUse Use { get; init; }
    public required byte[] Wrapped { get; init; }
    public required DateTime CreatedAt { get; init; }
}

internal sealed class DataKeyMap : IEntityTypeConfiguration<DataKey>
{
    public void Configure(EntityTypeBuilder<DataKey> builder) => builder.ToTable("data_key");
}

/// <summary>The data keys of this database, unwrapped once and kept. Another node's rotation is seen within a minute; its ciphertexts at once.</summary>
internal sealed class DataKeys(Dialect dialect, MasterKey master, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(int Id, string Purpose), byte[]> derived = [];
    private readonly Lock reading = new();
    private readonly Lock setting = new();
    private volatile Ring? ring;

    /// <summary>Id of the key that encrypts now.</summary>
    public int Current => Ready().Current;

    /// <summary>The key for one purpose. The same id and purpose always give the same 32 bytes.</summary>
    /// <exception cref="CryptographicException">No such key.</exception>
    public byte[] Encryption(int id, string purpose)
    {
        var known = Ready();
        if (!known.Keys.ContainsKey(id))
            known = Reload();
        return known.Keys.TryGetValue(id, out var key) && id != known.Hash
            ? Derive(id, key, purpose)
            : throw new CryptographicException($"There is no data key {id}.");
    }

    public byte[] Hash(string purpose)
    {
        var known = Ready();
        return Derive(known.Hash, known.Keys[known.Hash], purpose);
    }

    /// <summary>Reads the keys, and makes the first ones in an empty database.</summary>
    public async Task Load(CancellationToken ct)
    {
        var rows = await Read(ct);
        if (!rows.Exists(r => r.Use == DataKeyUse.Hash) || !rows.Exists(r => r.Use == DataKeyUse.Encryption))
        {
            await dialect.UnderMigrationLock(async connection =>
            {
                foreach (var use in Enum.GetValues<DataKeyUse>())
                {
                    if (await connection.ExecuteScalarAsync<long>("select count(*) from data_key where use = @use", new { use = use.ToString() }) == 0)
                        await Insert(connection, use);
                }
            }, ct);
            rows = await Read(ct);
        }
        var keys = rows.ToDictionary(r => r.Id, r => master.Unwrap(Purpose(r.Id, r.Use), r.Wrapped));
        var read = new Ring(keys, rows.Where(r => r.Use == DataKeyUse.Encryption).Max(r => r.Id), rows.Single(r => r.Use == DataKeyUse.Hash).Id, time.GetTimestamp());
        // Of two who read at once the slower must not bring back the key of before.
        lock (setting)
        {
            if (ring is not { } known || read.Current >= known.Current)
                ring = read;
        }
    }

    /// <summary>Makes a new current key.</summary>
    /// <returns>Its id.</returns>
    public async Task<int> Rotate(CancellationToken ct)
    {
        var id = 0;
        await dialect.UnderMigrationLock(async connection => id = await Insert(connection, DataKeyUse.Encryption), ct);
        await Load(ct);
        return id;
    }

    private async Task<int> Insert(DbConnection connection, DataKeyUse use)
    {
        var id = 1 + await connection.ExecuteScalarAsync<int>("select coalesce(max(id), 0) from data_key");
        await connection.ExecuteAsync(
            "insert into data_key (id, use, wrapped, created_at) values (@id, @use, @wrapped, @at)",
            new
            {
                id, use = use.ToString(), at = time.GetUtcNow().UtcDateTime.TruncateToMicroseconds(),
                wrapped = master.Wrap(Purpose(id, use), RandomNumberGenerator.GetBytes(32)),
            });
        return id;
    }

    private async Task<List<DataKey>> Read(CancellationToken ct)
    {
        await using var connection = await dialect.OpenBeside(ct);
        var rows = await connection.QueryAsync<(long Id, string Use, byte[] Wrapped)>(new CommandDefinition("select id, use, wrapped from data_key order by id", cancellationToken: ct));
        return [.. rows.Select(r => new DataKey { Id = (int)r.Id, Use = Enum.Parse<DataKeyUse>(r.Use), Wrapped = r.Wrapped, CreatedAt = default })];
    }

    // Protecting a value is synchronous; the keys are read once a minute at most, by a connection of their own. Whoever comes meanwhile goes on with what is known.
    private Ring Ready()
    {
        if (ring is not { } known)
            return Reload();
        if (time.GetElapsedTime(known.ReadAt) < Fresh || !reading.TryEnter())
            return known;
        try
        {
            return Reload();
        }
        finally
        {
            reading.Exit();
        }
    }

    private Ring Reload()
    {
        Task.Run(() => Load(CancellationToken.None)).GetAwaiter().GetResult();
        return ring!;
    }

    private byte[] Derive(int id, byte[] key, string purpose) => derived.GetOrAdd((id, purpose),
        static (entry, key) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, salt: [], Encoding.UTF8.GetBytes($"tieline data {entry.Purpose}")), key);

    private static string Purpose(int id, DataKeyUse use) => $"data key {use} {id}";

    private sealed record Ring(IReadOnlyDictionary<int, byte[]> Keys, int Current, int Hash, long ReadAt);
}

/// <summary>Makes and reads the data keys before the first request; a wrong master key ends the start with one clear line.</summary>
internal sealed class DataKeysStart(DataKeys keys) : IStartStep
{
    public int Order => 20;

    public Task Run(CancellationToken ct) => keys.Load(ct);
}

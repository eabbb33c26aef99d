using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Files;

/// <summary>A file kept as chunks in the database, so that nodes hold no state.</summary>
internal sealed class StoredFile : IAudited
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string MediaType { get; init; }
    public required long Length { get; init; }
    public required string Sha256 { get; init; }
    public RecordRef? AttachedTo { get; set; }
    public required ActorRef CreatedBy { get; init; }
    public required DateTime CreatedAt { get; init; }

    public RecordRef AuditSubject => AttachedTo ?? new RecordRef("file", Id);
}

[NotAudited("the content of an audited file, never changed")]
internal sealed class FileChunk
{
    public required long FileId { get; init; }
    public required int Number { get; init; }
    public required byte[] Bytes { get; init; }
}

internal sealed class FileMap : IEntityTypeConfiguration<StoredFile>, IEntityTypeConfiguration<FileChunk>
{
    public void Configure(EntityTypeBuilder<StoredFile> builder)
    {
        builder.ToTable("file");
        builder.HasIndex(f => f.AttachedTo, "ix_file_attached");
    }

    public void Configure(EntityTypeBuilder<FileChunk> builder)
    {
        builder.ToTable("file_chunk");
        builder.HasKey(c => new { c.FileId, c.Number });
        builder.HasOne<StoredFile>().WithMany().HasForeignKey(c => c.FileId);
    }
}

/// <param name="Length">Bytes.</param>
public sealed record FileLine(long Id, string Name, string MediaType, long Length, RecordRef? AttachedTo);

public interface IFiles
{
    const int MaxBytes = 10 * 1024 * 1024;

    /// <summary>Adds a file to the running transaction.</summary>
    /// <param name="maxBytes">Where a room has a limit of its own; <see cref="MaxBytes"/> otherwise.</param>
    Task<Outcome<FileLine>> Add(string name, string mediaType, Stream content, RecordRef attachedTo, CancellationToken ct, long maxBytes = MaxBytes);

    /// <summary>From now on it belongs to another record, in the running transaction.</summary>
    Task MoveTo(long id, RecordRef attachedTo, CancellationToken ct);

    /// <summary>Takes away what is attached to a record, content and all, in the running transaction; for what was brought as a try only.</summary>
    Task Remove(RecordRef attachedTo, CancellationToken ct);

    Task<IReadOnlyList<FileLine>> Of(RecordRef attachedTo, CancellationToken ct);

    Task<FileLine?> Find(long id, CancellationToken ct);

    Task CopyTo(long id, Stream target, CancellationToken ct);
}

internal sealed class FileStore(AppDb db) : IFiles
{
    private const int ChunkBytes = 256 * 1024;

    public async Task<Outcome<FileLine>> Add(string name, string mediaType, Stream content, RecordRef attachedTo, CancellationToken ct, long maxBytes = IFiles.MaxBytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var id = db.NextId();
        var length = 0L;
        var chunks = new List<FileChunk>();
        while (true)
        {
            var buffer = new byte[ChunkBytes];
            var read = await content.ReadAtLeastAsync(buffer, ChunkBytes, throwOnEndOfStream: false, ct);
            if (read == 0)
                break;
            length += read;
            if (length > maxBytes)
                return new Problem("Files", $"'{name}' is larger than {maxBytes / 1024 / 1024} MB.", "file.too_large");
            hash.AppendData(buffer, 0, read);
            chunks.Add(new FileChunk { FileId = id, Number = chunks.Count, Bytes = read == ChunkBytes ? buffer : buffer[..read] });
        }
        var file = new StoredFile
        {
            Id = id, Name = TypedText.OneLine(Path.GetFileName(name), 200), MediaType = TypedText.OneLine(mediaType, 100), Length = length,
            Sha256 = Convert.ToHexString(hash.GetHashAndReset()), AttachedTo = attachedTo, CreatedBy = db.Actor.Ref, CreatedAt = db.Now,
        };
        db.Add(file);
        db.AddRange(chunks);
        return Line(file);
    }

    public async Task MoveTo(long id, RecordRef attachedTo, CancellationToken ct) =>
        (await db.Set<StoredFile>().SingleAsync(f => f.Id == id, ct)).AttachedTo = attachedTo;

    public async Task Remove(RecordRef attachedTo, CancellationToken ct)
    {
        await db.Set<FileChunk>().Where(c => db.Set<StoredFile>().Any(f => f.Id == c.FileId && f.AttachedTo == attachedTo)).ExecuteDeleteAsync(ct);
        await db.Set<StoredFile>().Where(f => f.AttachedTo == attachedTo).ExecuteDeleteAsync(ct);
    }

    public async Task<IReadOnlyList<FileLine>> Of(RecordRef attachedTo, CancellationToken ct) =>
        [.. (await db.Set<StoredFile>().AsNoTracking().Where(f => f.AttachedTo == attachedTo).OrderBy(f => f.Id).ToListAsync(ct)).Select(Line)];

    public async Task<FileLine?> Find(long id, CancellationToken ct) =>
        await db.Set<StoredFile>().AsNoTracking().SingleOrDefaultAsync(f => f.Id == id, ct) is { } file ? Line(file) : null;

    public async Task CopyTo(long id, Stream target, CancellationToken ct)
    {
        var parts = await db.Set<FileChunk>().Where(c => c.FileId == id).OrderBy(c => c.Number).Select(c => c.Number).ToListAsync(ct);
        foreach (var part in parts)
        {
            var bytes = await db.Set<FileChunk>().Where(c => c.FileId == id && c.Number == part).Select(c => c.Bytes).SingleAsync(ct);
            // A line may be slow.
            await db.GiveBack();
            await target.WriteAsync(bytes, ct);
        }
    }

    private static FileLine Line(StoredFile f) => new(f.Id, f.Name, f.MediaType, f.Length, f.AttachedTo);
}

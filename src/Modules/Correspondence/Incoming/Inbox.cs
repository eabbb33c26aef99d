using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Live;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Correspondence.Incoming;

/// <param name="AlreadyThere">The same bytes came before; the reference is that one's.</param>
internal sealed record TakenIn(long Id, string Reference, bool AlreadyThere);

/// <summary>Takes scans into the queue, from wherever they come.</summary>
internal sealed class Inbox(AppDb db, IFiles files, ISettings settings, ILive live)
{
    public const string Topic = "incoming";

    public static readonly SettingKey<int> MostMegabytes = new(
        "correspondence.most_megabytes", 25, "Largest scan that is taken in, in megabytes", SettingRules.Between(1, 100));

    public async ValueTask<long> MostBytes(CancellationToken ct) => await settings.Get(MostMegabytes, ct) * 1024L * 1024;

    /// <summary>What is wrong with a file before anybody has read it; null for nothing.</summary>
    public static string? Refusal(long length, long most) =>
        length == 0 ? "It is empty." : length > most ? $"It has {length / 1024d / 1024:N1} MB; at most {most / 1024 / 1024:N0} MB are taken." : null;

    /// <summary>In a transaction of its own or the running one. The same content is taken once.</summary>
    public async Task<Outcome<TakenIn>> Take(string name, byte[] content, DocumentSource source, CancellationToken ct)
    {
        var clean = TypedText.OneLine(Path.GetFileName(name), 200);
        var problems = new Problems();
        problems.AsTyped("Files", "The name of a file", clean);
        if (problems.Any)
            return problems;
        if (Refusal(content.Length, await MostBytes(ct)) is { } refusal)
            return new Problem("Files", $"'{clean}': {refusal}", "incoming.size");
        if (ScanContent.KindOf(content) is not { } kind)
            return new Problem("Files", $"'{clean}' is no PDF, PNG, JPEG or TIFF, whatever its name says.", "incoming.kind");
        var hash = Convert.ToHexString(SHA256.HashData(content));
        try
        {
            return await db.InTransaction<Outcome<TakenIn>>(() => Keep(clean, kind, content, hash, source, ct), ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception) && db.Database.CurrentTransaction is null)
        {
            // The same scan came in at the same moment by another way.
            db.Forget();
            return (await There(hash, ct))!;
        }
    }

    private async Task<Outcome<TakenIn>> Keep(string name, ScanKind kind, byte[] content, string hash, DocumentSource source, CancellationToken ct)
    {
        if (await There(hash, ct) is { } there)
            return there;
        var id = db.NextId();
        using var stream = new MemoryStream(content, writable: false);
        var file = await files.Add(name.Length == 0 ? "scan" : name, ScanContent.MediaType(kind), stream, new("incoming_document", id), ct, content.Length);
        if (!file.Ok)
            return Outcome<TakenIn>.Broken(file.Problems);
        var document = new IncomingDocument
        {
            Id = id, Reference = ReferenceNumber.Format(await db.NextNumber("incoming", ct), "D"), FileId = file.Value.Id, Name = file.Value.Name, Kind = kind, Length = content.Length,
            Sha256 = hash, Source = source, ReceivedAt = db.Now, Risk = kind == ScanKind.Pdf ? ScanContent.RiskOf(content) : null,
        };
        if (document.Risk is { } risk)
            document.SetAside($"This PDF carries {risk}. It is shown here without running any of it; look at it before it becomes a contact, and open it nowhere else.");
        db.Add(document);
        await live.Tell(Topic, null, ct);
        await db.SaveChangesAsync(ct);
        return new TakenIn(id, document.Reference, false);
    }

    private async Task<TakenIn?> There(string hash, CancellationToken ct) =>
        await db.Set<IncomingDocument>().Where(d => d.Sha256 == hash).Select(d => new TakenIn(d.Id, d.Reference, true)).SingleOrDefaultAsync(ct);
}

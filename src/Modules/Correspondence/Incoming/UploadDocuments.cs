using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Files;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Correspondence.Incoming;

/// <summary>Puts scans into the queue that somebody has on their own machine. All or none.</summary>
internal sealed class UploadDocuments(AppDb db, Inbox inbox, CurrentActor actor) : IUse<UploadDocuments.Input, UploadDocuments.Uploaded>
{
    public const int Most = 10;

    /// <summary>Bytes of a request, in base64 and with its wrapping.</summary>
    public const long MostBytesOnTheWire = 160L * 1024 * 1024;

    /// <param name="Fax">They came by fax.</param>
    public sealed record Input(IReadOnlyList<Attachment>? Files, bool Fax = false);

    /// <param name="AlreadyThere">References of scans whose very bytes came before; nothing was added for them.</param>
    public sealed record Uploaded(IReadOnlyList<long> Ids, IReadOnlyList<string> AlreadyThere);

    public async Task<Outcome<Uploaded>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CorrespondencePermissions.Index);
        var problems = new Problems();
        var files = (input.Files ?? []).Where(f => f is not null).ToList();
        if (files.Count == 0)
            problems.Add(nameof(Input.Files), "Choose at least one file.", "required");
        if (files.Count > Most)
            problems.Add(nameof(Input.Files), $"At most {Most} files at once.", "file.too_many");
        if (problems.Any)
            return problems;
        try
        {
            return await Keep(files, input.Fax, ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception) && db.Database.CurrentTransaction is null)
        {
            // Somebody brought the same scan at this moment: now it is there, and found.
            db.Forget();
            return await Keep(files, input.Fax, ct);
        }
    }

    private Task<Outcome<Uploaded>> Keep(List<Attachment> files, bool fax, CancellationToken ct) => db.InTransaction<Outcome<Uploaded>>(async () =>
    {
        var (ids, there, problems) = (new List<long>(), new List<string>(), new Problems());
        foreach (var file in files)
        {
            var taken = await inbox.Take(file.Name ?? "scan", file.Content ?? [], fax ? DocumentSource.Fax : DocumentSource.Upload, ct);
            if (!taken.Ok)
                problems.List.AddRange(taken.Problems);
            else if (taken.Value.AlreadyThere)
                there.Add(taken.Value.Reference);
            else
                ids.Add(taken.Value.Id);
        }
        return problems.Any ? problems : new Uploaded(ids, there);
    }, ct, o => o.Ok);
}

using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Agreements;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Duplicates;
using Tieline.Customers.Merging;
using Tieline.Customers.Notes;
using Tieline.Customers.Sight;
using Tieline.Customers.Warnings;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Reasons;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;

namespace Tieline.Customers.Reasons;

internal sealed class WhyAgreement(AppDb db, PeopleInSight sight) : ITellsWhy
{
    public string Kind => "agreement";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<ServiceAgreement>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, ct) is not { } agreement)
            return null;
        if (await sight.OfAccount(agreement.AccountId, ct) == SightLevel.Closed)
            return Told.Hidden;
        return new Told
        {
            Detail = $"for {Option.InWords(agreement.Type.ToString()).ToLowerInvariant()} from {agreement.StartOn:d MMMM yyyy}", Verb = "made", PartOf = agreement.AuditSubject, Customer = agreement.AuditSubject,
            Href = $"/accounts/{agreement.AccountId}",
        };
    }
}

internal sealed class WhyNote(AppDb db, PeopleInSight sight, NoteReader reader) : ITellsWhy
{
    public string Kind => "note";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<Note>().AsNoTracking().SingleOrDefaultAsync(n => n.Id == id, ct) is not { } note)
            return null;
        if (await RecordSight.IsClosed(sight, note.Subject, ct))
            return Told.Hidden;
        if (!reader.May(note.Audience, note.Author))
            throw new ForbiddenException(CustomersPermissions.BackOfficeNotes);
        return new Told
        {
            Verb = "wrote", By = note.Author, At = note.CreatedAt, PartOf = note.AuditSubject, Customer = note.Subject, Href = RecordSight.PageOf(note.Subject),
            Remarks = note.RemovedAt is { } at ? [new Remark("It was removed", at)] : [],
        };
    }
}

internal sealed class WhyWarning(AppDb db, PeopleInSight sight) : ITellsWhy
{
    public string Kind => "warning";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<Warning>().AsNoTracking().Include(w => w.Reviews).SingleOrDefaultAsync(w => w.Id == id, ct) is not { } warning ? null
        : await RecordSight.IsClosed(sight, warning.About, ct) ? Told.Hidden
        : new Told
        {
            Detail = $"({WarningWords.Of(warning.Kind.ToString()).ToLowerInvariant()})", Verb = "recorded", By = warning.CreatedBy, At = warning.CreatedAt, PartOf = warning.AuditSubject, Customer = warning.About,
            Remarks = [.. warning.Reviews.Where(r => r.DoneAt is not null).OrderByDescending(r => r.Id).Take(3)
                .Select(r => new Remark($"{r.DoneBy?.Name} looked at it again: it {(r.Result == WarningResult.Ended ? "has ended" : "stands")}", r.DoneAt))],
        };
}

internal sealed class WhyWarningReview(AppDb db) : ITellsWhy
{
    public string Kind => "warning_review";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<WarningReview>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct) is not { } review ? null : new Told
        {
            Detail = $"that was due on {review.DueOn:d MMMM yyyy}", Verb = "asked for the", By = RecordSight.Tieline, Href = $"/warnings/{review.WarningId}",
            Leads = [new Lead("of the warning", new RecordRef("warning", review.WarningId))],
        };
}

internal sealed class WhyAuthorisation(AppDb db, PeopleInSight sight) : ITellsWhy
{
    public string Kind => "authorisation";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<Authorisation>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, ct) is not { } given ? null
        : await sight.Of(given.PersonId, ct) == SightLevel.Closed ? Told.Hidden
        : new Told
        {
            Detail = $"until {given.ToOn:d MMMM yyyy}", Verb = "recorded", By = given.CreatedBy, At = given.CreatedAt, PartOf = given.AuditSubject, Customer = given.AuditSubject,
            Href = $"/customers/{given.PersonId}/authorisations/{given.Id}",
            Remarks = given.RevokedAt is { } at ? [new Remark($"{given.RevokedBy?.Name} revoked it", at)] : [],
        };
}

internal sealed class WhyAuthorisationEnd(AppDb db, PeopleInSight sight) : ITellsWhy
{
    public string Kind => "authorisation_end";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<Authorisation>().AsNoTracking().FirstOrDefaultAsync(a => a.EndId == id, ct) is not { } given ? null
        : await sight.Of(given.PersonId, ct) == SightLevel.Closed ? Told.Hidden
        : new Told
        {
            Detail = $"on {given.ToOn:d MMMM yyyy}", Verb = "saw the", By = RecordSight.Tieline, Href = $"/customers/{given.PersonId}/authorisations/{given.Id}",
            Leads = [new Lead("of the authorisation", new RecordRef("authorisation", given.Id))],
        };
}

internal sealed class WhyMerge(AppDb db, PeopleInSight sight) : ITellsWhy
{
    public string Kind => "merge";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<Merge>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == id, ct) is not { } merge)
            return null;
        if (merge.Kind == MergeKind.Person && await sight.AnyClosed([merge.FromId, merge.IntoId], ct))
            return Told.Hidden;
        var words = await MergeBook.Words(sight, merge.Kind, [(merge.FromId, merge.IntoId)], ct);
        return new Told
        {
            Verb = "did the", Detail = "of two records", By = merge.MergedBy, At = merge.MergedAt, PartOf = merge.AuditSubject, Customer = merge.AuditSubject,
            Href = $"/{(merge.Kind == MergeKind.Person ? "customers" : "premises")}/{merge.IntoId}/merges",
            Remarks =
            [
                new Remark($"The reason given: {words(merge.FromId, merge.IntoId, merge.Reason)}"),
                .. merge.UndoneAt is { } at ? (Remark[])[new Remark($"{merge.UndoneBy?.Name} separated them again", at)] : [],
            ],
        };
    }
}

internal sealed class WhyDuplicate(AppDb db, PeopleInSight sight) : ITellsWhy
{
    public string Kind => "duplicate_pair";

    public async Task<Told?> Tell(long id, CancellationToken ct)
    {
        if (await db.Set<DuplicatePair>().AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) is not { } pair)
            return null;
        if (pair.Kind == MergeKind.Person && await sight.AnyClosed([pair.AId, pair.BId], ct))
            return Told.Hidden;
        return new Told
        {
            Detail = $"that look like one ({pair.Score} of 100: {pair.Reasons})", Verb = "found the", By = RecordSight.Tieline, At = pair.FoundAt, PartOf = pair.AuditSubject, Customer = pair.AuditSubject,
            Remarks = pair.DecidedAt is { } at ? [new Remark($"{pair.DecidedBy?.Name} said: {(pair.State == DuplicateState.Merged ? "they are one" : "they are not the same")}", at)] : [],
        };
    }
}

internal sealed class WhyGlassBreak(AppDb db, PeopleInSight sight) : ITellsWhy
{
    public string Kind => "glass_break";

    public async Task<Told?> Tell(long id, CancellationToken ct) =>
        await db.Set<GlassBreak>().AsNoTracking().SingleOrDefaultAsync(g => g.Id == id, ct) is not { } opened ? null
        : await sight.Of(opened.PersonId, ct) == SightLevel.Closed ? Told.Hidden
        : new Told
        {
            Verb = "gave a reason for the", Detail = $"({opened.Reason})", By = new ActorRef(ActorKind.Employee, opened.EmployeeId, opened.EmployeeName), At = opened.At, PartOf = opened.AuditSubject,
            Customer = opened.AuditSubject, Href = $"/customers/{opened.PersonId}",
        };
}

internal static class RecordSight
{
    /// <summary>The house itself.</summary>
    public static readonly ActorRef Tieline = new(ActorKind.Process, 0, "Tieline");

    public static async Task<bool> IsClosed(PeopleInSight sight, RecordRef about, CancellationToken ct) => about.Kind switch
    {
        "person" => await sight.Of(about.Id, ct) == SightLevel.Closed,
        "account" => await sight.OfAccount(about.Id, ct) == SightLevel.Closed,
        _ => false,
    };

    public static string PageOf(RecordRef about) => about.Kind switch { "person" => $"/customers/{about.Id}", "account" => $"/accounts/{about.Id}", _ => $"/premises/{about.Id}" };
}

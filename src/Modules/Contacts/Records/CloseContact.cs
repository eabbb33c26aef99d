using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Reminders;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Contacts.Records;

/// <summary>Closes a contact: nothing more is to be done. What was promised must be kept first, or is said to be with the closing.</summary>
internal sealed class CloseContact(AppDb db, CurrentActor actor, ContactBook book, ReminderResolution resolution, IToDos toDos, IEvents events) : IUse<CloseContact.Input, Done>
{
    /// <param name="ResolveReminders">How the promises ended that are not kept yet; each is resolved with this text.</param>
    public sealed record Input(long Id, int Version, string? Comment = null, string? ResolveReminders = null);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        return db.InTransaction(() => Close(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Done>> Close(Input input, CancellationToken ct)
    {
        await book.KeepFromMerging(db.Set<Contact>().Where(c => c.Id == input.Id).Select(c => c.Id), ct);
        if (await book.Find(input.Id, ct) is not { } contact)
            return ContactBook.NotThere;
        if (await book.Contested(contact, input.Version, ct) is { } contested)
            return contested;
        if (contact.Status == ContactStatus.Closed)
            return Problem.Conflict("This contact is closed already.");
        var problems = new Problems();
        var comment = problems.Lines(nameof(Input.Comment), "Comment", input.Comment, RecordContact.MaxComment, required: false);
        var ending = problems.Lines(nameof(Input.ResolveReminders), "How it ended", input.ResolveReminders, 4_000, required: false);
        var unkept = await db.Set<Reminder>().Where(r => r.ContactId == contact.Id && (r.State == ReminderState.Waiting || r.State == ReminderState.Due)).OrderBy(r => r.Id).ToListAsync(ct);
        if (unkept.Count > 0 && ending.Length == 0)
            problems.Add(
                nameof(Input.ResolveReminders),
                unkept.Count == 1 ? $"A promise for {ReminderBook.Words(unkept[0])} is not kept yet: say how it ended, or withdraw it." : $"{unkept.Count} promises are not kept yet: say how they ended, or withdraw them.",
                "contact.promises_unkept");
        if (problems.Any)
            return problems;

        foreach (var reminder in unkept)
        {
            if (await resolution.Resolve(reminder, ending, ct) is { } problem)
                return problem;
            await toDos.CompleteFor(reminder.Ref, ending, ct);
        }
        contact.Close(db.Now);
        book.Log(contact, LogKind.Closed, comment.Length > 0 ? comment : "Closed.");
        await book.Retell(contact, await book.TypeOf(contact, ct), ct);
        await events.Publish(new ContactClosed(contact.Id), ct, contact.AuditSubject);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

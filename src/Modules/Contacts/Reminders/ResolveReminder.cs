using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Contacts.Reminders;

/// <summary>Keeps a promise: its To Do is complete, and the contact's log says how it ended, in one transaction.</summary>
internal sealed class ResolveReminder(AppDb db, CurrentActor actor, IToDos toDos, ReminderResolution resolution, ContactsInSight sight, ContactBook book) : IUse<ResolveReminder.Input, Done>
{
    public sealed record Input(long Id, string? Resolution);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        return db.InTransaction(() => Resolve(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Done>> Resolve(Input input, CancellationToken ct)
    {
        await book.KeepFromMerging(db.Set<Reminder>().Where(r => r.Id == input.Id).Select(r => r.ContactId), ct);
        if (await db.Set<Reminder>().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { } reminder)
            return Problem.NotFound("The reminder");
        await sight.OpenOf(reminder.ContactId, ct);
        if (await resolution.Keep(reminder, input.Resolution, ct) is { } problem)
            return problem;
        await toDos.CompleteFor(reminder.Ref, reminder.Resolution, ct);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

/// <summary>The part of resolving that is the contact's, whichever side it is begun from.</summary>
internal sealed class ReminderResolution(AppDb db, ContactBook contacts, IEvents events, ContactsInSight sight)
{
    /// <summary>Resolves one promise; the contact closes when it stood open for that only.</summary>
    public async Task<Problem?> Keep(Reminder reminder, string? typed, CancellationToken ct)
    {
        if (await Resolve(reminder, typed, ct) is { } problem)
            return problem;
        await Over(reminder, ct);
        return null;
    }

    /// <summary>A promise is kept or taken back: a contact that stood open for its promises only closes with the last.</summary>
    public async Task Over(Reminder reminder, CancellationToken ct)
    {
        var contact = await db.Set<Contact>().SingleAsync(c => c.Id == reminder.ContactId, ct);
        var type = await contacts.TypeOf(contact, ct);
        var last = !await db.Set<Reminder>().AnyAsync(
            r => r.ContactId == contact.Id && r.Id != reminder.Id && (r.State == ReminderState.Waiting || r.State == ReminderState.Due), ct);
        if (!contact.PromiseOver(type, last, db.Now))
            return;
        contacts.Log(contact, LogKind.Closed, "Closed by itself: nothing that was promised is left to be done.");
        await contacts.Retell(contact, type, ct);
        await events.Publish(new ContactClosed(contact.Id), ct, contact.AuditSubject);
    }

    /// <summary>A promise was not kept after all: the contact says so, and is open again when it had closed with it.</summary>
    public async Task<Problem?> StandAgain(Reminder reminder, string reason, CancellationToken ct)
    {
        if (!reminder.StandAgain())
            return new Problem(null, "The promise was taken back. Make a new one on the contact.", "reminder.withdrawn");
        var contact = await db.Set<Contact>().SingleAsync(c => c.Id == reminder.ContactId, ct);
        contacts.Log(contact, LogKind.Comment, $"The promise of {ReminderBook.Words(reminder)} stands again.\n{reason}");
        await events.Publish(new ReminderReopened(reminder.Id, contact.Id), ct, contact.AuditSubject);
        if (contact.Status == ContactStatus.Open)
            return null;
        contact.OpenForPromise();
        contacts.Log(contact, LogKind.Reopened, "Open again: what was promised is not done.");
        await contacts.Retell(contact, await contacts.TypeOf(contact, ct), ct);
        await events.Publish(new ContactReopened(contact.Id), ct, contact.AuditSubject);
        return null;
    }

    /// <summary>Resolves one promise, whatever becomes of the contact.</summary>
    public async Task<Problem?> Resolve(Reminder reminder, string? typed, CancellationToken ct)
    {
        var problems = new Problems();
        var text = problems.Lines("Resolution", "How it ended", typed, 4_000);
        if (problems.Any)
            return problems.List[0];
        if (!reminder.Resolve(db.Actor.Ref, db.Now, text))
            return Problem.Conflict($"This promise was already closed by {reminder.ResolvedBy?.Name}: {(await sight.OpenOf(reminder.ContactId, ct)).Text(reminder.Resolution)}");
        db.Add(new ContactLog { Id = db.NextId(), ContactId = reminder.ContactId, At = db.Now, Author = db.Actor.Ref, Kind = LogKind.Resolution, Body = text });
        await events.Publish(new ReminderResolved(reminder.Id, reminder.ContactId), ct, new RecordRef("contact", reminder.ContactId));
        return null;
    }
}

/// <summary>A To Do of a reminder is completed from its own page: the reminder is resolved with it.</summary>
internal sealed class ReminderToDo(AppDb db, ReminderResolution resolution) : IToDoKind
{
    public string TypeCode => ReminderBook.ToDoType;

    public async Task<Problem?> Completing(RecordRef cause, string? typed, CancellationToken ct) =>
        await db.Set<Reminder>().SingleOrDefaultAsync(r => r.Id == cause.Id, ct) is { IsOver: false } reminder
            ? await resolution.Keep(reminder, typed, ct)
            : null;

    public async Task<Problem?> Reopening(RecordRef cause, string reason, CancellationToken ct) =>
        await resolution.StandAgain(await db.Set<Reminder>().SingleAsync(r => r.Id == cause.Id, ct), reason, ct);
}

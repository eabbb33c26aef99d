using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Contacts.Reminders;

/// <summary>Takes a promise back, with the reason: it is not needed any more, or was a slip. Its To Do is complete.</summary>
internal sealed class WithdrawReminder(AppDb db, CurrentActor actor, ContactBook contacts, ReminderResolution resolution, IToDos toDos, IEvents events, ContactsInSight sight) : IUse<WithdrawReminder.Input, Done>
{
    public sealed record Input(long Id, int Version, string? Reason);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        if (await db.Set<Reminder>().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { } reminder)
            return Problem.NotFound("The promise");
        if (ReminderBook.Over(reminder, await sight.OpenOf(reminder.ContactId, ct)) is { } over)
            return over;
        var problems = new Problems();
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, 2_000);
        if (problems.Any)
            return problems;
        if (reminder.Version != input.Version)
            return Problem.Conflict($"Someone else has changed this promise: it is now for {ReminderBook.Words(reminder)}. Look at it, then save again.");

        db.Expect(reminder, input.Version);
        reminder.Withdraw(db.Actor.Ref, db.Now, reason);
        var contact = await db.Set<Contact>().SingleAsync(c => c.Id == reminder.ContactId, ct);
        contacts.Log(contact, LogKind.Withdrawn, $"Promise of {ReminderBook.Words(reminder)} to {reminder.AddressedTo} withdrawn.\n{reason}");
        await resolution.Over(reminder, ct);
        await toDos.CompleteFor(reminder.Ref, $"Withdrawn: {reason}", ct);
        await events.Publish(new ReminderWithdrawn(reminder.Id, contact.Id), ct, contact.AuditSubject);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

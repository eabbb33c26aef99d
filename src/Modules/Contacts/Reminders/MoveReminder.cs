using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Contacts.Reminders;

/// <summary>Moves a promise to another day or other hours; its To Do, when it stands already, moves with it.</summary>
internal sealed class MoveReminder(AppDb db, CurrentActor actor, ContactBook contacts, ReminderBook book, IToDos toDos, IEvents events, ContactsInSight sight) : IUse<MoveReminder.Input, MoveReminder.Moved>
{
    public sealed record Input(long Id, int Version, DateOnly? On, TimeOnly? From = null, TimeOnly? To = null, string? Reason = null);

    public sealed record Moved(long Id, IReadOnlyList<string> Warnings);

    public async Task<Outcome<Moved>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        if (await db.Set<Reminder>().SingleOrDefaultAsync(r => r.Id == input.Id, ct) is not { } reminder)
            return Problem.NotFound("The promise");
        if (ReminderBook.Over(reminder, await sight.OpenOf(reminder.ContactId, ct)) is { } over)
            return over;
        var problems = new Problems();
        var (on, from, to) = await book.CheckTime(input.On, input.From, input.To, "", problems, ct);
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, 2_000, required: false);
        if (problems.Any)
            return problems;
        if (reminder.Version != input.Version)
            return Problem.Conflict($"Someone else has changed this promise: it is now for {ReminderBook.Words(reminder)}. Look at it, then save again.");

        var before = ReminderBook.Words(reminder);
        var day = reminder.TriggerOn;
        db.Expect(reminder, input.Version);
        reminder.MoveTo(on, from, to);
        var contact = await db.Set<Contact>().SingleAsync(c => c.Id == reminder.ContactId, ct);
        contacts.Log(
            contact, LogKind.Rescheduled, $"Promise to {reminder.AddressedTo} moved from {before} to {ReminderBook.Words(reminder)}.{(reason.Length > 0 ? $"\n{reason}" : "")}");
        var (start, end) = await book.Window(reminder, ct);
        await toDos.Reschedule(reminder.Ref, on, start, end, ct);
        await book.SetTimer(reminder, ct);
        await events.Publish(new ReminderMoved(reminder.Id, contact.Id, day, on), ct, contact.AuditSubject);
        await db.SaveChangesAsync(ct);
        return new Moved(reminder.Id, await book.Warnings(on, reminder.EmployeeId, reminder.RoleId, ct));
    }
}

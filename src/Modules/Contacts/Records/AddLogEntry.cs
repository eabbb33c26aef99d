using Tieline.Contacts.Reminders;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Files;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>Adds to a contact's log, with a promise when one was made. What stands in the log stays.</summary>
internal sealed class AddLogEntry(AppDb db, CurrentActor actor, ContactBook book, ReminderBook reminders, Attachments attachments, IEvents events)
    : IUse<AddLogEntry.Input, AddLogEntry.Logged>
{
    /// <param name="Text">May be blank when files or a promise say it all.</param>
    public sealed record Input(long Id, string? Text, ReminderBook.Promise? Reminder = null, IReadOnlyList<Attachment>? Files = null);

    public sealed record Logged(long LogId, long? ReminderId, IReadOnlyList<string> Warnings);

    public async Task<Outcome<Logged>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        if (await book.Find(input.Id, ct) is not { } contact)
            return ContactBook.NotThere;
        var type = await book.TypeOf(contact, ct);
        var problems = new Problems();
        var text = problems.Lines(nameof(Input.Text), "Text", input.Text, RecordContact.MaxComment, required: input.Reminder is null && input.Files is null or { Count: 0 });
        Attachments.Check(input.Files, problems);
        var promise = input.Reminder is null ? null : await reminders.Check(input.Reminder, type.DefaultRoleId, "Reminder.", problems, ct);
        if (problems.Any)
            return problems;

        var said = text.Length > 0 ? text : promise?.Text ?? (promise is null ? Names(input.Files!) : $"Promised for {promise.On:d MMMM yyyy} to {promise.AddressedTo}.");
        var log = book.Log(contact, promise is null ? LogKind.Comment : LogKind.Reminder, said);
        await attachments.Add(contact.AuditSubject, input.Files, ct);
        var reminder = promise is null ? null : await reminders.Add(promise, contact, log, type, ct);
        if (reminder is not null)
            await events.Publish(new ReminderMade(reminder.Id, contact.Id, reminder.TriggerOn), ct, contact.AuditSubject);
        if (reminder is not null && contact.Status == ContactStatus.Closed)
        {
            contact.OpenForPromise();
            book.Log(contact, LogKind.Reopened, "Open again: something was promised.");
            await book.Retell(contact, type, ct);
            await events.Publish(new ContactReopened(contact.Id), ct, contact.AuditSubject);
        }
        await events.Publish(new ContactLogged(contact.Id, log.Id), ct, contact.AuditSubject);
        await db.SaveChangesAsync(ct);
        return new Logged(log.Id, reminder?.Id, promise?.Warnings ?? []);
    }

    private static string Names(IReadOnlyList<Attachment> files) => $"Attached: {string.Join(", ", files.Select(f => TypedText.OneLine(Path.GetFileName(f.Name), 200)))}";
}

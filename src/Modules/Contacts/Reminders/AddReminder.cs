using Tieline.Contacts.Records;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Reminders;

/// <summary>Promises something about a contact that is recorded already: a new log entry with a reminder. The promises before it stay as they are.</summary>
internal sealed class AddReminder(AddLogEntry add) : IUse<AddReminder.Input, AddLogEntry.Logged>
{
    /// <param name="Id">Of the contact.</param>
    /// <param name="Comment">What the log says; the promise itself when blank.</param>
    public sealed record Input(long Id, ReminderBook.Promise? Reminder, string? Comment = null);

    public Task<Outcome<AddLogEntry.Logged>> Handle(Input input, CancellationToken ct) =>
        add.Handle(new(input.Id, input.Comment, input.Reminder ?? new ReminderBook.Promise(null)), ct);
}

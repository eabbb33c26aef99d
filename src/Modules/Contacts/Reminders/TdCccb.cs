using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Settings;
using Tieline.ToDos;

namespace Tieline.Contacts.Reminders;

/// <summary>
/// To Do for Customer Contact: one To Do for each waiting reminder whose day, less the lead time in calendar days, has come.
/// Exactly one: the reminder is its cause, and a cause has at most one To Do.
/// </summary>
internal sealed class TdCccb(AppDb db, ReminderBook book, IToDos toDos, ISettings settings) : IBatchProcess
{
    public const string LeadDays = "lead-days";
    public const string Records = "records";
    private const int ChunkSize = 2_000;

    public static readonly SettingKey<int> DefaultLeadDays = new("contacts.lead_days", 0, "Days before its day on which TD-CCCB makes a reminder's To Do");

    public string Code => ReminderBook.ToDoType;

    public string Description => "To Dos for what was promised to customers";

    public string? Cron => "0 0 1 * * ?";

    public string? Check(BatchInput input) =>
        input.Parameters.Keys.FirstOrDefault(k => k is not (LeadDays or Records)) is { } unknown ? $"{Code} has no parameter {unknown}; it has {LeadDays} and {Records} (between commits)."
        : input.Parameters.TryGetValue(LeadDays, out var text) && (!int.TryParse(text, out var days) || days is < 0 or > 365) ? $"{LeadDays} must be a number from 0 to 365."
        : input.Parameters.TryGetValue(Records, out var size) && (!int.TryParse(size, out var records) || records is < 1 or > 10_000) ? $"{Records} must be a number from 1 to 10000."
        : null;

    public async Task<BatchChunk> RunChunk(BatchInput input, long position, CancellationToken ct)
    {
        var last = input.BusinessOn.AddDays(input.Number(LeadDays, await settings.Get(DefaultLeadDays, ct)));
        var size = input.Number(Records, ChunkSize);
        var due = await (from r in db.Set<Reminder>().AsNoTracking()
                         join c in db.Set<Contact>().AsNoTracking() on r.ContactId equals c.Id
                         where r.State == ReminderState.Waiting && r.TriggerOn <= last && r.Id > position
                         orderby r.Id
                         select new { Reminder = r, Contact = c }).Take(size).ToListAsync(ct);
        if (due.Count == 0)
            return new BatchChunk(position, 0, 0, Last: true);
        var work = new List<NewToDo>(due.Count);
        foreach (var one in due)
            work.Add(await book.ToDoOf(one.Reminder, one.Contact, ct));
        var created = await toDos.CreateMany(work, ct);
        var ids = due.ConvertAll(d => d.Reminder.Id);
        await db.Set<Reminder>().Where(r => ids.Contains(r.Id) && r.State == ReminderState.Waiting)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, ReminderState.Due).SetProperty(r => r.Version, r => r.Version + 1), ct);
        return new BatchChunk(ids[^1], created, due.Count - created, Last: due.Count < size);
    }
}

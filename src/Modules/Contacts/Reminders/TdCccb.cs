using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform.Audit;
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

    public static readonly SettingKey<int> DefaultLeadDays = new("contacts.lead_days", 0, "Days before its day on which TD-CCCB makes a reminder's To Do", SettingRules.Between(0, 365));

    public string Code => ReminderBook.ToDoType;

    public string Description => "To Dos for what was promised to customers";

    /// <summary>When the nightly run begins, in the utility's time.</summary>
    public static readonly TimeOnly Begins = new(1, 0);

    public string? Cron => $"0 {Begins.Minute} {Begins.Hour} * * ?";

    public string? Check(BatchInput input) =>
        input.Parameters.Keys.FirstOrDefault(k => k is not (LeadDays or Records)) is { } unknown ? $"{Code} has no parameter {unknown}; it has {LeadDays} and {Records} (between commits)."
        : input.Parameters.TryGetValue(LeadDays, out var text) && (!int.TryParse(text, out var days) || days is < 0 or > 365) ? $"{LeadDays} must be a number from 0 to 365."
        : input.Parameters.TryGetValue(Records, out var size) && (!int.TryParse(size, out var records) || records is < 1 or > 10_000) ? $"{Records} must be a number from 1 to 10000."
        : null;

    public async Task<BatchChunk> RunChunk(BatchInput input, long position, CancellationToken ct)
    {
        var last = input.BusinessOn.AddDays(input.Number(LeadDays, await settings.Get(DefaultLeadDays, ct)));
        var size = input.Number(Records, ChunkSize);
        var found = await db.Set<Reminder>().Where(r => r.State == ReminderState.Waiting && r.TriggerOn <= last && r.Id > position)
            .OrderBy(r => r.Id).Select(r => new { r.Id, r.ContactId }).Take(size).ToListAsync(ct);
        if (found.Count == 0)
            return new BatchChunk(position, 0, 0, Last: true);
        // Whoever moves one of these to another person has either done so, or comes after and finds the To Do.
        await db.Hold("contact", [.. found.Select(r => r.ContactId).Distinct()], ct);
        var due = await FallDue(position, found[^1].Id, last, ct);
        var about = due.ConvertAll(r => r.ContactId);
        var contacts = await db.Set<Contact>().AsNoTracking().Where(c => about.Contains(c.Id)).ToDictionaryAsync(c => c.Id, ct);
        var work = new List<NewToDo>(due.Count);
        foreach (var reminder in due)
            work.Add(await book.ToDoOf(reminder, contacts[reminder.ContactId], ct));
        var created = await toDos.CreateMany(work, ct);
        await db.AuditChanged(due, nameof(Reminder.State), ReminderState.Waiting, ReminderState.Due, ct);
        return new BatchChunk(found[^1].Id, created, Math.Max(0, found.Count - created), Last: found.Count < size);
    }

    /// <summary>
    /// Takes the reminders before their To Dos are made, and works with what it took: whoever keeps, moves or takes back one in
    /// between has either done so before, and it is not among these, or comes after, and finds the To Do.
    /// </summary>
    private Task<List<Reminder>> FallDue(long after, long upTo, DateOnly last, CancellationToken ct) =>
        db.Set<Reminder>().FromSql(
            $"""
            update reminder set state = 'Due', version = version + 1
            where id > {after} and id <= {upTo} and state = 'Waiting' and trigger_on <= {last}
            returning *
            """).AsNoTracking().ToListAsync(ct);
}

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

    public static readonly SettingKey<int> DefaultLeadDays = new("contacts.lead_days", 0, "Days before its day on which TD-CCCB makes a reminder's To Do", SettingRules.Between(0, 365));

    public string Code => ReminderBook.ToDoType;

    public string Description => "To Dos for what was promised to customers";

    /// <summary>When the nightly run begins, in the utility's time.</summary>
    public static readonly TimeOnly Begins = new(1, 0);

    public BatchUsual Usual => new($"0 {Begins.Minute} {Begins.Hour} * * ?", Threads: 2, Records: 2_000);

    public IReadOnlyList<BatchParameter> Parameters => [new(LeadDays, "Days ahead of their day", BatchParameterKind.Number, $"the setting {DefaultLeadDays.Name}", 0, 365)];

    public async Task<IReadOnlyList<BatchPart>> Cut(BatchInput input, int parts, CancellationToken ct) => await db.CutKeys(Due(await Last(input, ct), new(0)).Select(r => r.Id), parts, ct);

    public async Task<BatchRecord?> First(BatchInput input, BatchSlice slice, CancellationToken ct) =>
        await Due(await Last(input, ct), slice).OrderBy(r => r.Id).Select(r => new { r.Id, r.ContactId }).FirstOrDefaultAsync(ct) is { } first ? new BatchRecord(first.Id, new("contact", first.ContactId)) : null;

    public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        var last = await Last(input, ct);
        var found = await Due(last, slice).OrderBy(r => r.Id).Select(r => new { r.Id, r.ContactId }).Take(slice.Records).ToListAsync(ct);
        if (found.Count == 0)
            return new BatchStep(slice.After, 0, 0, Last: true);
        // Whoever moves one of these to another person has either done so, or comes after and finds the To Do.
        await db.Hold("contact", [.. found.Select(r => r.ContactId).Distinct()], ct);
        var due = await FallDue(slice.After, found[^1].Id, last, ct);
        var about = due.ConvertAll(r => r.ContactId);
        var contacts = await db.Set<Contact>().AsNoTracking().Where(c => about.Contains(c.Id)).ToDictionaryAsync(c => c.Id, ct);
        var work = new List<NewToDo>(due.Count);
        foreach (var reminder in due)
            work.Add(await book.ToDoOf(reminder, contacts[reminder.ContactId], ct));
        var created = await toDos.CreateMany(work, ct);
        await db.AuditChanged(due, nameof(Reminder.State), ReminderState.Waiting, ReminderState.Due, ct);
        return new BatchStep(found[^1].Id, created, Math.Max(0, found.Count - created), Last: found.Count < slice.Records);
    }

    private async ValueTask<DateOnly> Last(BatchInput input, CancellationToken ct) => input.BusinessOn.AddDays(input.Number(LeadDays, await settings.Get(DefaultLeadDays, ct)));

    private IQueryable<Reminder> Due(DateOnly last, BatchSlice slice) =>
        db.Set<Reminder>().Where(r => r.State == ReminderState.Waiting && r.TriggerOn <= last && r.Id > slice.After && r.Id <= slice.UpTo);

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

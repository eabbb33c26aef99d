using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Contacts.Reminders;

/// <summary>Where promises are entered, kept and turned into To Dos: the one place that knows when a To Do is made.</summary>
internal sealed class ReminderBook(AppDb db, IOrganization organization, IJobs jobs, IUtilityClock clock, IToDos toDos)
{
    public const string ToDoType = "TD-CCCB";
    public const string DueJob = "reminder.due";
    public const string DefaultRole = "CSR-FOLLOWUP";

    /// <summary>What someone promises.</summary>
    /// <param name="On">The utility's day.</param>
    /// <param name="From">"Call me at three": the utility's time; null for any time of the day.</param>
    /// <param name="EmployeeId">To this person; else to <paramref name="RoleId"/>; else to the type's role.</param>
    /// <param name="Text">What is to be done; null for what the contact says.</param>
    public sealed record Promise(DateOnly? On, TimeOnly? From = null, TimeOnly? To = null, long? EmployeeId = null, long? RoleId = null, string? Phone = null, string? Text = null);

    /// <summary>A promise that may be kept.</summary>
    public sealed record Checked(
        DateOnly On, TimeOnly? From, TimeOnly? To, long? EmployeeId, long? RoleId, string AddressedTo, string? Phone, string? Text, IReadOnlyList<string> Warnings);

    public async Task<Checked?> Check(Promise promise, long? defaultRoleId, string prefix, Problems problems, CancellationToken ct)
    {
        var before = problems.List.Count;
        var (on, from, to) = await CheckTime(promise.On, promise.From, promise.To, prefix, problems, ct);
        var phone = problems.PhoneText($"{prefix}{nameof(Promise.Phone)}", "Phone", promise.Phone, 50);
        var text = problems.Lines($"{prefix}{nameof(Promise.Text)}", "Promise", promise.Text, 2_000, required: false);
        string? addressedTo = null;
        ToDoRoleLine? role = null;
        if (promise.EmployeeId is { } employeeId)
        {
            var employee = await organization.Employee(employeeId, ct);
            addressedTo = employee?.Name;
            if (employee is not { Active: true })
                problems.Add($"{prefix}{nameof(Promise.EmployeeId)}", "This person does not work here (any more).", "reminder.employee.unknown");
        }
        else
        {
            role = promise.RoleId is { } chosen ? await organization.ToDoRole(chosen, ct)
                : (defaultRoleId is { } given ? await organization.ToDoRole(given, ct) : null) ?? await organization.ToDoRole(DefaultRole, ct);
            addressedTo = role?.Name;
            if (role is null)
                problems.Add($"{prefix}{nameof(Promise.RoleId)}", "To whom? Name a person or a role.", "reminder.address.missing");
        }
        if (problems.List.Count > before)
            return null;
        return new Checked(
            on, from, to, promise.EmployeeId, role?.Id, addressedTo!, phone.Length > 0 ? phone : null, text.Length > 0 ? text : null,
            await Warnings(on, promise.EmployeeId, role, ct));
    }

    public async Task<(DateOnly On, TimeOnly? From, TimeOnly? To)> CheckTime(DateOnly? on, TimeOnly? from, TimeOnly? to, string prefix, Problems problems, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        if (on is null)
            problems.List.Add(Problem.Required($"{prefix}On", "Day"));
        else if (on < today)
            problems.Add($"{prefix}On", "A promise cannot lie in the past.", "reminder.past");
        else if (on > today.AddYears(3))
            problems.Add($"{prefix}On", "A promise more than three years ahead is surely a slip.", "reminder.too_far");
        if (from is null && to is not null)
            problems.Add($"{prefix}From", "From when?", "reminder.window");
        if (to < from)
            problems.Add($"{prefix}To", "The end lies before the beginning.", "reminder.window");
        if (on == today && from is { } start && await clock.ToInstant(today, to ?? start.AddHours(1), ct) < clock.Now && (to is not null || start < start.AddHours(1)))
            problems.Add($"{prefix}From", "This time has passed today.", "reminder.past");
        return (on ?? today, from, to);
    }

    public async Task<IReadOnlyList<string>> Warnings(DateOnly on, long? employeeId, long? roleId, CancellationToken ct) =>
        await Warnings(on, employeeId, roleId is { } role ? await organization.ToDoRole(role, ct) : null, ct);

    /// <summary>What may well be meant, but should be known: the office is closed, the person is away, nobody belongs to the role.</summary>
    private async Task<IReadOnlyList<string>> Warnings(DateOnly on, long? employeeId, ToDoRoleLine? role, CancellationToken ct)
    {
        var warnings = new List<string>();
        if (await organization.ClosedOn(on, employeeId is null ? role?.Id : null, ct) is { } closed)
            warnings.Add($"{(closed.Calendar is null ? "The office" : role!.Name)} is closed on {on:d MMMM yyyy} ({closed.Name}).");
        if (employeeId is { } employee && await organization.AbsenceOn(employee, on, ct) is { } absence)
            warnings.Add($"{absence.Employee} is away until {absence.ToOn:d MMMM yyyy}{(absence.Deputy is null ? "" : $"; deputy is {absence.Deputy}")}.");
        if (employeeId is null && role is { HasMembers: false })
            warnings.Add($"Nobody is in the role {role.Name} yet: the promise would stand before nobody.");
        return warnings;
    }

    /// <summary>Enters the promise in the running transaction. One that falls due before the next night becomes a To Do at its time.</summary>
    public async Task<Reminder> Add(Checked promise, Contact contact, ContactLog log, ContactType type, CancellationToken ct)
    {
        var reminder = new Reminder
        {
            Id = db.NextId(), ContactId = contact.Id, LogId = log.Id, EmployeeId = promise.EmployeeId, RoleId = promise.RoleId, AddressedTo = promise.AddressedTo,
            TriggerOn = promise.On, FromTime = promise.From, ToTime = promise.To, Phone = promise.Phone, Body = promise.Text ?? Derived(type, log.Body),
        };
        db.Add(reminder);
        // Who closes the contact at the same moment must hear of the promise.
        contact.Touch();
        await SetTimer(reminder, ct);
        return reminder;
    }

    public async Task SetTimer(Reminder reminder, CancellationToken ct)
    {
        // What is promised for hours before the nightly run of its day cannot wait for that.
        var beforeTheNight = reminder.FromTime < TdCccb.Begins;
        if (reminder.State != ReminderState.Waiting || (reminder.TriggerOn > await clock.Today(ct) && !beforeTheNight))
            return;
        var at = reminder.FromTime is { } from ? await clock.ToInstant(reminder.TriggerOn, from, ct) : db.Now;
        await jobs.Enqueue(DueJob, new ReminderDue.Payload(reminder.Id, reminder.Version), ct, at > db.Now ? at : db.Now, $"{reminder.Id}.{reminder.Version}");
    }

    /// <summary>The contact's type or words were corrected: promises that repeat them follow, with their To Dos. What someone wrote for the promise itself stays.</summary>
    /// <param name="was">What the contact said; now it says <paramref name="says"/>.</param>
    public async Task Follow(Contact contact, ContactType before, ContactType now, string was, string says, CancellationToken ct)
    {
        var open = await (from r in db.Set<Reminder>()
                          join l in db.Set<ContactLog>() on r.LogId equals l.Id
                          where r.ContactId == contact.Id && (r.State == ReminderState.Waiting || r.State == ReminderState.Due)
                          select new { Reminder = r, Said = l.Body }).ToListAsync(ct);
        foreach (var one in open)
        {
            var body = one.Reminder.Body == Derived(before, was) ? Derived(now, says)
                : one.Reminder.Body == Derived(before, one.Said) ? Derived(now, one.Said)
                : one.Reminder.Body;
            if (body == one.Reminder.Body)
                continue;
            one.Reminder.Reword(body);
            await toDos.Reword(one.Reminder.Ref, Subject(one.Reminder), ct);
        }
    }

    private static string Derived(ContactType type, string said) => $"{type.Name}: {RecordContact.Extract(said)}";

    private static string Subject(Reminder reminder) => reminder.Phone is null ? reminder.Body : $"{reminder.Body} (call {reminder.Phone})";

    /// <summary>Day and hours of a promise in words.</summary>
    public static string Words(Reminder reminder) =>
        $"{reminder.TriggerOn:d MMMM yyyy}{(reminder.FromTime is { } from ? $", {from:HH:mm}" : "")}{(reminder.ToTime is { } to ? $" to {to:HH:mm}" : "")}";

    /// <summary>Null while the promise is still to be kept.</summary>
    /// <param name="masking">How the actor may read it.</param>
    public static Problem? Over(Reminder reminder, Masking masking) => !reminder.IsOver ? null
        : Problem.Conflict($"This promise was already {(reminder.State == ReminderState.Resolved ? "kept" : "withdrawn")} by {reminder.ResolvedBy?.Name}: {masking.Text(reminder.Resolution)}");

    /// <summary>The To Do of a reminder.</summary>
    public async Task<NewToDo> ToDoOf(Reminder reminder, Contact contact, CancellationToken ct)
    {
        var (from, to) = await Window(reminder, ct);
        return new NewToDo(
            ToDoType, Subject(reminder), reminder.TriggerOn, reminder.Ref, from, to,
            reminder.EmployeeId, reminder.RoleId, contact.PersonId, contact.AccountId, contact.PremiseId, contact.Id,
            reminder.FromTime is null ? null : 3, reminder.AddressedTo);
    }

    public async Task<(DateTime? From, DateTime? To)> Window(Reminder reminder, CancellationToken ct) => (
        reminder.FromTime is { } from ? await clock.ToInstant(reminder.TriggerOn, from, ct) : null,
        reminder.ToTime is { } to ? await clock.ToInstant(reminder.TriggerOn, to, ct) : null);
}

/// <summary>The hour of a promise has come: its To Do is made, unless it has one or was kept already.</summary>
internal sealed class ReminderDue(AppDb db, ReminderBook book, IToDos toDos) : IJobHandler<ReminderDue.Payload>
{
    /// <param name="Version">For which the timer was set: a promise that was moved since has another timer, or waits for its night.</param>
    public sealed record Payload(long ReminderId, int Version);

    public Task Run(Payload payload, JobRun job, CancellationToken ct) => db.InTransaction(() => FallDue(payload, ct), ct);

    private async Task<bool> FallDue(Payload payload, CancellationToken ct)
    {
        var reminder = await db.Set<Reminder>().SingleOrDefaultAsync(r => r.Id == payload.ReminderId, ct);
        if (reminder is null || reminder.Version != payload.Version || !reminder.FallDue())
            return false;
        await db.Hold("contact", [reminder.ContactId], ct);
        var contact = await db.Set<Contact>().AsNoTracking().SingleAsync(c => c.Id == reminder.ContactId, ct);
        var created = await toDos.Create(await book.ToDoOf(reminder, contact, ct), ct);
        if (!created.Ok)
            throw new PoisonedJobException(created.ToString());
        await db.SaveChangesAsync(ct);
        return true;
    }
}

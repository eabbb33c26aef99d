using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Reminders;

/// <summary><c>Mine</c>: promised to be done by me; <c>Roles</c>: by a role of mine; <c>All</c>: of all contacts, which whoever sees contacts may see.</summary>
internal enum PromiseScope { Mine, Roles, All }

/// <summary>By the utility's days: before today, today, in the seven days after, later.</summary>
internal enum PromiseDay { Overdue, Today, Week, Later }

/// <summary>A promise as it is listed.</summary>
/// <param name="About">Name of the contact's type.</param>
/// <param name="Who">Person, account or premise of the contact; null for nobody yet.</param>
/// <param name="State">Waiting, or Due when its To Do stands before someone.</param>
internal sealed record PromiseRow(
    long Id, long ContactId, string Reference, string About, string? Who, DateOnly On, TimeOnly? From, TimeOnly? To, string AddressedTo, string? Phone, string Text, string State, int Version);

/// <summary>What is promised and not kept yet, by its day. One list shown is one look.</summary>
internal sealed class ListReminders(AppDb db, CurrentActor actor, IOrganization organization, ICustomers customers, IAuditTrail audit, IUtilityClock clock)
    : IUse<ListReminders.Input, Page<PromiseRow>>
{
    /// <param name="Role">Of the actor's roles, or of all, only this one.</param>
    /// <param name="Sort"><c>due</c>, or <c>-due</c> for the latest first.</param>
    /// <param name="After"><c>next</c> of the page before.</param>
    /// <param name="Size">1 to 200.</param>
    public sealed record Input(PromiseScope? Scope = null, PromiseDay? Day = null, long? Role = null, string? Sort = null, string? After = null, int? Size = null);

    public async Task<Outcome<Page<PromiseRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var today = await clock.Today(ct);
        var backward = input.Sort == "-due";
        IQueryable<Reminder>? found = null;
        foreach (var part in await Parts(input, ct))
        {
            var page = Sorted(Behind(OfDay(part, input.Day, today), input.After, backward), backward).Take(size + 1);
            found = found is null ? page : found.Concat(page);
        }
        if (found is null)
            return new Page<PromiseRow>([]);
        var lines = await (from r in Sorted(found, backward).Take(size + 1)
                           join c in db.Set<Contact>() on r.ContactId equals c.Id
                           join t in db.Set<ContactType>() on c.TypeId equals t.Id
                           select new { Reminder = r, c.Reference, Type = t.Name, c.PersonId, c.AccountId, c.PremiseId }).AsNoTracking().ToListAsync(ct);
        lines.Sort((a, b) => (a.Reminder.TriggerOn, a.Reminder.Id).CompareTo((b.Reminder.TriggerOn, b.Reminder.Id)) * (backward ? -1 : 1));
        var more = lines.Count > size;
        if (more)
            lines.RemoveAt(size);
        await audit.Looked(new RecordRef("contact", 0), ct, $"promises {input.Scope} {input.Day} {input.Role}".TrimEnd(), lines.Select(l => l.Reminder.ContactId).Concat(lines.Select(l => l.PersonId).OfType<long>()).Distinct());
        var records = lines.ConvertAll(l => ContactBook.Belongings(l.PersonId, l.AccountId, l.PremiseId).OfType<RecordRef>().FirstOrDefault());
        var names = await customers.Describe([.. records.Where(r => r != default).Distinct()], ct);
        var maskings = await customers.Masking(lines.Select(l => (l.PersonId, l.AccountId, l.PremiseId)), ct);
        var rows = lines.Zip(records, (l, who) =>
        {
            var masking = maskings.Of(l.PersonId, l.AccountId, l.PremiseId);
            return new PromiseRow(
                l.Reminder.Id, l.Reminder.ContactId, l.Reference, l.Type, masking.Name(names.GetValueOrDefault(who)), l.Reminder.TriggerOn, l.Reminder.FromTime, l.Reminder.ToTime,
                l.Reminder.AddressedTo, masking.Phone(l.Reminder.Phone), masking.Text(l.Reminder.Body), l.Reminder.State.ToString(), l.Reminder.Version);
        }).ToList();
        return new Page<PromiseRow>(rows, more ? Cursor.Encode(Midnight(rows[^1].On), rows[^1].Id) : null);
    }

    /// <summary>Each part follows an index of its own, and gives no more than a page.</summary>
    private async Task<IReadOnlyList<IQueryable<Reminder>>> Parts(Input input, CancellationToken ct)
    {
        // Open is what has not ended; the indexes say it in the same words.
        var open = db.Set<Reminder>().Where(r => r.ResolvedAt == null);
        var me = actor.Actor is { Kind: ActorKind.Employee, Id: > 0 and var id } ? id : (long?)null;
        return (input.Scope ?? PromiseScope.Mine) switch
        {
            PromiseScope.All => [input.Role is { } role ? open.Where(r => r.RoleId == role) : open],
            PromiseScope.Roles => [.. (me is { } member ? await organization.RolesOf(member, ct) : []).Where(r => input.Role is null || r == input.Role).Select(mine => open.Where(r => r.RoleId == mine))],
            _ => me is { } employee ? [open.Where(r => r.EmployeeId == employee)] : [],
        };
    }

    private static IQueryable<Reminder> OfDay(IQueryable<Reminder> reminders, PromiseDay? day, DateOnly today)
    {
        var week = today.AddDays(7);
        return day switch
        {
            PromiseDay.Overdue => reminders.Where(r => r.TriggerOn < today),
            PromiseDay.Today => reminders.Where(r => r.TriggerOn == today),
            PromiseDay.Week => reminders.Where(r => r.TriggerOn > today && r.TriggerOn <= week),
            PromiseDay.Later => reminders.Where(r => r.TriggerOn > week),
            _ => reminders,
        };
    }

    private static IQueryable<Reminder> Behind(IQueryable<Reminder> reminders, string? after, bool backward)
    {
        if (Cursor.Decode(after) is not { } behind)
            return reminders;
        var (on, id) = (DateOnly.FromDateTime(behind.At), behind.Id);
        return backward
            ? reminders.Where(r => r.TriggerOn <= on && (r.TriggerOn < on || r.Id < id))
            : reminders.Where(r => r.TriggerOn >= on && (r.TriggerOn > on || r.Id > id));
    }

    private static IOrderedQueryable<Reminder> Sorted(IQueryable<Reminder> reminders, bool backward) => backward
        ? reminders.OrderByDescending(r => r.TriggerOn).ThenByDescending(r => r.Id)
        : reminders.OrderBy(r => r.TriggerOn).ThenBy(r => r.Id);

    private static DateTime Midnight(DateOnly on) => on.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}

using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Live;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Contacts.Emergency;

/// <summary>An emergency that was reported a moment ago.</summary>
/// <param name="Reports">How many so far.</param>
internal sealed record EarlierReport(long Id, string Reference, string Type, DateTime At, string Where, int Reports);

/// <summary>What an emergency needs, who hears of it at once, and which reports may be of the same one.</summary>
internal sealed class EmergencyDesk(AppDb db, ICustomers customers, IToDos toDos, IOrganization organization, ISettings settings, IUtilityClock clock, ILive live)
{
    public const string ToDoType = "EMERGENCY";

    /// <summary>What browsers listen for that ring.</summary>
    public const string Topic = "urgent";

    public const string NowhereRule = "contact.emergency.place";

    // In the worst storm as many stand in the list; whoever asks is told of those whose place fits.
    private const int Most = 500;
    private const int Shown = 5;

    public static readonly SettingKey<int> SamePlaceMinutes = new("contacts.same_place_minutes", 30, "Minutes in which reports of the same place are offered as one emergency, and contacts of a person about the same as one", SettingRules.Between(1, 1_440));

    /// <summary>An emergency to which nobody could go.</summary>
    public static bool IsNowhere(ContactType type, long? premiseId, string? place) => type.Emergency && premiseId is null && place is null;

    /// <returns>The first report, when this is one more of it.</returns>
    public async Task<long?> Check(ContactType type, long? premiseId, string? place, long? sameAsId, Problems problems, CancellationToken ct)
    {
        if (IsNowhere(type, premiseId, place))
            problems.Add(nameof(RecordContact.Input.Place), "Where? Type the place, or choose a premise.", NowhereRule);
        if (sameAsId is not { } same)
            return null;
        var first = await (from c in db.Set<Contact>()
                           join t in db.Set<ContactType>() on c.TypeId equals t.Id
                           where c.Id == same && t.Emergency
                           select new { c.Id, c.SameAsId }).SingleOrDefaultAsync(ct);
        if (!type.Emergency || first is null)
            problems.Add(nameof(RecordContact.Input.SameAsId), "There is no such emergency: record it as a new one.", "contact.same_as.unknown");
        return first?.SameAsId ?? first?.Id;
    }

    /// <summary>Stands before the role at once; one more report is told on the To Do of the first. In a transaction of the caller's, who saves.</summary>
    /// <returns>What whoever records must know.</returns>
    public async Task<IReadOnlyList<string>> Raise(Contact contact, ContactType type, CancellationToken ct)
    {
        var where = await Where(contact.PremiseId, contact.Place, ct);
        await live.Tell(Topic, null, ct);
        if (contact.SameAsId is { } first)
        {
            await db.Hold("contact", [first], ct);
            var reports = await db.Set<Contact>().CountAsync(c => c.SameAsId == first, ct) + 2;
            var original = await (from c in db.Set<Contact>()
                                  join t in db.Set<ContactType>() on c.TypeId equals t.Id
                                  where c.Id == first
                                  select new { c.PremiseId, c.Place, Type = t.Name }).SingleAsync(ct);
            // Whichever of them somebody still works on says how many there are. Somebody has dealt with all so far: then somebody must look again.
            var others = await db.Set<Contact>().Where(c => c.SameAsId == first && c.Id != contact.Id).OrderByDescending(c => c.Id).Select(c => c.Id).ToListAsync(ct);
            var subject = $"{original.Type}: {await Where(original.PremiseId, original.Place, ct)} ({reports} reports)";
            foreach (var report in others.Append(first))
            {
                if (await toDos.Reword(new RecordRef("contact", report), subject, ct))
                    return [];
            }
        }
        var role = type.DefaultRoleId is { } named ? await organization.ToDoRole(named, ct) : null;
        var created = await toDos.Create(
            new NewToDo(ToDoType, $"{type.Name}: {where}", await clock.Today(ct), contact.AuditSubject, DueAt: contact.RecordedAt, RoleId: role?.Id, PersonId: contact.PersonId,
                AccountId: contact.AccountId, PremiseId: contact.PremiseId, ContactId: contact.Id, Priority: 1, AddressedTo: role?.Name), ct);
        return !created.Ok ? [$"No To Do could be made ({created}): tell them by phone."]
            : role is null or { HasMembers: false } ? [$"Nobody is in the role {role?.Name ?? "that this goes to"}: tell them by phone."] : [];
    }

    /// <summary>Emergencies of this or a near place in the last minutes, newest first.</summary>
    public async Task<IReadOnlyList<EarlierReport>> Earlier(long? premiseId, string? place, CancellationToken ct)
    {
        if (premiseId is null && string.IsNullOrWhiteSpace(place))
            return [];
        var since = db.Now.AddMinutes(-await settings.Get(SamePlaceMinutes, ct));
        var recent = await (from c in db.Set<Contact>()
                            join t in db.Set<ContactType>() on c.TypeId equals t.Id
                            where t.Emergency && c.OccurredAt >= since && c.SameAsId == null
                            orderby c.OccurredAt descending, c.Id descending
                            select new { c.Id, c.Reference, Type = t.Name, c.OccurredAt, c.PersonId, c.AccountId, c.PremiseId, c.Place, Reports = db.Set<Contact>().Count(o => o.SameAsId == c.Id) + 1 }).Take(Most).ToListAsync(ct);
        if (recent.Count == 0)
            return [];
        var premises = recent.Select(r => r.PremiseId).Append(premiseId).OfType<long>().Select(p => new RecordRef("premise", p)).Distinct().ToArray();
        var addresses = premises.Length == 0 ? null : await customers.Describe(premises, ct);
        string? Text(long? premise, string? words) => premise is { } id ? addresses?.GetValueOrDefault(new RecordRef("premise", id)) ?? words : words;
        var here = Text(premiseId, place);
        var near = recent.Select(r => (Report: r, Where: Text(r.PremiseId, r.Place)))
            .Where(r => (premiseId is not null && r.Report.PremiseId == premiseId) || (here is not null && r.Where is not null && SamePlace.Is(here, r.Where)))
            .Take(Shown).ToArray();
        // What somebody typed may say more than the place.
        var maskings = await customers.Masking(near.Select(r => (r.Report.PersonId, r.Report.AccountId)), ct);
        return [.. near.Select(r => new EarlierReport(r.Report.Id, r.Report.Reference, r.Report.Type, r.Report.OccurredAt,
                (r.Report.PremiseId is null ? maskings.Of(r.Report.PersonId, r.Report.AccountId).Text(r.Where) : r.Where) ?? "", r.Report.Reports))];
    }

    private async Task<string> Where(long? premiseId, string? place, CancellationToken ct) =>
        string.Join(", ", new[] { premiseId is { } id ? (await customers.Premise(id, ct))?.Address : null, place }.OfType<string>());
}

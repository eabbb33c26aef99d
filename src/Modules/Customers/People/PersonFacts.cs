using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Notes;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;

namespace Tieline.Customers.People;

/// <summary>All that is on record of a person, in one SELECT.</summary>
internal sealed class PersonFacts(AppDb db, CurrentActor actor, ISettings settings, IUtilityClock clock, NoteReader reader, PeopleInSight sight)
{
    // The person's row comes first: it gives the columns their types on PostgreSQL.
    private static readonly string Statement = $$"""
        select 'person' as part, p.id as id, p.kind as kind, p.display_name as a, p.reference as b, p.language || ' ' || p.preferred_channel as c,
            cast(null as bigint) as owner, p.merged_into_id as other,
            case when p.interpreter then 1 else 0 end + case when p.relay then 2 else 0 end + case when p.large_print then 4 else 0 end
                + case when p.needs_time then 8 else 0 end + case when p.life_support then 16 else 0 end + case when p.sensitive_load then 32 else 0 end as flags,
            p.born_on as fromon, p.born_on as toon, p.created_at as at, p.version as version
        from person p where p.id = {0}
        union all
        select 'name', id, kind, full_name, given, family, null, null, 0, from_on, to_on, null, 0 from person_name where person_id = {0}
        union all
        select 'phone', id, kind, e164, extension, typed, null, null, case when is_primary then 1 else 0 end, null, null, null, 0 from person_phone where person_id = {0}
        union all
        select 'email', id, '', address, null, null, null, null, case when is_primary then 1 else 0 end, null, null, null, 0 from person_email where person_id = {0}
        union all
        select 'address', id, kind, one_line, carries, null, null, null, case when every_year then 1 else 0 end, from_on, to_on, null, 0 from person_address where person_id = {0}
        union all
        select 'identifier', id, kind, last_digits, null, null, null, null, 0, null, null, null, 0 from person_identifier where person_id = {0}
        union all
        select * from (
            select 'related', r.id, r.kind, coalesce(o.display_name, r.employee_name), r.comment, null, cast(null as bigint), r.related_person_id, 0, r.from_on, r.to_on, cast(null as timestamp), r.version
            from relationship r left join person o on o.id = r.related_person_id where r.person_id = {0} order by r.id desc limit 200) of_person
        union all
        select * from (
            select 'related', r.id, r.kind, o.display_name, r.comment, null, cast(null as bigint), r.person_id, 1, r.from_on, r.to_on, cast(null as timestamp), r.version
            from relationship r join person o on o.id = r.person_id where r.related_person_id = {0} order by r.id desc limit 200) to_person
        union all
        select 'merged', id, '', display_name, reference, null, null, null, 0, null, null, merged_at, 0 from person where merged_into_id = {0}
        union all
        {{FactLines.Notes("{1}")}}
        union all
        {{FactLines.Authorisations("{0}")}}
        union all
        {{FactLines.Warnings("w.person_id = {0}")}}
        union all
        {{FactLines.Consents("{0}")}}
        """;

    public async Task<CustomerPerson?> Of(long personId, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        var country = await settings.Get(HouseSettings.Country, ct);
        var today = await clock.Today(ct);
        var lines = (await db.Database.SqlQueryRaw<FactLine>(Statement, personId, $"person:{personId}").ToListAsync(ct)).ToLookup(l => l.Part);
        if (lines["person"].SingleOrDefault() is not { } person)
            return null;
        if (person.Other is { } survivor)
            return await Of(survivor, ct);
        var related = lines["related"].Concat(lines["authorisation"]).Select(l => l.Other).OfType<long>().ToArray();
        var levels = await sight.Of([personId, .. related], ct);
        if (levels[personId] == SightLevel.Closed)
            return Closed(personId);
        await sight.Know(
            personId,
            [
                .. HeldValues.Words(person.FromOn), .. lines["phone"].SelectMany(l => HeldValues.Words(MaskedValues.Phones, l.A!)),
                .. lines["email"].SelectMany(l => HeldValues.Words(MaskedValues.Emails, l.A!)), .. lines["address"].SelectMany(l => HeldValues.Words(MaskedValues.Mailing, l.A!)),
                .. lines["identifier"].SelectMany(l => HeldValues.Words(MaskedValues.Identifiers, l.A!)),
            ], ct);
        var masking = await sight.Masking(personId, ct);
        bool Shut(long? other) => other is { } id && levels[id] == SightLevel.Closed;
        var words = person.C!.Split(' ');
        return new CustomerPerson(
            person.Id, person.B!, person.A!, person.Kind == nameof(PersonKind.Organization), masking.Day(MaskedValues.Born, person.FromOn), words[0], words[1],
            person.Has(1), person.Has(2), person.Has(4), person.Has(8), person.Has(16), person.Has(32), person.At!.Value, person.Version,
            [.. lines["name"].OrderBy(l => l.Kind != nameof(NameKind.Main)).ThenBy(l => l.Kind != nameof(NameKind.Coming)).ThenByDescending(l => l.ToOn ?? DateOnly.MaxValue).ThenBy(l => l.Id)
                .Select(l => new NameFact(l.Id, l.Kind, l.A!, l.B, l.C, l.FromOn, l.ToOn))],
            [.. lines["phone"].OrderByDescending(l => l.Flags).ThenBy(l => l.Id)
                .Select(l => new PhoneFact(l.Id, l.Kind, masking.Phone(new PhoneNumber(l.A!, l.B).Display(country)), masking.Phone(l.A!), masking.Hides(MaskedValues.Phones) ? null : l.B, l.Has(1)))],
            [.. lines["email"].OrderByDescending(l => l.Flags).ThenBy(l => l.Id).Select(l => new EmailFact(l.Id, masking.Value(MaskedValues.Emails, l.A!), l.Has(1)))],
            [.. lines["address"].OrderByDescending(l => l.ToOn ?? DateOnly.MaxValue).ThenBy(l => l.Id).Select(l => new AddressFact(l.Id, l.Kind, masking.Value(MaskedValues.Mailing, l.A!), l.FromOn, l.ToOn, l.Has(1), l.B))],
            [.. lines["identifier"].OrderBy(l => l.Id).Select(l => new IdentifierFact(l.Id, l.Kind, masking.Value(MaskedValues.Identifiers, l.A!)))],
            [.. lines["related"].OrderBy(l => l.Flags).ThenByDescending(l => l.ToOn ?? DateOnly.MaxValue).ThenBy(l => l.Id)
                .Select(l => new RelationshipFact(l.Id, l.Kind, l.Has(1), Shut(l.Other) ? null : l.Other, Shut(l.Other) ? Masks.Closed : l.A!, Shut(l.Other) ? null : masking.Text(l.B), l.FromOn, l.ToOn, l.Version))],
            lines["note"].ReadNotes(reader, today, _ => masking),
            [.. lines["authorisation"].ReadAuthorisations(today).Select(a => Shut(a.OtherId) ? a with { OtherId = null, Other = Masks.Closed, Organisation = null } : a with { Other = masking.Text(a.Other) })],
            lines["warning"].ReadWarnings(actor, _ => masking), lines["consent"].ReadConsents(), masking.Level)
        {
            Merged = [.. lines["merged"].OrderBy(l => l.At).Select(l => new MergedFact(l.Id, l.B!, l.A!, l.At!.Value))],
        };
    }

    private static CustomerPerson Closed(long id) => new(
        id, "", Masks.Closed, false, null, "en", nameof(PreferredChannel.None), false, false, false, false, false, false, default, 0,
        [], [], [], [], [], [], [], [], [], [], SightLevel.Closed);
}

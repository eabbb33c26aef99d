using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>People by an exact property, for machines, or all of them page by page. Keeps what was shown.</summary>
internal sealed class ListPeople(AppDb db, CurrentActor actor, IAuditTrail audit, ISettings settings, PeopleInSight sight) : IUse<ListPeople.Input, Page<ListPeople.Row>>
{
    private const int MaxSize = 200;

    /// <param name="Reference">As printed, P-0000-0042-7, or its digits.</param>
    /// <param name="Phone">As anyone writes it.</param>
    /// <param name="Source">With <paramref name="ExternalKey"/>: of an imported person.</param>
    /// <param name="After">Cursor of the page before.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(
        string? Reference = null, string? Phone = null, string? Email = null, string? Source = null, string? ExternalKey = null, string? After = null, int? Size = null);

    public sealed record Row(long Id, string Reference, string Name, bool Organization, int Version);

    public async Task<Outcome<Page<Row>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        var problems = new Problems();
        // Who was merged is found as the survivor.
        var people = db.Set<Person>().AsNoTracking().Where(p => p.MergedIntoId == null);
        // By exactly their number, and by nothing beside it: else it would tell whether a phone is theirs.
        var alone = string.IsNullOrWhiteSpace(input.Phone) && string.IsNullOrWhiteSpace(input.Email) && input.Source is null && input.ExternalKey is null;
        if (!string.IsNullOrWhiteSpace(input.Reference))
        {
            if (!ReferenceNumber.TryParse(input.Reference, out var sequence))
                problems.Add(nameof(Input.Reference), "This is no reference number.", "reference.unreadable");
            var reference = problems.Any ? "" : ReferenceNumber.Format(sequence, "P");
            people = people.Where(p => p.Reference == reference || db.Set<Person>().Any(m => m.Reference == reference && m.MergedIntoId == p.Id));
        }
        if ((string.IsNullOrWhiteSpace(input.Reference) || !alone) && !actor.May(CustomersPermissions.Restricted))
            people = people.Where(p => p.Restriction == PersonRestriction.None);
        var own = await sight.Own(ct);
        if (own.Count > 0)
            people = people.Where(p => !own.Contains(p.Id));
        if (!string.IsNullOrWhiteSpace(input.Phone) && problems.Phone(nameof(Input.Phone), input.Phone, await settings.Get(HouseSettings.Country, ct)) is { } phone)
            people = people.Where(p => db.Set<PersonPhone>().Where(x => x.E164 == phone.E164).Select(x => x.PersonId).Contains(p.Id));
        if (!string.IsNullOrWhiteSpace(input.Email) && problems.Email(nameof(Input.Email), input.Email) is { } email)
        {
            var key = SearchKeys.OfEmail(email);
            people = people.Where(p => db.Set<PersonEmail>().Where(x => x.AddressKey == key).Select(x => x.PersonId).Contains(p.Id));
        }
        if (input.Source is not null || input.ExternalKey is not null)
        {
            var (source, external) = (TypedText.OneLineOrNull(input.Source, 200), TypedText.OneLineOrNull(input.ExternalKey, 500));
            people = people.Where(p => (p.Source == source && p.ExternalKey == external) || db.Set<Person>().Any(m => m.Source == source && m.ExternalKey == external && m.MergedIntoId == p.Id));
        }
        if (problems.Any)
            return problems;
        if (long.TryParse(input.After, out var after))
            people = people.Where(p => p.Id > after);
        var size = Math.Clamp(input.Size ?? 50, 1, MaxSize);
        var rows = await people.OrderBy(p => p.Id).Take(size + 1)
            .Select(p => new Row(p.Id, p.Reference, p.DisplayName, p.Kind == PersonKind.Organization, p.Version)).ToListAsync(ct);
        var levels = await sight.Of([.. rows.Select(r => r.Id)], ct);
        rows = rows.ConvertAll(r => levels[r.Id] == SightLevel.Closed ? r with { Name = Masks.Closed, Organization = false } : r);
        var page = new Page<Row>(rows.Count > size ? rows[..size] : rows, rows.Count > size ? $"{rows[size - 1].Id}" : null);
        var asked = string.Join(' ', new[] { input.Reference, input.Phone, input.Email, input.Source, input.ExternalKey }.Where(t => !string.IsNullOrWhiteSpace(t)));
        await audit.Looked(new RecordRef("search", 0), ct, $"people: {TypedText.OneLine(asked, 200)}", page.Items.Select(r => r.Id));
        return page;
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Sight;

/// <summary>Restricted people by name, for those who may see them: the search box finds them by their numbers only. One list shown is one look.</summary>
internal sealed class ListRestricted(AppDb db, CurrentActor actor, PeopleInSight sight, IAuditTrail audit, IUtilityClock clock) : IUse<ListRestricted.Input, Page<ListRestricted.Row>>
{
    /// <param name="Unnamed">Only who is restricted as an employee, while nobody has said which one.</param>
    /// <param name="Name">How the family name begins, or a word of the name; all when left out.</param>
    /// <param name="After">Cursor of the page before.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(string? Name = null, PersonRestriction? Restriction = null, bool Unnamed = false, string? After = null, int? Size = null);

    /// <param name="Unnamed">Restricted as an employee, and nobody has said which one: to them the record is not closed.</param>
    public sealed record Row(long Id, string Reference, string Name, PersonRestriction Restriction, string? Reason, bool Unnamed);

    public async Task<Outcome<Page<Row>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Restricted);
        var people = db.Set<Person>().AsNoTracking().Where(p => p.Restriction != PersonRestriction.None);
        if (input.Restriction is { } restriction)
            people = people.Where(p => p.Restriction == restriction);
        var named = db.Set<Relationship>().NamingEmployee(await clock.Today(ct)).Select(r => r.PersonId);
        if (input.Unnamed)
            people = people.Where(p => p.Restriction == PersonRestriction.Employee && !named.Contains(p.Id));
        foreach (var word in SearchText.Words(TypedText.OneLine(input.Name, 200)))
            people = people.Where(p => p.SortName.Contains(word));
        var own = await sight.Own(ct);
        if (own.Count > 0)
            people = people.Where(p => !own.Contains(p.Id));
        if (long.TryParse(input.After, out var after))
        {
            var behind = await db.Set<Person>().Where(p => p.Id == after).Select(p => p.SortName).SingleOrDefaultAsync(ct) ?? "";
            people = people.Where(p => string.Compare(p.SortName, behind) > 0 || (p.SortName == behind && p.Id > after));
        }
        var size = Math.Clamp(input.Size ?? 50, 1, 200);
        var rows = await people.OrderBy(p => p.SortName).ThenBy(p => p.Id).Take(size + 1)
            .Select(p => new Row(p.Id, p.Reference, p.DisplayName, p.Restriction, p.RestrictionReason, p.Restriction == PersonRestriction.Employee && !named.Contains(p.Id))).ToListAsync(ct);
        var page = new Page<Row>(rows.Count > size ? rows[..size] : rows, rows.Count > size ? $"{rows[size - 1].Id}" : null);
        await audit.Looked(new RecordRef("search", 0), ct, $"restricted: {TypedText.OneLine(input.Name, 200)}", page.Items.Select(r => r.Id));
        return page;
    }
}

/// <summary>Who opened which restricted record, why and until when; the newest first.</summary>
internal sealed class ListGlassBreaks(AppDb db, CurrentActor actor, PeopleInSight sight) : IUse<ListGlassBreaks.Input, Page<ListGlassBreaks.Row>>
{
    /// <param name="PersonId">Only of this person.</param>
    /// <param name="After">Cursor of the page before.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(long? PersonId = null, string? After = null, int? Size = null);

    public sealed record Row(long Id, long PersonId, string Name, string Employee, string Reason, DateTime At, DateTime UntilAt);

    public async Task<Outcome<Page<Row>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Restricted);
        var size = Math.Clamp(input.Size ?? 50, 1, 200);
        var before = long.TryParse(input.After, out var after) ? after : long.MaxValue;
        var own = await sight.Own(ct);
        var rows = await (from g in db.Set<GlassBreak>().AsNoTracking()
                          join p in db.Set<Person>() on g.PersonId equals p.Id
                          where g.Id < before && (input.PersonId == null || g.PersonId == input.PersonId) && !own.Contains(g.PersonId)
                          orderby g.Id descending
                          select new Row(g.Id, g.PersonId, p.DisplayName, g.EmployeeName, g.Reason, g.At, g.UntilAt)).Take(size + 1).ToListAsync(ct);
        return new Page<Row>(rows.Count > size ? rows[..size] : rows, rows.Count > size ? $"{rows[size - 1].Id}" : null);
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Export;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Authorisations;

internal enum AuthorisationsShown { Expiring, InForce, Expired, Revoked }

/// <summary>Who may act for whom, those that end first at the front. Whoever stands in the list was looked at.</summary>
internal sealed class ListAuthorisations(AppDb db, CurrentActor actor, IUtilityClock clock, IAuditTrail audit, PeopleInSight sight) : IUse<ListAuthorisations.Input, Page<AuthorisationLine>>
{
    public const int DefaultDays = 30;

    /// <param name="Show">All when left out.</param>
    /// <param name="Days">Of those that expire: within so many days from today. 0 to 3,650; 30 when left out.</param>
    public sealed record Input(AuthorisationsShown? Show = null, int? Days = null, string? After = null, int? Size = null);

    public async Task<Outcome<Page<AuthorisationLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        actor.Require(CustomersPermissions.Authorisations);
        var size = Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize);
        var lines = await Read(input, input.After, size + 1, ct);
        var more = lines.Count > size;
        if (more)
            lines.RemoveAt(size);
        await Looked(input, lines, "", ct);
        return new Page<AuthorisationLine>(lines, more ? Place(lines[^1]) : null);
    }

    public static async Task Download(ListAuthorisations list, HttpContext http, CancellationToken ct)
    {
        var input = Of(TableQuery.Of(http));
        await list.BeginExport(input, ct);
        await using var csv = await CsvDownload.Begin(
            http, "authorisations.csv", "person", "who_may_act", "organisation", "phone", "account", "may", "given", "from", "to", "state", "comment");
        string? after = null;
        while (true)
        {
            var lines = await list.Read(input, after, Paging.MaxSize, ct);
            await list.Looked(input, lines, "exported ", ct);
            foreach (var a in lines)
                await csv.Row(a.Person, a.Other, a.Organisation, a.Phone, a.Account, AuthorisationWords.Of(a.Scopes), a.Given, Day(a.FromOn), Day(a.ToOn), a.State, a.Comment);
            if (lines.Count < Paging.MaxSize)
                return;
            await csv.Flush(ct);
            after = Place(lines[^1]);
        }
    }

    /// <summary>The filters as they stand in the address of the page; what cannot be read is left out.</summary>
    public static Input Of(TableQuery query) => new(query.Filter<AuthorisationsShown>("show"), query.Filter<int>("days"), query.After, query.Size);

    private async Task BeginExport(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        actor.Require(CustomersPermissions.Authorisations);
        await audit.Note("exported", new RecordRef("authorisation", 0), new { Filters = Words(input) }, ct);
    }

    private async Task<List<AuthorisationLine>> Read(Input input, string? after, int count, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        var last = today.AddDays(Math.Clamp(input.Days ?? DefaultDays, 0, 3_650));
        var found = db.Set<Authorisation>().AsNoTracking();
        found = input.Show switch
        {
            AuthorisationsShown.Expiring => found.Where(a => a.RevokedAt == null && a.ToOn >= today && a.ToOn <= last),
            AuthorisationsShown.InForce => found.InForce(today),
            AuthorisationsShown.Expired => found.Where(a => a.RevokedAt == null && a.ToOn < today),
            AuthorisationsShown.Revoked => found.Where(a => a.RevokedAt != null),
            _ => found,
        };
        if (Cursor.Decode(after) is { } behind)
        {
            var on = DateOnly.FromDateTime(behind.At);
            found = found.Where(a => a.ToOn > on || (a.ToOn == on && a.Id > behind.Id));
        }
        var page = found.OrderBy(a => a.ToOn).ThenBy(a => a.Id).Take(count);
        var lines = (await AuthorisationLines.Of(db, page).ToListAsync(ct)).Select(a => a.Line(today)).OrderBy(a => a.ToOn).ThenBy(a => a.Id).ToList();
        var maskings = await sight.Maskings(lines.SelectMany(l => new (long?, long?)[] { (l.PersonId, null), (l.OtherPersonId, null) }), ct);
        return lines.ConvertAll(l => l.InSight(maskings));
    }

    private Task Looked(Input input, List<AuthorisationLine> lines, string how, CancellationToken ct) => lines.Count == 0 ? Task.CompletedTask :
        audit.Looked(new RecordRef("search", 0), ct, $"{how}authorisations {Words(input)}".TrimEnd(), lines.SelectMany(l => new[] { l.PersonId, l.OtherPersonId ?? l.PersonId }).Distinct());

    private static string Words(Input input) => input.Show switch
    {
        AuthorisationsShown.Expiring => string.Create(CultureInfo.InvariantCulture, $"that end within {input.Days ?? DefaultDays} days"),
        { } show => Option.InWords(show.ToString()).ToLowerInvariant(),
        null => "",
    };

    private static string Place(AuthorisationLine line) => Cursor.Encode(line.ToOn.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), line.Id);

    private static string Day(DateOnly on) => on.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

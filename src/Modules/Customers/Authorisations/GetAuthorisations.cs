using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Authorisations;

/// <param name="State"><c>InForce</c>, <c>ToCome</c>, <c>Expired</c> or <c>Revoked</c>.</param>
/// <param name="Scopes">What they may do; separated by commas.</param>
internal sealed record AuthorisationLine(
    long Id, long PersonId, string Person, long? OtherPersonId, string Other, string? Organisation, string? Phone, long? AccountId, string? Account, string Scopes, string Given,
    string? Comment, DateOnly FromOn, DateOnly ToOn, string State, string CreatedBy, DateTime CreatedAt, string? RevokedBy, DateTime? RevokedAt, string? RevokedBecause, int Version);

internal static class AuthorisationLines
{
    internal sealed record Joined(Authorisation Authorisation, string Person, string? Other, string? Account);

    public static IQueryable<Joined> Of(AppDb db, IQueryable<Authorisation> authorisations) =>
        from a in authorisations
        join p in db.Set<Person>() on a.PersonId equals p.Id
        join o in db.Set<Person>() on a.OtherPersonId equals (long?)o.Id into others
        from o in others.DefaultIfEmpty()
        join c in db.Set<Account>() on a.AccountId equals (long?)c.Id into accounts
        from c in accounts.DefaultIfEmpty()
        select new Joined(a, p.DisplayName, o.DisplayName, c.Number);

    public static AuthorisationLine Line(this Joined joined, DateOnly today)
    {
        var a = joined.Authorisation;
        var state = a.RevokedAt is not null ? "Revoked" : a.ToOn < today ? "Expired" : a.FromOn > today ? "ToCome" : "InForce";
        return new AuthorisationLine(
            a.Id, a.PersonId, joined.Person, a.OtherPersonId, joined.Other ?? a.Name, a.Organisation, a.Phone, a.AccountId, joined.Account, a.Scopes, a.Given.ToString(), a.Comment,
            a.FromOn, a.ToOn, state, a.CreatedBy.Name, a.CreatedAt, a.RevokedBy?.Name, a.RevokedAt, a.RevokedBecause, a.Version);
    }

    /// <summary>As the actor may see it: who is closed is not named, on either side, and words about a masked person hide what the other holds, too.</summary>
    public static AuthorisationLine InSight(this AuthorisationLine line, Maskings maskings)
    {
        var (of, other) = (maskings.Of(line.PersonId), maskings.Of(line.OtherPersonId));
        if (of.IsClosed || other.IsClosed)
        {
            return line with
            {
                Person = of.Name(line.Person), Other = Masks.Closed, OtherPersonId = null, Organisation = null, Phone = null, Account = null, Comment = null, RevokedBecause = null,
            };
        }
        var words = of.Level == SightLevel.Full ? of : of.And(other);
        return line with { Phone = of.Phone(line.Phone), Comment = words.Text(line.Comment), RevokedBecause = words.Text(line.RevokedBecause) };
    }
}

/// <summary>All authorisations of a person, those that ended too. Keeps that they were looked at.</summary>
internal sealed class GetAuthorisations(AppDb db, CurrentActor actor, IUtilityClock clock, IAuditTrail audit, PeopleInSight sight) : IUse<GetAuthorisations.Input, IReadOnlyList<AuthorisationLine>>
{
    public sealed record Input(long Id);

    public async Task<Outcome<IReadOnlyList<AuthorisationLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        if (await db.SurvivorOf(input.Id, ct) is not { } person)
            return Problem.NotFound("The person");
        input = new(person);
        await sight.RequireOpen(input.Id, ct);
        var today = await clock.Today(ct);
        var found = await AuthorisationLines.Of(db, db.Set<Authorisation>().AsNoTracking().Where(a => a.PersonId == input.Id)).ToListAsync(ct);
        var maskings = await sight.Maskings(found.Select(f => (f.Authorisation.OtherPersonId, (long?)null)).Prepend((input.Id, null)), ct);
        await audit.Looked(new RecordRef("person", input.Id), ct, "authorisations");
        return Outcome<IReadOnlyList<AuthorisationLine>>.Of(
            [.. found.Select(f => f.Line(today).InSight(maskings)).OrderBy(a => a.State is "Expired" or "Revoked").ThenBy(a => a.ToOn).ThenBy(a => a.Id)]);
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Sight;

/// <summary>Closes a person's record to all but those who have the right or give a reason, or opens it to everyone again.</summary>
internal sealed class RestrictPerson(
    AppDb db, CurrentActor actor, PeopleInSight sight, RecordsInSight records, AroundRestricted around, KeptRelationships relationships, IUtilityClock clock, IEvents events) : IUse<RestrictPerson.Input, Done>
{
    /// <param name="Restriction"><c>None</c> lifts it; who is named as an employee stays so, since their record is not for them whether it is restricted or not.</param>
    /// <param name="EmployeeId">Which employee the person is, to whom the record is closed: for the restriction of an employee, unless one is named already.</param>
    public sealed record Input(long PersonId, int Version, PersonRestriction? Restriction, string? Reason, long? EmployeeId = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Restrict);
        if (await db.Set<Person>().SingleOrDefaultAsync(p => p.Id == input.PersonId, ct) is not { } person)
            return Problem.NotFound("The person");
        await sight.RequireOpen(person.Id, ct);
        if (await db.MergedAway(person, ct) is { } merged)
            return merged;
        var problems = new Problems();
        var restriction = problems.Choice(nameof(Input.Restriction), "Restriction", input.Restriction);
        var reason = problems.Lines(nameof(Input.Reason), "Reason", input.Reason, 1_000);
        var employee = input.Restriction is null ? null : await Employee(problems, restriction, input, ct);
        if (problems.Any)
            return problems;

        if (person.Restriction != PersonRestriction.None || restriction != PersonRestriction.None)
            await records.Restricting(person.Id, ct);
        db.Expect(person, input.Version);
        person.Restrict(restriction, reason);
        await around.Changes(person.Id, restriction, ct);
        if (employee is not null)
            await relationships.Add(new Relationship(db.NextId(), person.Id, RelationshipKind.Self, null, employee.Id, employee.Name, null, null, null), employee.Name, ct);
        await events.Publish(new PersonRestricted(person.Id, restriction.ToString()), ct, new RecordRef("person", person.Id));
        await db.SaveChangesAsync(ct);
        sight.Forget();
        return Done.It;
    }

    /// <summary>Whom to name; null when nobody is, or they are named already.</summary>
    private async Task<EmployeeLine?> Employee(Problems problems, PersonRestriction restriction, Input input, CancellationToken ct)
    {
        if (restriction != PersonRestriction.Employee)
        {
            if (input.EmployeeId is not null)
                problems.Add(nameof(Input.EmployeeId), "An employee is named for the restriction of an employee only.", "restriction.employee");
            return null;
        }
        var named = await db.Set<Relationship>().NamingEmployee(await clock.Today(ct)).Where(r => r.PersonId == input.PersonId).Select(r => r.EmployeeId).ToListAsync(ct);
        var known = input.EmployeeId is { } id ? named.Contains(id) : named.Count > 0;
        return known ? null : await relationships.Employee(problems, nameof(Input.EmployeeId), input.EmployeeId, ct);
    }
}

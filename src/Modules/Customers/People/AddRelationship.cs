using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Merging;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>Says that somebody is a person's landlord, carer, primary contact ..., or an employee their key account manager.</summary>
internal sealed class AddRelationship(AppDb db, CurrentActor actor, KeptRelationships relationships, IUtilityClock clock, RecordsInSight records, PeopleInSight sight)
    : IUse<AddRelationship.Input, AddRelationship.Added>
{
    /// <param name="PersonId">Whose landlord (carer ...) it is.</param>
    /// <param name="RelatedPersonId">Who is the landlord (carer ...); not for a key account manager.</param>
    /// <param name="EmployeeId">Who is the key account manager, or the employee whose own or whose relative's record it is.</param>
    public sealed record Input(
        long PersonId, RelationshipKind? Kind, long? RelatedPersonId = null, long? EmployeeId = null, string? Comment = null, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public sealed record Added(long Id);

    public Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        return db.InTransaction(() => Add(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Added>> Add(Input input, CancellationToken ct)
    {
        if (await db.Shared("person", input.PersonId, ct) is not { } person)
            return Problem.NotFound("The person");
        input = input with { PersonId = person, RelatedPersonId = input.RelatedPersonId is { } other ? await db.Shared("person", other, ct) ?? other : null };
        if (await records.Seen(input.PersonId, AuthorisationScope.Everything, ct) is { } unseen)
            return unseen;
        var problems = new Problems();
        var kind = problems.Choice(nameof(Input.Kind), "Kind", input.Kind);
        var comment = problems.Text(nameof(Input.Comment), "Comment", input.Comment, 500, required: false);
        problems.Period(nameof(Input.FromOn), input.FromOn, nameof(Input.ToOn), input.ToOn);
        var isManager = kind.IsWithEmployee() && input.Kind is not null;
        if (kind.ClosesRecord() && input.Kind is not null)
            actor.Require(CustomersPermissions.Restrict);
        var employee = isManager ? await relationships.Employee(problems, nameof(Input.EmployeeId), input.EmployeeId, ct) : null;
        var related = isManager ? null : await Related(problems, input, ct);
        await records.Beside(related is null ? null : input.RelatedPersonId, ct);
        var today = await clock.Today(ct);
        if (!problems.Any && await db.Set<Relationship>().AnyAsync(
            r => r.PersonId == input.PersonId && r.Kind == kind && r.RelatedPersonId == (isManager ? null : input.RelatedPersonId)
                && r.EmployeeId == (isManager ? input.EmployeeId : null) && (r.ToOn == null || r.ToOn >= today), ct))
            problems.Add(isManager ? nameof(Input.EmployeeId) : nameof(Input.RelatedPersonId), "This is on record already.", "relationship.already");
        if (problems.Any)
            return problems;

        var relationship = new Relationship(
            db.NextId(), input.PersonId, kind, isManager ? null : input.RelatedPersonId, employee?.Id, employee?.Name, comment.Length == 0 ? null : comment, input.FromOn, input.ToOn);
        await relationships.Add(relationship, employee?.Name ?? related?.Name, ct);
        await db.SaveChangesAsync(ct);
        return new Added(relationship.Id);
    }

    private async Task<Other?> Related(Problems problems, Input input, CancellationToken ct)
    {
        if (input.RelatedPersonId is not { } id)
            problems.List.Add(Problem.Required(nameof(Input.RelatedPersonId), "Person"));
        else if (id == input.PersonId)
            problems.Add(nameof(Input.RelatedPersonId), "Nobody stands in a relationship to themselves.", "relationship.self");
        else if (await db.Set<Person>().Where(p => p.Id == id).Select(p => new Other(p.Restriction == PersonRestriction.None ? p.DisplayName : Masks.Closed)).SingleOrDefaultAsync(ct) is { } found
            && await sight.Of(id, ct) != SightLevel.Closed)
            return found;
        else
            problems.Add(nameof(Input.RelatedPersonId), "This person is not known.", "person.unknown");
        return null;
    }

    /// <param name="Name">As the timeline of the first tells it, to readers with other rights than now.</param>
    private sealed record Other(string Name);
}

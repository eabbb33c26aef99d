using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>A person with all that is on record of them. Keeps that it was looked at.</summary>
internal sealed class GetPerson(PersonFacts facts, IAuditTrail audit) : IUse<GetPerson.Input, CustomerPerson>
{
    public sealed record Input(long Id);

    public async Task<Outcome<CustomerPerson>> Handle(Input input, CancellationToken ct)
    {
        if (await facts.Of(input.Id, ct) is not { } person)
            return Problem.NotFound("The person");
        var closed = person.Sight == SightLevel.Closed;
        await audit.Looked(new RecordRef("person", input.Id), ct, closed ? PeopleInSight.LookAtClosed : null);
        return closed ? PeopleInSight.ClosedProblem : person;
    }
}

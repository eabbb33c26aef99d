using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <summary>Takes a call, or someone at the counter or in the chat. Whatever was in progress is parked.</summary>
internal sealed class StartInteraction(AppDb db, CurrentActor actor, InteractionDesk desk, ICustomers customers, IOrganization organization, IAuditTrail audit) : IUse<StartInteraction.Input, InteractionTaken>
{
    private static readonly Channel[] Live = [Channel.Phone, Channel.Counter, Channel.Chat];

    /// <param name="Channel">Phone, Counter or Chat; the phone when null.</param>
    /// <param name="NumberOrPlace">From where they call, or at which counter they stand.</param>
    /// <param name="PersonId">Who is calling, where that is known already.</param>
    /// <param name="EmployeeId">Who takes it; only for those who look after everybody's calls, and for machines, which must say it.</param>
    public sealed record Input(Channel? Channel = null, ContactDirection? Direction = null, string? NumberOrPlace = null, long? PersonId = null, long? EmployeeId = null);

    public async Task<Outcome<InteractionTaken>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        if (input.EmployeeId is { } given && given != desk.Me)
            actor.Require(ContactsPermissions.Supervise);
        var problems = new Problems();
        if (input.Channel is { } channel && !Live.Contains(channel))
            problems.Add(nameof(Input.Channel), "A call, a visit at the counter or a chat.", "interaction.channel");
        var place = problems.PhoneText(nameof(Input.NumberOrPlace), "Number or place", input.NumberOrPlace, 100);
        if (input.PersonId is not null)
            actor.Require(ContactsPermissions.ReadCustomers);
        if (input.PersonId is { } person && await customers.Person(person, ct) is null)
            problems.Add(nameof(Input.PersonId), "This person is not here (any more).", "person.unknown");
        var (employee, name) = await Taker(input.EmployeeId, problems, ct);
        if (problems.Any)
            return problems;
        return await db.InTransaction(() => Start(input, employee, name, place, ct), ct, o => o.Ok);
    }

    private async Task<(long Id, string Name)> Taker(long? asked, Problems problems, CancellationToken ct)
    {
        if ((asked ?? desk.Me) == desk.Me && desk.Me is { } me)
            return (me, actor.Actor.Name);
        if (asked is { } id && await organization.Employee(id, ct) is { Active: true } employee)
            return (employee.Id, employee.Name);
        problems.Add(nameof(Input.EmployeeId), "Who takes it? Name an employee who works here.", "interaction.employee.unknown");
        return default;
    }

    private async Task<Outcome<InteractionTaken>> Start(Input input, long employee, string name, string place, CancellationToken ct)
    {
        // People are held before what is recorded about them. Of one who was merged, the survivor.
        var known = await customers.CheckTogether(input.PersonId, null, null, ct);
        var parked = await desk.ParkOther(employee, 0, ct);
        var interaction = new Interaction
        {
            Id = db.NextId(), Reference = ReferenceNumber.Format(await db.NextNumber("interaction", ct), "I"), Channel = input.Channel ?? Channel.Phone,
            Direction = input.Direction ?? ContactDirection.Inbound, EmployeeId = employee, Employee = name, NumberOrPlace = place.Length > 0 ? place : null,
            StartedAt = db.Now, SinceAt = db.Now,
        };
        if (known is { Ok: true, Value.PersonId: { } caller })
        {
            interaction.TakeCaller(caller);
            await audit.Looked(new RecordRef("person", caller), ct, interaction.Reference);
        }
        db.Add(interaction);
        await customers.TakeUpCallers(interaction.AuditSubject, employee, ct);
        await desk.Step(interaction, InteractionStep.Started, interaction.NumberOrPlace, null, ct, employee);
        await db.SaveChangesAsync(ct);
        return new InteractionTaken(interaction.Id, interaction.Reference, interaction.PersonId, parked?.Reference);
    }
}

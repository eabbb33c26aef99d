using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <summary>Takes over a caller whom a colleague has handed over, and parks the other one. The first of a role who accepts has it.</summary>
internal sealed class AcceptInteraction(AppDb db, CurrentActor actor, InteractionDesk desk, IOrganization organization, IAuditTrail audit, Customers.ICustomers customers) : IUse<AcceptInteraction.Input, InteractionTaken>
{
    public sealed record Input(long Id);

    public async Task<Outcome<InteractionTaken>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        return await db.InTransaction(() => Accept(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<InteractionTaken>> Accept(Input input, CancellationToken ct)
    {
        // Two of a role reach for it at the same moment: the second waits here, and is told who has it.
        await db.Hold("interaction", [input.Id], ct);
        if (await desk.Find(input.Id, ct) is not { } interaction)
            return InteractionDesk.NotThere;
        if (interaction.IsOver)
            return InteractionDesk.Over(interaction);
        if (interaction.State == InteractionState.InProgress && interaction.EmployeeId == desk.Me)
            return new InteractionTaken(interaction.Id, interaction.Reference, interaction.PersonId, null);
        if (interaction.State != InteractionState.HandedOver)
            return Problem.Conflict($"{interaction.Reference} is with {interaction.Employee}.");
        if (desk.Me is not { } me || !await IsForMe(interaction, me, ct))
            throw new ForbiddenException(ContactsPermissions.Supervise);
        if (interaction.PersonId is { } caller)
            await audit.Looked(new RecordRef("person", caller), ct, interaction.Reference);
        var giver = interaction.EmployeeId;
        var parked = await desk.ParkOther(me, interaction.Id, ct);
        interaction.Resume(me, actor.Actor.Name, db.Now);
        await customers.TakeUpCallers(interaction.AuditSubject, me, ct);
        await desk.Step(interaction, InteractionStep.Accepted, null, null, ct, giver, me);
        await db.SaveChangesAsync(ct);
        return new InteractionTaken(interaction.Id, interaction.Reference, interaction.PersonId, parked?.Reference);
    }

    private async Task<bool> IsForMe(Interaction interaction, long me, CancellationToken ct) =>
        interaction.HandedToEmployeeId == me || actor.May(ContactsPermissions.Supervise)
        || (interaction.HandedToRoleId is { } role && (await organization.RolesOf(me, ct)).Contains(role));
}

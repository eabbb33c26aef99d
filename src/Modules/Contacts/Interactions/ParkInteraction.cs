using Tieline.Customers;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <summary>Lets a caller wait. The time does not count as handled.</summary>
internal sealed class ParkInteraction(AppDb db, CurrentActor actor, InteractionDesk desk, ICustomers customers) : IUse<ParkInteraction.Input, Done>
{
    /// <param name="Note">What to remember; null leaves the note as it is.</param>
    public sealed record Input(long Id, string? Note = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        return await db.InTransaction(() => Park(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Done>> Park(Input input, CancellationToken ct)
    {
        // Who is being verified in it at this moment is known before it is out of hand, or not at all.
        await db.Hold("interaction", [input.Id], ct);
        if (await desk.Find(input.Id, ct) is not { } interaction)
            return InteractionDesk.NotThere;
        desk.RequireTheirs(interaction);
        var problems = new Problems();
        var note = problems.Lines(nameof(Input.Note), "Note", input.Note, 2_000, required: false);
        if (problems.Any)
            return problems;
        if (interaction.IsOver)
            return InteractionDesk.Over(interaction);
        if (interaction.State != InteractionState.InProgress)
            return Done.It;
        await customers.ParkCallers(interaction.AuditSubject, ct);
        await desk.Step(interaction, InteractionStep.Parked, note.Length > 0 ? note : null, interaction.Park(note.Length > 0 ? note : null, db.Now, db.NextId), ct, interaction.EmployeeId);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

/// <summary>Goes on with a caller who waits, and parks the other one. What was handed over and not accepted yet is taken back so.</summary>
internal sealed class ResumeInteraction(AppDb db, CurrentActor actor, InteractionDesk desk, ICustomers customers) : IUse<ResumeInteraction.Input, InteractionTaken>
{
    public sealed record Input(long Id);

    public async Task<Outcome<InteractionTaken>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        return await db.InTransaction(() => Resume(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<InteractionTaken>> Resume(Input input, CancellationToken ct)
    {
        if (await desk.Find(input.Id, ct) is not { } interaction)
            return InteractionDesk.NotThere;
        // Nobody goes on for someone else: whoever looks after all calls has a caller handed over to them.
        if (interaction.EmployeeId != desk.Me)
            throw new ForbiddenException(ContactsPermissions.Supervise);
        if (interaction.IsOver)
            return InteractionDesk.Over(interaction);
        if (interaction.State == InteractionState.InProgress)
            return new InteractionTaken(interaction.Id, interaction.Reference, interaction.PersonId, null);
        var parked = await desk.ParkOther(interaction.EmployeeId, interaction.Id, ct);
        var (takenBack, from) = (interaction.State == InteractionState.HandedOver, interaction.HandedToEmployeeId);
        interaction.Resume(interaction.EmployeeId, interaction.Employee, db.Now);
        await customers.TakeUpCallers(interaction.AuditSubject, interaction.EmployeeId, ct);
        await desk.Step(interaction, takenBack ? InteractionStep.TakenBack : InteractionStep.Resumed, null, null, ct, interaction.EmployeeId, from);
        await db.SaveChangesAsync(ct);
        return new InteractionTaken(interaction.Id, interaction.Reference, interaction.PersonId, parked?.Reference);
    }
}

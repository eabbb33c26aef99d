using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <summary>Ends a call, visit or chat. One in which nothing was recorded asks why; what was typed, handed over and not recorded is not thrown away without a word.</summary>
internal sealed class EndInteraction(AppDb db, CurrentActor actor, InteractionDesk desk, Customers.ICustomers customers) : IUse<EndInteraction.Input, Done>
{
    /// <param name="Without">Why no contact was recorded.</param>
    /// <param name="ThrowAway">What was handed over and not recorded is not needed.</param>
    public sealed record Input(long Id, string? Without = null, bool ThrowAway = false);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        return await db.InTransaction(() => End(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Done>> End(Input input, CancellationToken ct)
    {
        // Who is being verified in it at this moment is known before it ends, or not at all.
        await db.Hold("interaction", [input.Id], ct);
        if (await desk.Find(input.Id, ct) is not { } interaction)
            return InteractionDesk.NotThere;
        desk.RequireTheirs(interaction);
        // Twice clicked, or ended in another window.
        if (interaction.IsOver)
            return Done.It;
        if (interaction.State == InteractionState.HandedOver)
            return Problem.Conflict($"{interaction.Reference} waits for {interaction.HandedTo}: take it back first.");
        var problems = new Problems();
        var without = problems.Text(nameof(Input.Without), "Why", input.Without, 200, required: false);
        var recorded = await db.Set<Contact>().AnyAsync(c => c.InteractionId == interaction.Id, ct);
        if (!recorded && without.Length == 0)
            problems.Add(nameof(Input.Without), "Nothing was recorded in this call. Why?", IInteractions.NothingRecorded);
        if (interaction.HasDrafts && !input.ThrowAway)
            problems.Add(nameof(Input.ThrowAway), "Something that was typed and handed over is not recorded yet. Record it, or say that it is not needed.", IInteractions.DraftsLeft);
        if (problems.Any)
            return problems;
        if (interaction.HasDrafts)
        {
            await db.Set<InteractionDraft>().Where(d => d.InteractionId == interaction.Id).ExecuteDeleteAsync(ct);
            interaction.KeepDrafts(false);
        }
        var span = interaction.End(recorded ? null : without, db.Now, db.NextId);
        await customers.EndCallers(new Platform.RecordRef("interaction", interaction.Id), ct);
        await desk.Step(interaction, InteractionStep.Ended, recorded ? null : without, span, ct, interaction.EmployeeId);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

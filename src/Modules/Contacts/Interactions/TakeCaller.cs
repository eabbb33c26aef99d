using Tieline.Customers;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <summary>Says who is calling, or takes back a wrong pick. Contacts recorded before stay where they are.</summary>
internal sealed class TakeCaller(AppDb db, CurrentActor actor, InteractionDesk desk, ICustomers customers) : IUse<TakeCaller.Input, Done>
{
    /// <param name="PersonId">Null: nobody known.</param>
    public sealed record Input(long Id, long? PersonId);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Record);
        actor.Require(ContactsPermissions.ReadCustomers);
        return await db.InTransaction(() => Take(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Done>> Take(Input input, CancellationToken ct)
    {
        // Nobody merges them before it is stored; who is closed may still be the one who calls.
        await customers.KeepFromMerging(input.PersonId, null, ct);
        await db.Hold("interaction", [input.Id], ct);
        if (await desk.Find(input.Id, ct) is not { } interaction)
            return InteractionDesk.NotThere;
        desk.RequireTheirs(interaction);
        if (interaction.IsOver)
            return InteractionDesk.Over(interaction);
        if (interaction.PersonId == input.PersonId)
            return Done.It;
        if (input.PersonId is { } person)
        {
            if (await customers.Person(person, ct) is not { } caller)
                return new Problem(nameof(Input.PersonId), "This person is not here (any more).", "person.unknown");
            // Of one who was merged, the survivor.
            input = input with { PersonId = caller.Id };
        }
        interaction.TakeCaller(input.PersonId);
        await desk.Step(interaction, input.PersonId is null ? InteractionStep.CallerTakenBack : InteractionStep.Caller, null, null, ct, interaction.EmployeeId);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Agreements;

/// <summary>Moves an agreement along its lifecycle: activate, ask to stop, stop, close, reactivate, cancel.</summary>
internal sealed class MoveAgreement(AppDb db, RecordsInSight records, CurrentActor actor, AgreementBook book, IUtilityClock clock) : IUse<MoveAgreement.Input, Done>
{
    /// <param name="On">The day of the move; of <see cref="AgreementState.PendingStop"/> the last day, which may be yet to come. Today when left out.</param>
    public sealed record Input(long Id, int Version, AgreementState? To, DateOnly? On = null);

    public Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        return db.InTransaction(() => Move(input, ct), ct, moved => moved.Ok);
    }

    private async Task<Outcome<Done>> Move(Input input, CancellationToken ct)
    {
        // Held before it is read: two that begin at one place at once would each not see the other.
        await AgreementBook.HoldPlaces(db, await db.Set<ServiceAgreement>().Where(a => a.Id == input.Id).Select(a => a.PremiseId).ToListAsync(ct), ct);
        if (await db.Set<ServiceAgreement>().SingleOrDefaultAsync(a => a.Id == input.Id, ct) is not { } agreement)
            return Problem.NotFound("The service agreement");
        var found = await records.Service(agreement.AccountId, agreement.PremiseId, ct);
        if (!found.Ok)
            return Outcome<Done>.Broken(found.Problems);
        var problems = new Problems();
        var to = problems.Choice(nameof(Input.To), "State", input.To);
        var today = await clock.Today(ct);
        var on = input.On ?? today;
        if (to == AgreementState.PendingStop)
            problems.Day(nameof(Input.On), on);
        else
            problems.NotAfter(nameof(Input.On), on, today);
        if (problems.Any)
            return problems;
        db.Expect(agreement, input.Version);
        if (await book.Move(agreement, found.Value, to, on, ct) is { } problem)
            return problem;
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

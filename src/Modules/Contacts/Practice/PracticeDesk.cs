using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Practice;

/// <summary>What every step of a simulated call has in common: it exists in the demonstration only, and is the employee's own.</summary>
internal sealed class PracticeDesk(AppDb db, CurrentActor actor, InteractionDesk calls, ISettings settings)
{
    public static readonly Problem NotHere = Problem.NotFound("Practising");
    public static readonly Problem Nobody = new(null, "Nobody is on the line to practise with. Take a call first.", "practice.nobody");

    public long? Me => calls.Me;

    public async ValueTask<bool> Offered(CancellationToken ct) => Me is not null && actor.May(ContactsPermissions.Record) && await settings.IsDemonstration(ct);

    /// <returns>A problem when there is nothing to practise with here.</returns>
    /// <exception cref="ForbiddenException">The actor may not take calls.</exception>
    public async Task<Problem?> Refuses(CancellationToken ct)
    {
        if (!await settings.IsDemonstration(ct))
            return NotHere;
        actor.Require(ContactsPermissions.Record);
        return Me is null ? NotHere : null;
    }

    public Task<PracticeCall?> AtHand(CancellationToken ct) => db.Set<PracticeCall>().SingleOrDefaultAsync(c => c.EmployeeId == Me && c.PutAwayAt == null, ct);

    /// <summary>As <see cref="AtHand"/>, and nobody else's step until the commit: two windows of one employee go one after the other.</summary>
    public async Task<PracticeCall?> Held(CancellationToken ct)
    {
        await db.Hold("practice_call", await db.Set<PracticeCall>().Where(c => c.EmployeeId == Me && c.PutAwayAt == null).Select(c => c.Id).ToListAsync(ct), ct);
        return await AtHand(ct);
    }

    /// <summary>Lets the strips of the employee's windows ask again, and saves.</summary>
    public async Task Save(CancellationToken ct)
    {
        await calls.Tell(ct, Me);
        await db.SaveChangesAsync(ct);
    }
}

internal sealed class PracticeDoor(PracticeDesk desk, RingPracticeCall ring, AnswerPracticeCall answer, AskPracticeCaller ask, PutPracticeAway putAway) : IPracticeCalls
{
    public ValueTask<bool> Offered(CancellationToken ct) => desk.Offered(ct);

    public Task<Outcome<Done>> Ring(string? story, CancellationToken ct) => ring.Handle(new(story), ct);

    public Task<Outcome<InteractionTaken>> Answer(CancellationToken ct) => answer.Handle(new(), ct);

    public Task<Outcome<Done>> Ask(string what, CancellationToken ct) => ask.Handle(new(what), ct);

    public Task<Outcome<Done>> PutAway(CancellationToken ct) => putAway.Handle(new(), ct);
}

using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform.Data;
using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <summary>What every step of an interaction has in common: whose it is, how it is written down, and who hears of it.</summary>
internal sealed class InteractionDesk(AppDb db, CurrentActor actor, ILive live, Customers.ICustomers customers)
{
    /// <summary>What browsers with a strip listen for.</summary>
    public const string Topic = "interaction";

    public static readonly Problem NotThere = Problem.NotFound("The call");

    /// <summary>The employee who acts; null for machines and processes.</summary>
    public long? Me => actor.Actor is { Kind: ActorKind.Employee, Id: var id } ? id : null;

    public Task<Interaction?> Find(long id, CancellationToken ct) => db.Set<Interaction>().SingleOrDefaultAsync(i => i.Id == id, ct);

    /// <summary>Held by the actor; or the actor looks after everybody's.</summary>
    public bool IsTheirs(Interaction interaction) => interaction.EmployeeId == Me || actor.May(ContactsPermissions.Supervise);

    /// <exception cref="ForbiddenException">It is a colleague's.</exception>
    public void RequireTheirs(Interaction interaction)
    {
        if (!IsTheirs(interaction))
            throw new ForbiddenException(ContactsPermissions.Supervise);
    }

    public static Problem Over(Interaction interaction) =>
        new(null, $"{interaction.Reference} has ended already. Nothing was changed, and nothing typed is lost.", "interaction.ended");

    /// <summary>Writes a step down: log, the stretch of work it ends, and a hint for the strips of those concerned. The caller saves.</summary>
    public async Task Step(Interaction interaction, InteractionStep step, string? body, InteractionSpan? span, CancellationToken ct, params long?[] told)
    {
        Write(interaction, step, body, span);
        await Tell(ct, told);
    }

    public void Write(Interaction interaction, InteractionStep step, string? body, InteractionSpan? span)
    {
        db.Add(new InteractionLog { Id = db.NextId(), InteractionId = interaction.Id, At = db.Now, Author = db.Actor.Ref, Step = step, Body = body });
        if (span is not null)
            db.Add(span);
    }

    public async Task Tell(CancellationToken ct, params long?[] employees)
    {
        foreach (var employee in employees.OfType<long>().Distinct())
            await live.Tell(Topic, employee, ct);
    }

    /// <summary>
    /// One at a time: what the employee has in progress is parked, and written at once, since the database allows no second one even
    /// for the length of a statement. In a transaction of the caller's.
    /// </summary>
    /// <returns>What was parked.</returns>
    public async Task<Interaction?> ParkOther(long employeeId, long exceptId, CancellationToken ct)
    {
        if (await db.Set<Interaction>().SingleOrDefaultAsync(i => i.EmployeeId == employeeId && i.State == InteractionState.InProgress && i.Id != exceptId, ct) is not { } other)
            return null;
        // Who is being verified in it at this moment is known before it is out of hand, or not at all.
        await db.Hold("interaction", [other.Id], ct);
        await customers.ParkCallers(other.AuditSubject, ct);
        Write(other, InteractionStep.Parked, "For another caller.", other.Park(null, db.Now, db.NextId));
        await db.SaveChangesAsync(ct);
        return other;
    }

    /// <summary>
    /// The interaction in which the actor records a contact: it must be their own and not over, and the person must not be the caller of another
    /// one that they hold. Of a colleague's call nobody writes what was said in it, whatever their rights are. Held until the commit, so that it neither
    /// ends nor changes hands before the contact is stored: after people and premises, before contacts. One SELECT.
    /// </summary>
    public async Task<Interaction?> ForContact(long id, long? personId, Problems problems, CancellationToken ct)
    {
        var me = Me;
        await db.Hold("interaction", [id], ct);
        var found = await db.Set<Interaction>()
            .Where(i => i.Id == id || (personId != null && i.PersonId == personId && i.EmployeeId == me && i.State != InteractionState.Ended)).ToListAsync(ct);
        var interaction = found.Find(i => i.Id == id);
        const string field = nameof(RecordContact.Input.InteractionId);
        if (interaction is null)
            problems.Add(field, "This call is not here (any more). What you typed is still here.", "interaction.unknown");
        else if (me is null || interaction.EmployeeId != me)
            problems.Add(field, $"{interaction.Reference} is with {interaction.Employee}. What you typed is still here: record it without a call, or in yours.", "interaction.not_yours");
        else if (interaction.State is InteractionState.Ended)
            problems.Add(field, $"{interaction.Reference} has ended. What you typed is still here: record it without a call, or in another one.", "interaction.ended");
        else if (interaction.State is InteractionState.HandedOver)
            problems.Add(field, $"{interaction.Reference} is handed over to {interaction.HandedTo}. Take it back first, or record this without a call. What you typed is still here.", "interaction.handed_over");
        else if (personId is not null && interaction.PersonId != personId && found.Find(i => i.Id != id) is { } other)
            problems.Add(field, $"This person is the caller of {other.Reference}, not of {interaction.Reference}. Choose that one, so that nothing lands on the wrong call.", "interaction.other_caller");
        else
            return interaction;
        return null;
    }

    /// <summary>What a colleague had typed is recorded now, for whomever, and not offered again. Other forms that were handed over stay until they are recorded, or the call ends.</summary>
    /// <param name="draftId">The form that was gone on with.</param>
    public async Task Recorded(Interaction interaction, long draftId, CancellationToken ct)
    {
        var drafts = await db.Set<InteractionDraft>().Where(d => d.InteractionId == interaction.Id).ToListAsync(ct);
        var recorded = drafts.FindAll(d => d.Id == draftId);
        db.RemoveRange(recorded);
        interaction.KeepDrafts(drafts.Count > recorded.Count);
    }
}

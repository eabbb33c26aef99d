using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Authorisations;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>How steps put things back that several of them do. What somebody else has changed since stays, and is told as a contradiction.</summary>
internal sealed class TakenBack(AppDb db, PersonChange people, RevokeAuthorisation revoke, RecordsInSight records, IEvents events)
{
    private const string Because = "Taken back: it was said by mistake";

    /// <summary>A change of the person as it is now; the flow holds it.</summary>
    public async Task<Outcome<Done>> Person(long personId, Func<Person, Problems, Task> change, CancellationToken ct) =>
        await people.Run(personId, await db.Set<Person>().Where(p => p.Id == personId).Select(p => p.Version).SingleAsync(ct), change, ct);

    /// <inheritdoc cref="Person(long, Func{Person, Problems, Task}, CancellationToken)"/>
    public Task<Outcome<Done>> Person(long personId, Action<Person, Problems> change, CancellationToken ct) =>
        Person(personId, (person, problems) =>
        {
            change(person, problems);
            return Task.CompletedTask;
        }, ct);

    /// <summary>Says that who may act for the person, and who they are to them, is as it was.</summary>
    public async Task Told(long personId, bool changed, CancellationToken ct)
    {
        if (changed)
            await events.Publish(new PersonChanged(personId, ["authorisation", "relationship"]), ct, new RecordRef("person", personId));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>It never was: the row goes, and stays in the history.</summary>
    public async Task<IReadOnlyList<Problem>> Relationship(long personId, long? id, CancellationToken ct)
    {
        if (id is null || await db.Set<Relationship>().SingleOrDefaultAsync(r => r.Id == id, ct) is not { } relationship)
            return [];
        if (relationship.ToOn is not null)
            return [FlowDesk.Contradicted("The relationship was ended since: look at it first.")];
        await records.Beside(relationship.RelatedPersonId, ct);
        db.Remove(relationship);
        await events.Publish(new PersonChanged(personId, ["relationship"]), ct, new RecordRef("person", personId));
        await db.SaveChangesAsync(ct);
        return [];
    }

    /// <summary>Who may act, and in what, as it was just given; for readers with other rights than now.</summary>
    public async Task<(string Name, string Scopes)> NameOf(long authorisation, CancellationToken ct)
    {
        var given = await db.Set<Authorisation>().AsNoTracking().SingleAsync(a => a.Id == authorisation, ct);
        return (await given.WhoMayAct(db, ct), given.Scopes);
    }

    /// <summary>Names of others as words about the customer tell them: to readers with other rights than now, so of restricted people none.</summary>
    public Task<Dictionary<long, string>> Names(IReadOnlyCollection<long> people, CancellationToken ct) =>
        db.Set<Person>().Where(p => people.Contains(p.Id)).Select(p => new { p.Id, Name = p.Restriction == PersonRestriction.None ? p.DisplayName : Masks.Closed }).ToDictionaryAsync(p => p.Id, p => p.Name, ct);

    /// <summary>What an authorisation says now, for <see cref="Authorisation"/>.</summary>
    public async Task<Said> Says(long authorisation, CancellationToken ct) => Said.Of(await db.Set<Authorisation>().AsNoTracking().SingleAsync(a => a.Id == authorisation, ct));

    /// <summary>Revoked; one that was revoked since is over already.</summary>
    /// <param name="said">As it was given; whose it is may have changed with a merge.</param>
    public async Task<IReadOnlyList<Problem>> Authorisation(long? id, Said? said, CancellationToken ct)
    {
        if (id is null || await db.Set<Authorisation>().AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, ct) is not { RevokedAt: null } authorisation)
            return [];
        if (Said.Of(authorisation) != said)
            return [FlowDesk.Contradicted($"What {authorisation.Name} may do was changed since: look at it first.")];
        return (await revoke.Handle(new(authorisation.PersonId, authorisation.Id, authorisation.Version, Because), ct)).Problems;
    }

    internal sealed record Said(string Scopes, long? AccountId, DateOnly ToOn, string? Comment)
    {
        public static Said Of(Authorisation given) => new(given.Scopes, given.AccountId, given.ToOn, given.Comment);
    }
}

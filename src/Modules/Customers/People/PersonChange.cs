using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Finding;
using Tieline.Customers.Merging;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

/// <summary>What the changes of one person have in common: the right, the version that was seen, the search rows, one save.</summary>
internal sealed class PersonChange(AppDb db, CurrentActor actor, CustomerIndex index, IEvents events, RecordsInSight records)
{
    public void Require() => actor.Require(CustomersPermissions.Change);

    /// <summary>With names, phones, e-mails, addresses and identifiers.</summary>
    public Task<Person?> Find(long id, CancellationToken ct) =>
        db.Set<Person>().AsSplitQuery().Where(p => p.Id == id)
            .Include(p => p.Names).Include(p => p.Phones).Include(p => p.Emails).Include(p => p.Addresses).Include(p => p.Identifiers)
            .SingleOrDefaultAsync(ct);

    /// <param name="change">Checks first, and changes only when nothing is broken.</param>
    /// <param name="scope">What somebody who calls for the customer must have leave to do.</param>
    public async Task<Outcome<Done>> Run(
        long personId, int version, Func<Person, Problems, Task> change, CancellationToken ct, AuthorisationScope scope = AuthorisationScope.Changes)
    {
        Require();
        if (await Find(personId, ct) is not { } person)
            return Problem.NotFound("The person");
        if (await db.MergedAway(person, ct) is { } merged)
            return merged;
        if (await records.Seen(personId, scope, ct) is { } unseen)
            return unseen;
        var problems = new Problems();
        await change(person, problems);
        if (problems.Any)
            return problems;
        db.Expect(person, version);
        index.PersonChanges(personId);
        if (Changed() is { Count: > 0 } parts)
            await events.Publish(new PersonChanged(personId, parts), ct, person.AuditSubject);
        await db.SaveChangesAsync(ct);
        return Done.It;
    }

    private List<string> Changed() =>
        [.. db.ChangeTracker.Entries<IAudited>().Where(e => e.State is EntityState.Added or EntityState.Deleted || e.Properties.Any(p => p.IsModified && !p.Metadata.IsConcurrencyToken))
            .Select(e => e.Metadata.GetTableName()!).Where(t => t.StartsWith("person", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];

    public Task<Outcome<Done>> Run(
        long personId, int version, Action<Person, Problems> change, CancellationToken ct, AuthorisationScope scope = AuthorisationScope.Changes) =>
        Run(personId, version, (person, problems) =>
        {
            change(person, problems);
            return Task.CompletedTask;
        }, ct, scope);
}

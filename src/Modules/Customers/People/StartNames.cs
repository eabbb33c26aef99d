using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Finding;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Events;

namespace Tieline.Customers.People;

/// <summary>NAME-START: names whose day has come are the main names from now on.</summary>
internal sealed class StartNames(AppDb db, CustomerIndex index, ITimeline timeline, IEvents events) : IBatchProcess
{
    public const string BatchCode = "NAME-START";
    private const int ChunkSize = 200;

    public string Code => BatchCode;

    public string Description => "New names that take effect today";

    // As soon as the day has begun: whoever calls in the morning is called so.
    public string? Cron => "0 5 0 * * ?";

    public string? Check(BatchInput input) => input.Parameters.Count > 0 ? $"{Code} has no parameters." : null;

    public async Task<BatchChunk> RunChunk(BatchInput input, long position, CancellationToken ct)
    {
        var due = await Due(input.BusinessOn).Where(n => n.PersonId > position).OrderBy(n => n.PersonId).Select(n => n.PersonId).Take(ChunkSize).ToListAsync(ct);
        if (due.Count == 0)
            return new BatchChunk(position, 0, 0, Last: true);
        await db.Hold("person", due, ct);
        // Withdrawn or merged while we waited: that is not theirs any more.
        var people = await db.Set<Person>().Include(p => p.Names)
            .Where(p => due.Contains(p.Id) && p.MergedIntoId == null && Due(input.BusinessOn).Any(n => n.PersonId == p.Id)).ToListAsync(ct);
        foreach (var person in people)
        {
            await Start(person, timeline, events, db.Now, ct);
            await events.Publish(new PersonChanged(person.Id, ["person", "person_name"]), ct, person.AuditSubject);
            index.PersonChanges(person.Id);
        }
        return new BatchChunk(due[^1], people.Count, due.Count - people.Count, Last: due.Count < ChunkSize);
    }

    internal static async Task Start(Person person, ITimeline timeline, IEvents events, DateTime at, CancellationToken ct)
    {
        var before = person.DisplayName;
        person.TakeComingName();
        timeline.Tell(person.AuditSubject, "person", at, "Name changed", $"{before} is now {person.DisplayName}", false, person.Id, null, null);
        await events.Publish(new PersonRenamed(person.Id, before, person.DisplayName), ct, person.AuditSubject);
    }

    // Who was merged keeps a name that the survivor has too: it begins when they are oneself again.
    private IQueryable<PersonName> Due(DateOnly on) =>
        db.Set<PersonName>().Where(n => n.Kind == NameKind.Coming && n.FromOn <= on && db.Set<Person>().Any(p => p.Id == n.PersonId && p.MergedIntoId == null));
}

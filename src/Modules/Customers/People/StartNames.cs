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

    public string Code => BatchCode;

    public string Description => "New names that take effect today";

    // As soon as the day has begun: whoever calls in the morning is called so.
    public BatchUsual Usual => new("0 5 0 * * ?", Records: 200);

    public Task<IReadOnlyList<BatchPart>> Cut(BatchInput input, int parts, CancellationToken ct) => db.CutKeys(People(input, new(0)), parts, ct);

    public Task<BatchRecord?> First(BatchInput input, BatchSlice slice, CancellationToken ct) => People(input, slice).FirstRecord("person", ct);

    public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        var due = await People(input, slice).OrderBy(id => id).Take(slice.Records).ToListAsync(ct);
        if (due.Count == 0)
            return new BatchStep(slice.After, 0, 0, Last: true);
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
        return new BatchStep(due[^1], people.Count, due.Count - people.Count, Last: due.Count < slice.Records);
    }

    internal static async Task Start(Person person, ITimeline timeline, IEvents events, DateTime at, CancellationToken ct)
    {
        var before = person.DisplayName;
        person.TakeComingName();
        timeline.Tell(person.AuditSubject, "person", at, "Name changed", $"{before} is now {person.DisplayName}", false, person.Id, null, null);
        await events.Publish(new PersonRenamed(person.Id, before, person.DisplayName), ct, person.AuditSubject);
    }

    private IQueryable<long> People(BatchInput input, BatchSlice slice) =>
        Due(input.BusinessOn).Where(n => n.PersonId > slice.After && n.PersonId <= slice.UpTo).Select(n => n.PersonId).Distinct();

    // Who was merged keeps a name that the survivor has too: it begins when they are oneself again.
    private IQueryable<PersonName> Due(DateOnly on) =>
        db.Set<PersonName>().Where(n => n.Kind == NameKind.Coming && n.FromOn <= on && db.Set<Person>().Any(p => p.Id == n.PersonId && p.MergedIntoId == null));
}

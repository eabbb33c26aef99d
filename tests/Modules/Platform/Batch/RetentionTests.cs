using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Platform.Jobs;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Batch;

public class RetentionTests
{
    [Theory, BothDatabases]
    public async Task Each_kind_goes_after_its_days_and_nothing_else(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.Enqueue(2, "test.nobody");
        await house.RunJobs();
        DateTime now;
        await using (var scope = house.As(Actor.Process("test")))
        {
            var db = scope.Db;
            now = db.Now;
            (long Days, bool Stays)[] ages = [(8, false), (6, true)];
            foreach (var (days, stays) in ages)
                db.Add(new Job { Id = db.NextId(), Kind = $"test.{(stays ? "kept" : "old")}", Payload = "1", State = JobState.Done, RunAt = now, EnqueuedBy = "x", CreatedAt = now.AddDays(-days), FinishedAt = now.AddDays(-days) });
            db.Add(new Job { Id = db.NextId(), Kind = "test.waiting", Payload = "1", RunAt = now.AddYears(1), EnqueuedBy = "x", CreatedAt = now.AddYears(-1) });
            foreach (var days in new[] { 91, 89 })
                db.Add(new Event { Id = db.NextId(), Name = $"test.{days}", Version = 1, OccurredAt = now.AddDays(-days), Actor = db.Actor.Ref, Subjects = "", Body = "{}" });
            foreach (var days in new[] { 8, 6 })
                db.Add(new Idempotency { Actor = "a", Route = "r", Key = $"{days}", BodyHash = "", Response = "", CreatedAt = now.AddDays(-days) });
            foreach (var days in new[] { 731, 729 })
                db.Add(new Look { Id = db.NextId(), At = now.AddDays(-days), Actor = db.Actor.Ref, Source = "test", Subject = new RecordRef("person", days) });
            foreach (var days in new[] { 3654, 3652 })
                db.Add(new AuditEntry { Id = db.NextId(), At = now.AddDays(-days), Actor = db.Actor.Ref, Source = "test", Action = $"{days}", Subject = new RecordRef("test", days) });
            await db.SaveChangesAsync();
        }
        await using var batch = house.As(Roles.Operator);
        var id = (await batch.Get<SubmitBatch>().Handle(new("retention", null, null), CancellationToken.None)).Value.Id;
        await house.RunJobs();

        Assert.Equal(("Completed", 5L), (await batch.Get<GetBatchRun>().Handle(new(id), CancellationToken.None)).Value is var run ? (run.State, run.Done) : default);
        await using var check = house.As(Roles.Operator);
        Assert.Equal(["test.kept", "test.nobody", "test.nobody", "test.waiting"], (await house.Jobs()).Select(j => j.Kind).Order(StringComparer.Ordinal));
        Assert.Equal(["test.89"], await check.Db.Set<Event>().Where(e => e.Name.StartsWith("test")).Select(e => e.Name).ToListAsync());
        Assert.Equal(["6"], await check.Db.Set<Idempotency>().Select(i => i.Key).ToListAsync());
        Assert.Equal([729], await check.Db.Set<Look>().Select(l => l.Subject).ToListAsync() is var looks ? looks.Select(l => l.Id) : []);
        Assert.Equal(["3652"], await check.Db.Set<AuditEntry>().Where(a => a.Source == "test" && a.Action.StartsWith("3")).Select(a => a.Action).ToListAsync());
    }

    [Theory, BothDatabases]
    public async Task A_batch_says_what_it_does_not_know(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.Operator);
        async Task<string> Rule(SubmitBatch.Input input) => (await scope.Get<SubmitBatch>().Handle(input, CancellationToken.None)).Problems.Single().Rule;

        Assert.Equal("batch.unknown", await Rule(new("NOPE", null, null)));
        Assert.Equal("batch.parameters", await Rule(new("RETENTION", null, new Dictionary<string, string> { ["x"] = "1" })));
        Assert.Equal("batch.parameters", await Rule(new("TD-CCCB", null, new Dictionary<string, string> { ["lead-days"] = "soon" })));
        Assert.Equal("batch.business_date", await Rule(new("TD-CCCB", new DateOnly(1999, 1, 1), null)));
        Assert.Equal(["DUP-FIND", "NAME-START", "REF-CHECK", "RETENTION", "SA-ACT", "SEARCH-CHECK", "TD-AGE", "TD-CCCB", "TD-ESC", "TD-LAPSE", "TD-REVIEW"], (await scope.Get<ListControls>().Handle(new(), CancellationToken.None)).Value.Select(b => b.Code));
        await using var csr = house.As(Roles.Csr);
        await Assert.ThrowsAsync<ForbiddenException>(() => csr.Get<SubmitBatch>().Handle(new("TD-CCCB", null, null), CancellationToken.None));
    }
}

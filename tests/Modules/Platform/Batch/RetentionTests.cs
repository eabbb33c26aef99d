using System.Text.Json;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Platform.WebHooks;
using Tieline.Tests.Modules.Platform.Jobs;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Batch;

public class RetentionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>By table: a row that counts from an instant.</summary>
    private static readonly Dictionary<string, Func<AppDb, Parents, DateTime, object>> Rows = new(StringComparer.Ordinal)
    {
        ["job"] = (db, _, at) => new Job { Id = db.NextId(), Kind = "test.done", Payload = "1", State = JobState.Done, RunAt = at, EnqueuedBy = "x", CreatedAt = at, FinishedAt = at },
        ["event"] = (db, _, at) => Told(db, "test.told", at),
        ["idempotency"] = (_, _, at) => new Idempotency { Actor = "a", Route = "r", Key = $"{at:O}", BodyHash = "", Response = "", CreatedAt = at },
        ["look"] = (db, _, at) => new Look { Id = db.NextId(), At = at, Actor = db.Actor.Ref, Source = "test", Subject = new RecordRef("person", 1) },
        ["audit_entry"] = (db, _, at) => new AuditEntry { Id = db.NextId(), At = at, Actor = db.Actor.Ref, Source = "test", Action = "changed", Subject = new RecordRef("test", 1) },
        ["job_node"] = (_, _, at) => new JobNode { Name = $"node {at:O}", StartedAt = at, SeenAt = at, Slots = 1 },
        ["batch_pace"] = (db, of, at) => new BatchPace { Id = db.NextId(), RunId = of.Run, At = at, Records = 1 },
        ["batch_fire"] = (db, of, at) => new BatchFire { Id = db.NextId(), ScheduleId = of.Schedule, FireAt = at, At = at, Outcome = FireOutcome.Skipped },
        ["web_hook_delivery"] = (db, of, at) => Sent(db, of, at, DeliveryState.Delivered),
    };

    private sealed record Parents(long Run, long Schedule, long Hook);

    private static Event Told(AppDb db, string name, DateTime at) => new() { Id = db.NextId(), Name = name, Version = 1, OccurredAt = at, Actor = db.Actor.Ref, Subjects = "", Body = "{}" };

    private static WebHookDelivery Sent(AppDb db, Parents of, DateTime at, DeliveryState state) =>
        new() { Id = db.NextId(), HookId = of.Hook, EventName = "test.told", Body = "{}", CreatedAt = at, State = state };

    private static async Task<BatchRunLine> Run(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        var id = (await scope.Get<SubmitBatch>().Handle(new("retention", null, null), Ct)).Value.Id;
        await house.RunJobs();
        return (await scope.Get<GetBatchRun>().Handle(new(id), Ct)).Value;
    }

    [Theory, BothDatabases]
    public async Task Of_each_table_goes_what_is_older_than_its_days_and_nothing_else(TestDatabase on)
    {
        Assert.Equal(Retention.Tables.Select(t => t.Table).Order(StringComparer.Ordinal), Rows.Keys.Order(StringComparer.Ordinal));
        await using var house = await TestHouse.Open(on);
        await house.Enqueue(2, "test.nobody");
        await house.RunJobs();
        var first = await Run(house);
        DateTime now;
        await using (var scope = house.As(Actor.Process("test")))
        {
            var db = scope.Db;
            now = db.Now;
            var hook = new WebHook { Id = db.NextId(), Name = "test", Url = "https://example.com", Events = "test.told", Secret = [], CreatedBy = db.Actor.Ref, CreatedAt = now.AddYears(-30) };
            db.Add(hook);
            var of = new Parents(first.Id, await db.Set<BatchSchedule>().Select(s => s.Id).FirstAsync(Ct), hook.Id);
            foreach (var table in Retention.Tables)
            {
                foreach (var days in new[] { table.Days.Default + 1, table.Days.Default - 1 })
                    db.Add(Rows[table.Table](db, of, now.AddDays(-days)));
            }
            db.Add(new Job { Id = db.NextId(), Kind = "test.waiting", Payload = "1", RunAt = now.AddYears(1), EnqueuedBy = "x", CreatedAt = now.AddYears(-30) });
            db.AddRange(Sent(db, of, now.AddYears(-29), DeliveryState.Held), Sent(db, of, now.AddYears(-29), DeliveryState.Waiting));
            await db.SaveChangesAsync(Ct);
        }
        var run = await Run(house);
        Assert.Equal(("Completed", (long)Rows.Count), (run.State, run.Done));
        await using var check = house.As(Roles.Operator);
        foreach (var table in Retention.Tables)
        {
            async Task<long> Aged(int days) => await (await check.Connection()).ExecuteScalarAsync<long>(
                $"select count(*) from {table.Table} where {table.Since} > @from and {table.Since} < @to", new { from = now.AddDays(-days).AddMinutes(-1), to = now.AddDays(-days).AddMinutes(1) });
            Assert.Equal((table.Table, 0L, 1L), (table.Table, await Aged(table.Days.Default + 1), await Aged(table.Days.Default - 1)));
        }
        Assert.Equal(["test.done", "test.nobody", "test.nobody", "test.waiting"], (await house.Jobs()).Select(j => j.Kind).Order(StringComparer.Ordinal));
        Assert.Equal([DeliveryState.Waiting, DeliveryState.Held], (await check.Db.Set<WebHookDelivery>().Where(d => d.CreatedAt < now.AddYears(-28)).Select(d => d.State).ToListAsync(Ct)).Order());
    }

    [Theory, BothDatabases]
    public async Task An_event_stays_as_long_as_a_job_is_still_to_hear_of_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Actor.Process("test")))
        {
            var (db, now) = (scope.Db, scope.Db.Now);
            foreach (var state in Enum.GetValues<JobState>())
            {
                var told = Told(db, $"test.{state}", now.AddDays(-91));
                db.Add(told);
                db.Add(new Job
                {
                    Id = db.NextId(), Kind = "event:test.nobody", Payload = JsonSerializer.Serialize(new EventDelivery(told.Id), JobRegistration.Json), State = state, RunAt = now.AddYears(1), EnqueuedBy = "x",
                    CreatedAt = told.OccurredAt, LeaseUntil = state == JobState.Running ? now.AddYears(1) : null, FinishedAt = state is JobState.Done or JobState.Dead ? now : null,
                });
            }
            db.Add(Told(db, "test.heard", now.AddDays(-91)));
            await db.SaveChangesAsync(Ct);
        }
        async Task<IReadOnlyList<string>> Left()
        {
            await using var scope = house.As(Actor.Process("test"));
            return await scope.Db.Set<Event>().Where(e => e.Name.StartsWith("test.")).OrderBy(e => e.Name).Select(e => e.Name).ToListAsync(Ct);
        }
        await Run(house);
        Assert.Equal(["test.Dead", "test.Running", "test.Waiting"], await Left());

        // Once somebody has given the dead one up, nobody waits for its event any more.
        await using (var scope = house.As(Roles.TechnicalAdministrator))
            Assert.Equal(1, (await scope.Get<DropJobs>().Handle(new("event:test.nobody", "Done by hand"), Ct)).Value.Jobs);
        await Run(house);
        Assert.Equal(["test.Running", "test.Waiting"], await Left());
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

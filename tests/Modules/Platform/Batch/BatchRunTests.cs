using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;
using static Tieline.Tests.Modules.Platform.Batch.BatchHouse;

namespace Tieline.Tests.Modules.Platform.Batch;

public class BatchRunTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task A_run_that_was_missed_over_the_weekend_is_about_the_day_it_comes(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Actor.Process("test"));
        var schedule = await scope.Db.Set<BatchSchedule>().AsNoTracking().SingleAsync(s => s.Code == "TD-CCCB", Ct);
        house.Clock.Set(schedule.NextAt!.Value.AddDays(2).AddHours(9));
        await scope.Get<FireSchedule>().Run(new(schedule.Id, schedule.NextAt.Value), new JobRun(1, FireSchedule.Kind, 1, scope.Db.Now), Ct);
        Assert.Equal(await scope.Get<IUtilityClock>().Today(Ct), (await scope.Db.Set<BatchRun>().SingleAsync(Ct)).BusinessOn);
        Assert.Equal((FireOutcome.Submitted, "2 days late."), await scope.Db.Set<BatchFire>().SingleAsync(Ct) is var fire ? (fire.Outcome, fire.Words) : default);
    }

    [Theory, BothDatabases]
    public async Task Threads_share_the_chunks_and_do_every_record_once(TestDatabase on)
    {
        var counting = new Counting { Last = 137 };
        await using var house = await Counting.Open(on, counting);
        var run = await Submit(house, new("count", null, null, Threads: 3, Records: 4));
        Assert.Equal(("Pending", 3, 4), (run.State, run.Threads, run.Records));
        await house.RunJobs();

        var over = await Run(house, run.Id);
        Assert.Equal(("Completed", 137L, 137L, 0L, 0L, true, true), (over.State, over.Selected, over.Done, over.Skipped, over.Errors, over.IsOver, over.PerSecond > 0));
        Assert.Equal(Numbers(1, 137), await Counting.Counted(house));
        await using var scope = house.As(Roles.Supervisor);
        var chunks = (await scope.Get<ListBatchChunks>().Handle(new(run.Id), Ct)).Value.Items;
        Assert.Equal((12, true, 137L), (chunks.Count, chunks.All(c => c is { State: "Done", Attempts: 1, Node: not null }), chunks.Sum(c => c.Done)));
        Assert.Equal(137, (int)Math.Round((await scope.Get<LookAtPace>().Handle(new(run.Id), Ct)).Value.Sum(p => p.PerSecond)));
        var told = Assert.Single(await Told<BatchRunEnded>(house));
        Assert.Equal((run.Id, "Completed", 137L), (told.RunId, told.State, told.Done));
    }

    [Theory, BothDatabases]
    public async Task A_database_that_does_not_come_back_fails_the_run_in_the_end_and_the_same_run_completes_later(TestDatabase on)
    {
        var counting = new Counting { Broken = on == TestDatabase.Sqlite ? new SqliteException("database is locked", 5) : new NpgsqlException("Connection refused", new System.IO.IOException()) };
        await using var house = await Counting.Open(on, counting);
        var day = new DateOnly(2026, 11, 23);
        var run = await Submit(house, new("COUNT", day, null));
        for (var tries = 1; tries <= 8; tries++)
        {
            Assert.NotEqual("Failed", (await Run(house, run.Id)).State);
            await house.RunJobs();
            house.Clock.Advance(TimeSpan.FromHours(6));
        }
        var failed = await Run(house, run.Id);
        Assert.Equal("Failed", failed.State);
        Assert.StartsWith("The database could not be reached, or was too busy: ", failed.Message, StringComparison.Ordinal);
        counting.Broken = null;
        Assert.Equal(run.Id, (await Submit(house, new("COUNT", day, null))).Id);
        await house.RunJobs();
        Assert.Equal(("Completed", 100L), await Run(house, run.Id) is var over ? (over.State, over.Done) : default);
    }

    [Theory, BothDatabases]
    public async Task A_run_is_cancelled_at_its_next_commit_and_goes_on_where_it_stood(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting);
        var run = await Submit(house, new("COUNT", null, null));
        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<CancelRun>().Handle(new(run.Id), Ct)).Ok);
        await house.RunJobs();
        Assert.Equal(("Cancelled", 0L), (await Run(house, run.Id)) is var before ? (before.State, before.Done) : default);

        Assert.Equal(run.Id, (await Submit(house, new("COUNT", null, null))).Id);
        var (slices, cancelling) = (0, Task.CompletedTask);
        counting.Meanwhile = async _ =>
        {
            // Not in the slice's own transaction; where there is one writer, before it waits for its turn.
            if (++slices == 4)
                await Cancel();
        };
        Task Cancel()
        {
            counting.Meanwhile = null;
            // Where there is one writer it goes as far as the writer's turn, which the slice has; the thread asks for its next one only after it.
            cancelling = CancelBeside();
            return on == TestDatabase.Sqlite ? Task.CompletedTask : cancelling;
        }

        async Task CancelBeside()
        {
            await using var scope = house.As(Roles.Operator);
            Assert.True((await scope.Get<CancelRun>().Handle(new(run.Id), Ct)).Ok);
        }

        await house.RunJobs();
        await cancelling;
        var cancelled = await Run(house, run.Id);
        Assert.Equal(("Cancelled", true), (cancelled.State, cancelled.Done is >= 40 and < 100));
        Assert.Equal(cancelled.Done, (await Counting.Counted(house)).Count);

        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<ResumeRun>().Handle(new(run.Id), Ct)).Ok);
        await house.RunJobs();
        Assert.Equal(("Completed", 100L), (await Run(house, run.Id)) is var over ? (over.State, over.Done) : default);
        Assert.Equal(Numbers(1, 100), await Counting.Counted(house));
        await using var late = house.As(Roles.Operator);
        Assert.Equal("batch.over", (await late.Get<CancelRun>().Handle(new(run.Id), Ct)).Problems.Single().Rule);
        Assert.Equal("batch.cannot_resume", (await late.Get<ResumeRun>().Handle(new(run.Id), Ct)).Problems.Single().Rule);
        await using var supervisor = house.As(Roles.Supervisor);
        await Assert.ThrowsAsync<ForbiddenException>(() => supervisor.Get<CancelRun>().Handle(new(run.Id), Ct));
    }

    [Theory, BothDatabases]
    public async Task Runs_of_one_control_do_not_overlap_unless_it_says_so(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var going = await Submit(house, new("COUNT", null, null));
        await using var scope = house.As(Roles.Operator);
        var refused = await scope.Get<SubmitBatch>().Handle(new("COUNT", scope.Db.Now is var now ? DateOnly.FromDateTime(now.AddDays(1)) : null, null), Ct);
        Assert.Equal("batch.overlap", refused.Problems.Single().Rule);
        Assert.Contains($"COUNT run {going.Number}", refused.Problems.Single().Message, StringComparison.Ordinal);

        var control = (await scope.Get<GetControl>().Handle(new("COUNT"), Ct)).Value;
        Assert.True((await scope.Get<ChangeControl>().Handle(new("COUNT", control.Version, "Counts", MayOverlap: true), Ct)).Ok);
        Assert.True((await scope.Get<SubmitBatch>().Handle(new("COUNT", null, new Dictionary<string, string> { ["upto"] = "3" }), Ct)).Ok);
        // Two who submit the same at once are one after the other.
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            await using var own = house.As(Roles.Operator);
            return await own.Get<SubmitBatch>().Handle(new("BEHIND", null, null), Ct);
        }));
        Assert.Equal((1, 1), (both.Count(b => b.Ok), both.Count(b => !b.Ok && b.Problems[0].Rule == "batch.overlap")));
    }

    [Theory, BothDatabases]
    public async Task What_ends_its_node_before_it_has_begun_fails_in_the_end(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var run = await Submit(house, new("COUNT", null, null));
        for (var lost = 1; lost <= 8; lost++)
        {
            Assert.Equal("Pending", (await Run(house, run.Id)).State);
            await using var scope = house.As(Actor.Process("test"));
            var job = await scope.Db.Set<Job>().AsNoTracking().SingleAsync(j => j.Kind == RunBatch.Kind && j.State == JobState.Waiting, Ct);
            await scope.Db.Set<Job>().Where(j => j.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(j => j.State, JobState.Done), Ct);
            var payload = System.Text.Json.JsonSerializer.Deserialize<RunBatch.Payload>(job.Payload, JobRegistration.Json)!;
            await scope.Get<RunBatch>().Run(payload, new JobRun(job.Id, job.Kind, 2, job.CreatedAt, "next"), Ct);
        }
        Assert.Equal(("Failed", "8 times the node that was to begin it was lost. Its log may say why."), await Run(house, run.Id) is var over ? (over.State, over.Message) : default);
        Assert.Equal(run.Id, (await Submit(house, new("COUNT", null, null))).Id);
        await house.RunJobs();
        Assert.Equal("Completed", (await Run(house, run.Id)).State);
    }

    [Theory, BothDatabases]
    public async Task What_fails_for_any_reason_is_tried_again_and_then_in_front_of_the_operators(TestDatabase on)
    {
        var counting = new Counting { Broken = new ArithmeticException("not yet") };
        await using var house = await Counting.Open(on, counting);
        var run = await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        Assert.Equal("Running", (await Run(house, run.Id)).State);
        await Fail(house);
        Assert.Equal(("Failed", "not yet"), (await Run(house, run.Id)) is var failed ? (failed.State, failed.Message) : default);
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            Assert.Equal($"COUNT run {run.Number} failed: not yet", Assert.Single(await scope.Db.Set<ToDo>().ToListAsync(Ct)).Subject);
            Assert.Empty((await scope.Get<ListDeadJobs>().Handle(new(), Ct)).Value.Items);
        }
        counting.Broken = null;
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        Assert.Equal("Completed", (await Run(house, run.Id)).State);
        await using var check = house.As(Roles.TechnicalAdministrator);
        Assert.Equal((ToDoState.Complete, "It goes on."), Assert.Single(await check.Db.Set<ToDo>().ToListAsync(Ct)) is var done ? (done.State, done.Resolution) : default);

        // What says itself that no retry helps is believed.
        counting.Broken = new PoisonedJobException("never");
        var next = await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        Assert.Equal(("Failed", "never"), (await Run(house, next.Id)) is var hopeless ? (hopeless.State, hopeless.Message) : default);

        // The run of the next day does what was left: nobody needs to look at the failed one any more.
        counting.Broken = null;
        await Submit(house, new("COUNT", next.BusinessOn.AddDays(1), null));
        await house.RunJobs();
        await using var mended = house.As(Roles.TechnicalAdministrator);
        Assert.All(await mended.Db.Set<ToDo>().ToListAsync(Ct), t => Assert.Equal(ToDoState.Complete, t.State));
        Assert.Equal(2, await mended.Db.Set<ToDo>().CountAsync(Ct));
    }

    [Theory, BothDatabases]
    public async Task A_failed_run_is_given_up_for_a_reason_and_waits_for_nobody_any_more(TestDatabase on)
    {
        var counting = new Counting { Broken = new PoisonedJobException("There is no such file") };
        await using var house = await Counting.Open(on, counting);
        var wrong = await Submit(house, new("COUNT", null, new Dictionary<string, string> { ["upto"] = "7" }));
        await house.RunJobs();
        var right = await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        async Task<(int Failing, int Called, int Open)> Before()
        {
            await using var scope = house.As(Roles.Operator);
            return ((await scope.Get<LookAtNight>().Handle(new(scope.Db.Now), Ct)).Value.Failed.Count, await scope.Db.Database.SqlQuery<int>($"select count(*) as \"Value\" from notice where settled_at is null").SingleAsync(Ct),
                await scope.Db.Set<ToDo>().CountAsync(t => t.State == ToDoState.Open, Ct));
        }

        Assert.Equal((2, 2, 2), await Before());
        // What another run with other parameters did is not the work of this one.
        counting.Broken = null;
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        Assert.Equal("Completed", (await Run(house, right.Id)).State);
        Assert.Equal((1, 1, 1), await Before());
        await using (var scope = house.As(Roles.Operator))
        {
            var give = scope.Get<CancelRun>();
            Assert.Equal(("batch.give_up_reason", "Reason"), (await give.Handle(new(wrong.Id, " "), Ct)).Problems.Single() is var problem ? (problem.Rule, problem.Field) : default);
            Assert.True((await give.Handle(new(wrong.Id, "Wrong parameters"), Ct)).Ok);
            Assert.True((await give.Handle(new(wrong.Id, "Twice"), Ct)).Ok);
        }
        await house.RunJobs();
        Assert.Equal((0, 0, 0), await Before());
        var given = await Run(house, wrong.Id);
        Assert.Equal(("Cancelled", true), (given.State, given.Message!.EndsWith(": Wrong parameters", StringComparison.Ordinal)));
        // Who thinks better of it goes on with it.
        Assert.Equal(wrong.Id, (await Submit(house, new("COUNT", null, new Dictionary<string, string> { ["upto"] = "7" }))).Id);
        await house.RunJobs();
        Assert.Equal(("Completed", 7L), (await Run(house, wrong.Id)) is var over ? (over.State, over.Done) : default);
    }

    [Theory, BothDatabases]
    public async Task A_thread_whose_node_is_gone_is_taken_over_however_often(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting);
        var run = await Submit(house, new("COUNT", null, null, Records: 5));
        for (var lost = 0; lost < 12; lost++)
        {
            await using var scope = house.As(Actor.Process("test"));
            var job = await scope.Db.Set<Job>().AsNoTracking().SingleAsync(j => j.Kind == RunBatch.Kind && j.State == JobState.Waiting, Ct);
            // Somewhere in the middle the node dies: the slice is not committed.
            using var dies = new CancellationTokenSource();
            var slices = 0;
            counting.Meanwhile = async _ =>
            {
                if (++slices == 2)
                    await dies.CancelAsync();
                dies.Token.ThrowIfCancellationRequested();
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scope.Get<RunBatch>().Run(new(run.Id), new JobRun(job.Id, job.Kind, 1, job.CreatedAt, "first"), dies.Token));
            counting.Meanwhile = null;
            await using var second = house.As(Actor.Process("test"));
            if (lost == 9)
                break;
            // Another node has the same job, on its second attempt.
            await second.Get<RunBatch>().Run(new(run.Id), new JobRun(job.Id, job.Kind, 2, job.CreatedAt, "second"), Ct);
            await second.Db.Set<Job>().Where(j => j.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(j => j.State, JobState.Done), Ct);
        }
        await house.RunJobs();
        Assert.Equal(("Completed", 100L), (await Run(house, run.Id)) is var over ? (over.State, over.Done) : default);
        Assert.Equal(Numbers(1, 100), await Counting.Counted(house));
    }

    [Theory, BothDatabases]
    public async Task A_run_never_has_more_threads_than_it_may_however_many_jobs_there_are(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting, services => services.AddSingleton(new JobOptions(Slots: 8)));
        var run = await Submit(house, new("COUNT", null, null, Threads: 2, Records: 5));
        await using (var scope = house.As(Actor.Process("test")))
        {
            // As are left by threads that wait to try again while the run is cancelled and resumed.
            for (var i = 0; i < 6; i++)
                await scope.Get<IJobs>().Enqueue(RunBatch.Kind, new RunBatch.Payload(run.Id), Ct);
            await scope.Db.SaveChangesAsync(Ct);
        }
        var atWork = new System.Collections.Concurrent.ConcurrentBag<int>();
        counting.Meanwhile = async _ =>
        {
            await using var scope = house.As(Actor.Process("test"));
            atWork.Add(await scope.Db.Set<BatchChunk>().CountAsync(c => c.State == ChunkState.Running, Ct));
        };
        await house.RunJobs();

        Assert.InRange(atWork.Max(), 1, 2);
        Assert.Equal(("Completed", 100L), (await Run(house, run.Id)) is var over ? (over.State, over.Done) : default);
        Assert.Equal(Numbers(1, 100), await Counting.Counted(house));
    }

    [Theory, BothDatabases]
    public async Task What_is_typed_wrong_is_told_where_it_is_typed(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        await using var scope = house.As(Roles.Operator);
        async Task<(string?, string)> Refused(SubmitBatch.Input input) => (await scope.Get<SubmitBatch>().Handle(input, Ct)).Problems.Single() is var p ? (p.Field, p.Message) : default;
        Task<(string?, string)> Parameter(string name, string value) => Refused(new("COUNT", null, new Dictionary<string, string> { [name] = value }));

        Assert.Equal(("Parameters[upto]", "upto must be a number from 1 to 1000, not '1001'."), await Parameter("upto", "1001"));
        Assert.Equal(("Parameters[upto]", "upto must be a number from 1 to 1000, not 'ten'."), await Parameter("upto", "ten"));
        Assert.Equal(("Parameters[from]", "from must be a day such as 2026-03-10, not '2026-02-30'."), await Parameter("from", "2026-02-30"));
        Assert.Equal(("Parameters[how]", "how must be one of fast, slow, not 'now'."), await Parameter("how", "now"));
        Assert.Equal(("Parameters", "COUNT has no parameter who; it has upto, from, how."), await Parameter("who", "1"));
        Assert.Equal("BusinessOn", (await Refused(new("COUNT", new DateOnly(2999, 1, 1), null))).Item1);
        var today = await scope.Get<IUtilityClock>().Today(Ct);
        foreach (var (far, days) in ((DateOnly, int)[])[(today.AddDays(365), 365), (today.AddDays(8), 8)])
            Assert.Equal(("Anyway", $"The business date {far:yyyy-MM-dd} is {days} days ahead: what is due by then is done now, and cannot be taken back. Confirm that it is meant."), await Refused(new("COUNT", far, null)));
        using (var desk = await house.SignedIn(Roles.Operator))
        using (var asked = await desk.Submit("/operations/runs/new?Code=COUNT", "form-submit-batch", ("Code", "COUNT"), ("BusinessOn", $"{today.AddDays(8):yyyy-MM-dd}")))
            Assert.Contains("name=\"Anyway\"", await asked.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal("Threads", (await Refused(new("COUNT", null, null, Threads: 65))).Item1);
        Assert.Equal("Records", (await Refused(new("COUNT", null, null, Records: 0))).Item1);
        Assert.Equal("MaxErrors", (await Refused(new("COUNT", null, null, MaxErrors: -1))).Item1);
        var control = (await scope.Get<GetControl>().Handle(new("COUNT"), Ct)).Value;
        Assert.Equal("Parameters[upto]", (await scope.Get<ChangeControl>().Handle(new("COUNT", control.Version, "Counts", new Dictionary<string, string> { ["upto"] = "x" }), Ct)).Problems.Single().Field);
        Assert.Equal("NotifyRole", (await scope.Get<ChangeControl>().Handle(new("COUNT", control.Version, "Counts", NotifyRole: "NOBODY"), Ct)).Problems.Single().Field);
        Assert.Equal("Code", (await scope.Get<AddControl>().Handle(new("COUNT", "COUNT", "Again"), Ct)).Problems.Single().Field);
        Assert.Equal("Process", (await scope.Get<AddControl>().Handle(new("COUNT2", "NOTHING", "Again"), Ct)).Problems.Single().Field);
        Assert.Equal(0, await scope.Db.Set<BatchRun>().CountAsync(Ct));

        // Another control of the same process has parameters of its own, and numbers of its own.
        Assert.True((await scope.Get<AddControl>().Handle(new("COUNT-FEW", "COUNT", "Counts few", new Dictionary<string, string> { ["upto"] = "3" }, NotifyRole: "operations"), Ct)).Ok);
        var few = await Submit(house, new("COUNT-FEW", null, null));
        await house.RunJobs();
        Assert.Equal((1, "Completed", 3L), (few.Number, (await Run(house, few.Id)).State, (await Run(house, few.Id)).Done));
        var off = (await scope.Get<GetControl>().Handle(new("count-few"), Ct)).Value;
        Assert.True((await scope.Get<ChangeControl>().Handle(new("COUNT-FEW", off.Version, "Counts few", Active: false), Ct)).Ok);
        Assert.Equal(("Code", "COUNT-FEW is switched off."), await Refused(new("COUNT-FEW", null, null)));
    }

    [Theory, BothDatabases]
    public async Task Filters_with_characters_that_no_text_has_find_nothing_and_do_not_fail(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var machine = await house.SignedInApi(Roles.TechnicalAdministrator);
        foreach (var path in (string[])["/api/v1/batch-runs?code=%00", "/api/v1/batch-runs?state=%00", "/api/v1/users?role=%00"])
        {
            using var answer = await machine.GetAsync(path, Ct);
            Assert.True((int)answer.StatusCode < 500, $"{path}: {answer.StatusCode}");
        }
        using var desk = await house.SignedInApi(Roles.Csr);
        using var people = await desk.GetAsync("/api/v1/people?source=a%00b&externalKey=%00", Ct);
        Assert.Equal(System.Net.HttpStatusCode.OK, people.StatusCode);
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;
using static Tieline.Tests.Modules.Platform.Batch.BatchHouse;

namespace Tieline.Tests.Modules.Platform.Batch;

/// <summary>Records that a run cannot do, or finds wrong: put aside, told of once, and resolved by the run that comes past them.</summary>
public class BatchErrorTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task A_record_that_cannot_be_done_does_not_hold_up_the_others_and_is_resolved_by_a_later_run(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting);
        counting.Poison.UnionWith([1, 37, 100]);
        var first = await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        var over = await Run(house, first.Id);
        Assert.Equal(("CompletedWithErrors", 97L, 3L), (over.State, over.Done, over.Errors));
        Assert.Equal(Numbers(1, 100).Except([1, 37, 100]), await Counting.Counted(house));
        await using (var scope = house.As(Roles.Operator))
        {
            var errors = (await scope.Get<ListBatchErrors>().Handle(new(first.Id), Ct)).Value.Items;
            Assert.Equal([(1L, "1 cannot be counted"), (37, "37 cannot be counted"), (100, "100 cannot be counted")], errors.OrderBy(e => e.RecordKey).Select(e => (e.About.Id, e.Message)));
            Assert.All(errors, e => Assert.Equal("open", e.State));
        }
        Assert.Equal(3, (await Told<BatchRecordFailed>(house)).Count);

        // Two are mended; the third fails again, which says that it did before.
        counting.Poison.ExceptWith([1, 100]);
        var second = await Submit(house, new("COUNT", null, null));
        Assert.Equal(first.Number + 1, second.Number);
        await house.RunJobs();
        var resolved = Assert.Single(await Told<BatchErrorsResolved>(house));
        Assert.Equal((second.Id, 2, 37L, 1), (await Told<BatchRecordFailed>(house))[^1] is var again ? (resolved.RunId, resolved.ErrorIds.Count, again.About.Id, again.Earlier!.Count) : default);

        counting.Poison.Clear();
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        await using var last = house.As(Roles.Operator);
        Assert.Empty((await last.Get<ListBatchErrors>().Handle(new(), Ct)).Value.Items);
        // Each of the two runs has its own; both are resolved now.
        Assert.Equal(2, (await Told<BatchErrorsResolved>(house))[^1].ErrorIds.Count);
    }

    [Theory, BothDatabases]
    public async Task Above_its_maximum_of_errors_a_run_fails_and_submitted_again_tries_them_again(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting);
        counting.Poison.UnionWith([5, 6, 7]);
        var run = await Submit(house, new("COUNT", null, null, MaxErrors: 2));
        await house.RunJobs();
        var failed = await Run(house, run.Id);
        Assert.Equal(("Failed", "More than 2 records could not be done (3). The last one: 7 cannot be counted"), (failed.State, failed.Message));
        Assert.Equal(Numbers(1, 4), await Counting.Counted(house));
        Assert.Equal("Failed", Assert.Single(await Told<BatchRunEnded>(house)).State);

        counting.Poison.ExceptWith([5, 6]);
        var again = await Submit(house, new("COUNT", null, null));
        Assert.Equal((run.Id, "Pending"), (again.Id, again.State));
        await house.RunJobs();
        var over = await Run(house, run.Id);
        Assert.Equal(("CompletedWithErrors", 99L, 1L, 100L, (string?)null), (over.State, over.Done, over.Errors, over.Selected, over.Message));
        Assert.Equal(Numbers(1, 100).Except([7]), await Counting.Counted(house));
        // The one that stays was told of, the other two are resolved, and the failed run is mended by itself.
        Assert.Equal((3, 2), ((await Told<BatchRecordFailed>(house)).Count, Assert.Single(await Told<BatchErrorsResolved>(house)).ErrorIds.Count));
        Assert.Equal((await Told<BatchRunEnded>(house))[0].FailureId, Assert.Single(await Told<BatchRunResumed>(house)).FailureId);
    }

    [Theory, BothDatabases]
    public async Task A_run_above_its_maximum_goes_on_when_it_may_bear_more(TestDatabase on)
    {
        var counting = new Counting();
        counting.Poison.UnionWith([5, 6, 7]);
        await using var house = await Counting.Open(on, counting);
        var run = await Submit(house, new("COUNT", null, null, MaxErrors: 0));
        await house.RunJobs();
        house.Clock.Advance(TimeSpan.FromHours(2));
        foreach (var (most, state) in new[] { (-1, "Failed"), (1, "Failed"), (3, "CompletedWithErrors") })
        {
            await using (var scope = house.As(Roles.Operator))
            {
                var resumed = await scope.Get<ResumeRun>().Handle(new(run.Id, MaxErrors: most), Ct);
                Assert.Equal(most < 0 ? "Maximum errors: a number from 0 to 1,000,000." : null, resumed.Ok ? null : resumed.Problems[0].Message);
            }
            await house.RunJobs();
            Assert.Equal(state, (await Run(house, run.Id)).State);
        }
        var over = await Run(house, run.Id);
        Assert.Equal((97L, 3L, 3), (over.Done, over.Errors, over.MaxErrors));
        // The hours in which nobody resumed it are no part of its speed.
        Assert.InRange(over.WorkedSeconds, 0, 600);
        Assert.InRange(over.PerSecond!.Value, 100 / 600.0, double.MaxValue);
    }

    [Theory, BothDatabases]
    public async Task Each_record_in_error_is_a_to_do_until_a_later_run_comes_past_it(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting);
        counting.Poison.UnionWith([7, 8]);
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        async Task<List<(string Subject, ToDoState State)>> ToDos()
        {
            await using var scope = house.As(Roles.Operator);
            return [.. (await scope.Db.Set<ToDo>().OrderBy(t => t.Subject).ToListAsync(Ct)).Select(t => (t.Subject, t.State))];
        }

        Assert.Equal([("COUNT could not do customer 7: 7 cannot be counted", ToDoState.Open), ("COUNT could not do customer 8: 8 cannot be counted", ToDoState.Open)], await ToDos());
        counting.Poison.Remove(8);
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        Assert.Equal([("COUNT could not do customer 7: 7 cannot be counted", ToDoState.Open), ("COUNT could not do customer 8: 8 cannot be counted", ToDoState.Complete)], await ToDos());
    }

    [Theory, BothDatabases]
    public async Task What_somebody_ticked_off_and_is_still_wrong_is_told_again(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting);
        counting.Poison.UnionWith([7, 8]);
        async Task<List<ToDo>> Night()
        {
            await Submit(house, new("COUNT", null, null));
            await house.RunJobs();
            await using var scope = house.As(Roles.Operator);
            return await scope.Db.Set<ToDo>().AsNoTracking().OrderBy(t => t.Id).ToListAsync(Ct);
        }

        var first = await Night();
        await using (var scope = house.As(Roles.Supervisor))
            Assert.True((await scope.Get<CompleteToDo>().Handle(new(first[0].Id, first[0].Version, "It is right now"), Ct)).Ok);
        var second = await Night();
        Assert.Equal([first[0].Subject], second.Skip(2).Select(t => t.Subject));
        Assert.Equal([ToDoState.Complete, ToDoState.Open, ToDoState.Open], second.Select(t => t.State));
        // Once more somebody has each of them before them.
        Assert.Equal(3, (await Night()).Count);
        counting.Poison.Clear();
        Assert.All(await Night(), t => Assert.Equal(ToDoState.Complete, t.State));
    }

    [Theory, BothDatabases]
    public async Task Many_records_in_error_are_resolved_with_one_look_for_their_to_dos(TestDatabase on)
    {
        var counting = new Counting { Last = 40 };
        await using var house = await Counting.Open(on, counting);
        counting.Wrong.UnionWith(Numbers(1, 30));
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        counting.Wrong.Clear();
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        await using var scope = house.As(Actor.Process("test"));
        var toDos = await scope.Db.Set<ToDo>().Where(t => t.TypeCode == "BATCH-ERROR").ToListAsync(Ct);
        Assert.Equal((30, true), (toDos.Count, toDos.TrueForAll(t => t is { State: ToDoState.Complete, Resolution: "Run 2 came past it without an error." })));
        scope.Db.ChangeTracker.Clear();
        using var counter = new StatementCounter(house);
        await scope.Get<Tieline.ToDos.IToDos>().CompleteForAll([.. toDos.Select(t => t.Cause!.Value)], null, Ct);
        Assert.Equal(1, counter.Selects.Count(s => s.Contains("to_do", StringComparison.Ordinal)));
    }

    [Theory, BothDatabases]
    public async Task Whom_a_control_tells_is_one_light_question(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        await using var scope = house.As(Actor.Process("test"));
        using var counter = new StatementCounter(house);
        Assert.Null((await scope.Get<GetNotifyRole>().Handle(new("COUNT"), Ct)).Value.Role);
        Assert.Single(counter.Selects);
    }

    [Theory, BothDatabases]
    public async Task A_slice_tells_of_several_records_in_error_at_once_and_of_each_once_however_it_goes_on(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting);
        counting.Wrong.UnionWith([3, 4, 37, 100]);
        var (slices, broken) = (0, false);
        counting.Meanwhile = first =>
        {
            slices++;
            // Once, in the middle: the slice with 37 is done again by another thread.
            if (first != 41 || broken)
                return Task.CompletedTask;
            broken = true;
            throw new OperationCanceledException();
        };
        var run = await Submit(house, new("COUNT", null, null));
        await using (var scope = house.As(Actor.Process("test")))
        {
            var job = await scope.Db.Set<Job>().AsNoTracking().SingleAsync(j => j.Kind == RunBatch.Kind, Ct);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scope.Get<RunBatch>().Run(new(run.Id), new JobRun(job.Id, job.Kind, 1, job.CreatedAt, "first"), Ct));
        }
        await house.MakeDue(RunBatch.Kind);
        await house.RunJobs();
        var over = await Run(house, run.Id);
        Assert.Equal(("CompletedWithErrors", 96L, 4L, 100L), (over.State, over.Done, over.Errors, over.Selected));
        // Ten, and the one that was lost: nothing is halved.
        Assert.Equal(11, slices);
        Assert.Equal([(3L, "3 is wrong"), (4, "4 is wrong"), (37, "37 is wrong"), (100, "100 is wrong")], (await Told<BatchRecordFailed>(house)).Select(t => (t.About.Id, t.Message)));

        await using (var scope = house.As(Roles.Operator))
            Assert.Contains("COUNT found something wrong with customer 100: 100 is wrong", await scope.Db.Set<ToDo>().Select(t => t.Subject).ToListAsync(Ct));

        // Above the maximum it fails, and tried again it tells of nobody twice.
        counting.Wrong.UnionWith([38, 39]);
        var tomorrow = run.BusinessOn.AddDays(1);
        var second = await Submit(house, new("COUNT", tomorrow, null, MaxErrors: 3));
        await house.RunJobs();
        Assert.Equal(("Failed", "More than 3 records were found to be wrong (5). The last one: 39 is wrong"), (await Run(house, second.Id)) is var failed ? (failed.State, failed.Message) : default);
        counting.Wrong.ExceptWith([3, 38]);
        Assert.Equal(second.Id, (await Submit(house, new("COUNT", tomorrow, null))).Id);
        await house.RunJobs();
        over = await Run(house, second.Id);
        Assert.Equal(("Failed", 96L, 4L), (over.State, over.Done, over.Errors));
        counting.Wrong.ExceptWith([4]);
        await Submit(house, new("COUNT", tomorrow, null));
        await house.RunJobs();
        over = await Run(house, second.Id);
        Assert.Equal(("CompletedWithErrors", 97L, 3L, 100L), (over.State, over.Done, over.Errors, over.Selected));
        Assert.Equal([3L, 4, 37, 38, 39, 100], (await Told<BatchRecordFailed>(house)).Where(t => t.Earlier is not { Count: > 0 }).Select(t => t.About.Id).Order());
        await using var check = house.As(Roles.Operator);
        Assert.Equal([37L, 37, 39, 100, 100], (await check.Get<ListBatchErrors>().Handle(new(), Ct)).Value.Items.Select(e => e.RecordKey).Order());
    }

    [Theory, BothDatabases]
    public async Task A_run_with_other_parameters_resolves_what_its_process_says_it_came_past(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting);
        counting.Wrong.UnionWith([3, 50]);
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        counting.Wrong.Clear();
        await Submit(house, new("COUNT", null, new Dictionary<string, string> { ["upto"] = "10" }));
        await house.RunJobs();
        async Task<IEnumerable<long>> Open()
        {
            await using var scope = house.As(Roles.Operator);
            return (await scope.Get<ListBatchErrors>().Handle(new(), Ct)).Value.Items.Select(e => e.RecordKey);
        }

        Assert.Equal([50L], await Open());
        await Submit(house, new("COUNT", null, new Dictionary<string, string> { ["how"] = "fast" }));
        await house.RunJobs();
        Assert.Empty(await Open());
    }
}

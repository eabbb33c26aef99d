using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Operations.Batch;
using Tieline.Operations.OnCall;
using Tieline.Platform.Batch;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Platform.Batch;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;
using static Tieline.Tests.Modules.Platform.Batch.BatchHouse;

namespace Tieline.Tests.Modules.Operations;

/// <summary>Each piece of news is a job of its own: after a bad night it may come when what it tells of has long been mended.</summary>
public class BatchNewsTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task Of_a_failure_that_comes_late_calls_nobody_whether_it_went_on_was_given_up_or_another_run_did_its_work(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting);
        async Task<BatchRunLine> Failed()
        {
            counting.Broken = new ArithmeticException("not today");
            var run = await Submit(house, new("COUNT", null, null));
            await Fail(house);
            Assert.Equal("Failed", (await Run(house, run.Id)).State);
            counting.Broken = null;
            return run;
        }

        await Failed();
        await Again<BatchRunEnded>(house, e => e.FailureId is not null);
        Assert.Equal((1, 1), await Open(house));
        // It goes on.
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        await Again<BatchRunEnded>(house, e => e.FailureId is not null);
        Assert.Equal((0, 0), await Open(house));

        // It is given up.
        var given = await Failed();
        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<CancelRun>().Handle(new(given.Id, "Not needed"), Ct)).Ok);
        await house.RunJobs();
        await Again<BatchRunEnded>(house, e => e.FailureId is not null);
        Assert.Equal((0, 0), await Open(house));

        // A run for a later day did its work.
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        await Failed();
        await Submit(house, new("COUNT", (await Run(house, given.Id)).BusinessOn.AddDays(1), null));
        await house.RunJobs();
        await Again<BatchRunEnded>(house, e => e.FailureId is not null);
        Assert.Equal((0, 0), await Open(house));
    }

    [Theory, BothDatabases]
    public async Task Of_a_record_that_comes_late_is_no_work_once_it_was_done(TestDatabase on)
    {
        var counting = new Counting();
        counting.Poison.Add(7);
        await using var house = await Counting.Open(on, counting);
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        await Again<BatchRecordFailed>(house);
        Assert.Equal((1, 0), await Open(house));
        counting.Poison.Clear();
        await Submit(house, new("COUNT", null, null));
        await house.RunJobs();
        await Again<BatchRecordFailed>(house);
        Assert.Equal((0, 0), await Open(house));
    }

    /// <summary>As if nobody had heard of it until now.</summary>
    private static async Task Again<T>(TestHouse house, Func<T, bool>? which = null) where T : class
    {
        await using var scope = house.As(Actor.Process("test"));
        var (connection, _) = await scope.Db.Sql(Ct);
        foreach (var table in (string[])["to_do_log", "to_do", "notice_step", "notice"])
            await connection.ExecuteAsync($"delete from {table}");
        var facts = (await Told<T>(house)).Where(which ?? (_ => true)).ToList();
        Assert.True(facts.Count > 0);
        foreach (var fact in facts)
        {
            await using var late = house.As(Actor.Process("test"));
            await ((IHear<T>)(object)late.Get<BatchToDos>()).Hear(fact, 1, Ct);
        }
    }

    private static async Task<(int ToDos, int Notices)> Open(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        return (await scope.Db.Set<ToDo>().CountAsync(t => t.State == ToDoState.Open, Ct), await scope.Db.Set<Notice>().CountAsync(n => n.SettledAt == null, Ct));
    }
}

using System.Diagnostics;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Batch;

/// <summary>Nodes whose clocks are five minutes apart, as real ones have them: nothing shifts but the clocks.</summary>
public class ClockTests
{
    private static readonly TimeSpan Off = TimeSpan.FromMinutes(2.5);
    /// <summary>More than a slow machine takes, and less than any of the clocks is off.</summary>
    private static readonly TimeSpan Close = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_and_a_schedule_of_two_such_nodes_go_as_if_there_were_one_clock()
    {
        var counting = new Counting { Last = 200 };
        await using var ahead = await Counting.Open(TestDatabase.Postgres, counting, services => GoBy(services, Off));
        await using var behind = ahead.Beside(services => GoBy(Counting.Bring(services, counting), -Off));
        foreach (var house in (TestHouse[])[ahead, behind])
        {
            await house.Services.GetRequiredService<DatabaseTime>().Look(Ct);
            await using var scope = house.As(Actor.Process("test"));
            var (connection, _) = await scope.Db.Sql(Ct);
            Assert.Equal(await connection.ExecuteScalarAsync<DateTime>("select clock_timestamp()"), scope.Db.Now, Close);
        }

        // What either puts there is due for the other at once.
        Assert.True((await Submit(ahead)).Ok);
        Assert.NotEqual(0, await RunDue(behind));
        while (await RunDue(ahead) + await RunDue(behind) > 0)
        {
            // Both go on until nothing is due.
        }
        await using var reading = behind.As(Roles.Operator);
        var run = await reading.Db.Set<BatchRun>().AsNoTracking().SingleAsync(Ct);
        Assert.Equal(BatchState.Completed, run.State);
        Assert.Equal(200, (await Counting.Counted(ahead)).Count);
        Assert.True(run.CreatedAt <= run.StartedAt && run.StartedAt <= run.FinishedAt && run.FinishedAt - run.CreatedAt < TimeSpan.FromMinutes(1));
        Assert.True((await Submit(behind)).Ok);
        Assert.NotEqual(0, await RunDue(ahead));

        // A fire comes at its time by the database's clock, and once.
        await using (var scope = behind.As(Roles.Operator))
            Assert.True((await scope.Get<AddSchedule>().Handle(new("BEHIND", "Often", "0/2 * * * * ?"), Ct)).Ok);
        var fires = new List<BatchFire>();
        for (var waited = Stopwatch.StartNew(); fires.Count < 3 && waited.Elapsed < TimeSpan.FromSeconds(90);)
        {
            await Task.WhenAll(RunDue(ahead), RunDue(behind));
            fires = await reading.Db.Set<BatchFire>().AsNoTracking().OrderBy(f => f.FireAt).ToListAsync(Ct);
            // Until the clock of the database has gone on.
            await Task.Delay(50, Ct);
        }
        Assert.True(fires.Count >= 3);
        Assert.Equal(fires.Select(f => f.FireAt), fires.Select((_, i) => fires[0].FireAt.AddSeconds(2 * i)));
        Assert.All(fires, f => Assert.InRange(f.At, f.FireAt, f.FireAt + Close));
    }

    [Fact]
    public async Task A_clock_that_is_set_right_is_noticed()
    {
        var own = new TestClock();
        await using var house = await TestHouse.Open(TestDatabase.Postgres);
        var time = new DatabaseTime(house.Services.GetRequiredService<Dialect>(), own, NullLogger<DatabaseTime>.Instance);
        foreach (var off in (TimeSpan[])[TimeSpan.FromDays(-400), Off, TimeSpan.Zero])
        {
            own.Set(DateTimeOffset.UtcNow + off);
            await time.Look(Ct);
            Assert.Equal(DateTimeOffset.UtcNow, time.GetUtcNow(), Close);
        }
    }

    private static IServiceCollection GoBy(IServiceCollection services, TimeSpan off)
    {
        var own = new TestClock();
        own.Advance(off);
        return services.AddSingleton(provider => ActivatorUtilities.CreateInstance<DatabaseTime>(provider, own)).AddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseTime>());
    }

    private static Task<int> RunDue(TestHouse house) => house.Services.GetRequiredService<JobWorker>().RunDue(Ct);

    private static async Task<Tieline.Platform.Uses.Outcome<BatchRunLine>> Submit(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        return await scope.Get<SubmitBatch>().Handle(new(Counting.Code, new DateOnly(2026, 11, 23), new Dictionary<string, string> { ["upto"] = "200" }, Threads: 2), Ct);
    }
}

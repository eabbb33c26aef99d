using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Jobs;

public class JobWorkerTests
{
    [Theory, BothDatabases]
    public async Task A_heartbeat_keeps_what_takes_longer_than_a_lease(TestDatabase on)
    {
        var (running, enough) = (new TaskCompletionSource(), new TaskCompletionSource());
        var lease = TimeSpan.FromSeconds(1.5);
        await using var house = await Open(on, async (_, ct) =>
        {
            running.SetResult();
            await enough.Task.WaitAsync(ct);
        }, lease);
        await house.Enqueue(1);
        var ran = house.Services.GetRequiredService<JobWorker>().RunDue(CancellationToken.None);
        await running.Task;
        var first = (await house.Jobs()).Single().LeaseUntil;
        // What it had at first is over by then.
        await Until(house, jobs => jobs.Single().LeaseUntil >= first + lease);
        enough.SetResult();

        Assert.Equal(1, await ran);
        Assert.Equal((JobState.Done, 1), (await house.Jobs()).Select(j => (j.State, j.Attempts)).Single());
    }

    [Theory, BothDatabases]
    public async Task Who_loses_the_lease_is_stopped_and_the_job_runs_elsewhere(TestDatabase on)
    {
        var attempts = 0;
        var stopped = false;
        var running = new TaskCompletionSource();
        await using var house = await Open(on, async (_, ct) =>
        {
            if (Interlocked.Increment(ref attempts) > 1)
                return;
            running.SetResult();
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(30), ct);
            }
            finally
            {
                stopped = ct.IsCancellationRequested;
            }
        }, TimeSpan.FromSeconds(1.5));
        await house.Enqueue(1);
        var worker = house.Services.GetRequiredService<JobWorker>();
        var first = worker.RunDue(CancellationToken.None);
        await running.Task;
        // A heartbeat may come between.
        do
            await house.LoseLeases();
        while (await worker.RunDue(CancellationToken.None) == 0);
        await first;

        Assert.True(stopped);
        Assert.Equal((JobState.Done, 2), (await house.Jobs()).Select(j => (j.State, j.Attempts)).Single());
    }

    [Theory, BothDatabases]
    public async Task A_failure_is_tried_again_later_and_later_then_the_job_is_dead_and_announced(TestDatabase on)
    {
        await using var house = await Open(on, (_, _) => throw new InvalidOperationException("no luck"));
        await house.Enqueue(1);
        await house.RunJobs();
        var once = (await house.Jobs()).Single();
        Assert.Equal((JobState.Waiting, 1), (once.State, once.Attempts));
        Assert.Contains("no luck", once.LastError, StringComparison.Ordinal);
        Assert.InRange(once.RunAt, DateTime.UtcNow.AddSeconds(-20), DateTime.UtcNow.AddSeconds(1.5));
        Assert.Equal([1, 4, 16, 64, 256, 1024, 3600, 3600], Enumerable.Range(1, 8).Select(a => JobWorker.Backoff(a).TotalSeconds));
        for (var i = 2; i <= 12; i++)
        {
            await house.MakeDue(JobHouse.Kind);
            await house.RunJobs();
        }

        var dead = (await house.Jobs()).Single();
        Assert.Equal((JobState.Dead, 8), (dead.State, dead.Attempts));
        await using var scope = house.As(Roles.Operator);
        var announced = await scope.Db.Set<Event>().SingleAsync(e => e.Name == "job.died");
        Assert.Equal($"job:{dead.Id}", announced.Subjects);
        Assert.Contains("no luck", announced.Body, StringComparison.Ordinal);
        var listed = Assert.Single((await scope.Get<ListDeadJobs>().Handle(new(), CancellationToken.None)).Value.Items);
        Assert.Equal((dead.Id, JobHouse.Kind, 8), (listed.Id, listed.Kind, listed.Attempts));
    }

    [Theory, BothDatabases]
    public async Task Poison_is_dead_at_once_and_can_be_tried_again(TestDatabase on)
    {
        var mended = false;
        await using var house = await Open(on, (_, _) => mended ? Task.CompletedTask : throw new PoisonedJobException("cannot be read"));
        await house.Enqueue(1);
        await house.RunJobs();
        var dead = (await house.Jobs()).Single();
        Assert.Equal((JobState.Dead, 1, "cannot be read"), (dead.State, dead.Attempts, dead.LastError));

        mended = true;
        await using var scope = house.As(Roles.Operator);
        Assert.True((await scope.Get<TryJobAgain>().Handle(new(dead.Id), CancellationToken.None)).Ok);
        Assert.Equal(Problem.NotFoundRule, (await scope.Get<TryJobAgain>().Handle(new(dead.Id), CancellationToken.None)).Problems.Single().Rule);
        await house.MakeDue(JobHouse.Kind);
        await house.RunJobs();
        Assert.Equal((JobState.Done, 1), (await house.Jobs()).Select(j => (j.State, j.Attempts)).Single());
        Assert.Single(await scope.Get<IAuditTrail>().Of(new RecordRef("job", dead.Id), 5, null, CancellationToken.None));
        await using var csr = house.As(Roles.Csr);
        await Assert.ThrowsAsync<ForbiddenException>(() => csr.Get<TryJobAgain>().Handle(new(dead.Id), CancellationToken.None));
    }

    [Theory, BothDatabases]
    public async Task A_job_that_only_a_newer_node_can_do_waits_for_it_and_is_dead_when_there_is_none_for_a_day(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<IJobs>().Enqueue("test.nobody", 1, CancellationToken.None);
            await scope.Db.SaveChangesAsync();
        }
        house.Clock.Advance(TimeSpan.FromSeconds(1));
        await house.RunJobs();
        Assert.Equal((JobState.Waiting, 0), (await house.Jobs()).Select(j => (j.State, j.Attempts)).Single());
        await house.MakeDue("test.nobody");
        await house.RunJobs();
        Assert.Equal(JobState.Dead, (await house.Jobs()).Single().State);
    }

    [Theory, BothDatabases]
    public async Task A_node_that_stops_gives_its_job_back_without_counting_the_attempt(TestDatabase on)
    {
        var running = new TaskCompletionSource();
        await using var house = await Open(on, async (_, ct) =>
        {
            running.TrySetResult();
            await Task.Delay(TimeSpan.FromMinutes(1), ct);
        });
        await house.Enqueue(1);
        using var stop = new CancellationTokenSource();
        var ran = house.Services.GetRequiredService<JobWorker>().RunDue(stop.Token);
        await running.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ran);
        Assert.Equal((JobState.Waiting, 0), (await house.Jobs()).Select(j => (j.State, j.Attempts)).Single());
    }

    [Theory, BothDatabases]
    public async Task What_ends_while_its_node_stops_has_ended(TestDatabase on)
    {
        using var stop = new CancellationTokenSource();
        var (begun, both) = (0, new TaskCompletionSource());
        await using var house = await Open(on, async (payload, _) =>
        {
            if (Interlocked.Increment(ref begun) == 2)
                both.SetResult();
            await both.Task;
            await stop.CancelAsync();
            if (payload == 1)
                throw new InvalidOperationException("no luck");
        });
        await house.Enqueue(2);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => house.Services.GetRequiredService<JobWorker>().RunDue(stop.Token));
        Assert.Equal([(JobState.Done, 1, null), (JobState.Waiting, 1, "no luck")], (await house.Jobs()).Select(j => (j.State, j.Attempts, j.LastError?.Split('\n')[0].Split(": ")[1])));
    }

    [Theory, BothDatabases]
    public async Task The_trace_of_the_click_goes_on_in_the_job(TestDatabase on)
    {
        string? trace = null;
        await using var house = await Open(on, (_, _) =>
        {
            trace = Activity.Current?.TraceId.ToHexString();
            return Task.CompletedTask;
        });
        using var click = new Activity("click").Start();
        await house.Enqueue(1);
        var expected = click.TraceId.ToHexString();
        click.Stop();
        await house.RunJobs();
        Assert.Equal(expected, trace);
    }

    [Theory, BothDatabases]
    public async Task A_running_worker_does_everything_once(TestDatabase on)
    {
        var runs = new int[60];
        await using var house = await Open(on, (i, _) =>
        {
            Interlocked.Increment(ref runs[i]);
            return Task.CompletedTask;
        });
        var worker = house.Services.GetRequiredService<JobWorker>();
        await worker.StartAsync(CancellationToken.None);
        await house.Enqueue(runs.Length);
        await Until(house, jobs => jobs.TrueForAll(j => j.State == JobState.Done));
        await worker.StopAsync(CancellationToken.None);

        Assert.All(runs, r => Assert.Equal(1, r));
    }

    [Theory, BothDatabases]
    public async Task What_goes_on_for_hours_leaves_one_slot_to_the_others(TestDatabase on)
    {
        const string lasting = "test.lasting";
        await using var house = await TestHouse.Open(on, services =>
        {
            services.AddSingleton(new JobOptions(Slots: 2));
            services.AddSingleton(new Work((_, _) => Task.CompletedTask));
            services.AddJob<int, Handler>(JobHouse.Kind);
            services.AddJob<int, Lasting>(lasting, lasting: true);
        });
        await using (var scope = house.As(Actor.Process("test")))
        {
            foreach (var i in (int[])[1, 2])
                await scope.Get<IJobs>().Enqueue(lasting, i, CancellationToken.None);
            await scope.Db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        var worker = house.Services.GetRequiredService<JobWorker>();
        await worker.StartAsync(CancellationToken.None);
        await Until(house, jobs => jobs.Exists(j => j.State == JobState.Running));
        await house.Enqueue(3);
        await Until(house, jobs => jobs.Count(j => j.State == JobState.Done) == 3);
        Assert.Equal([JobState.Waiting, JobState.Running], (await house.Jobs()).Where(j => j.Kind == lasting).Select(j => j.State).Order());
        await worker.StopAsync(CancellationToken.None);
    }

    private static Task<TestHouse> Open(TestDatabase on, Func<int, CancellationToken, Task> work, TimeSpan? lease = null) =>
        TestHouse.Open(on, services =>
        {
            services.AddSingleton(new JobOptions(Lease: lease));
            services.AddSingleton(new Work(work));
            services.AddJob<int, Handler>(JobHouse.Kind);
        });

    private static async Task Until(TestHouse house, Func<List<Job>, bool> so)
    {
        for (var i = 0; i < 300 && !so(await house.Jobs()); i++)
            // The worker tells nobody how far it is.
            await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.True(so(await house.Jobs()));
    }

    private sealed class Lasting : IJobHandler<int>
    {
        // Hours, to a test: until the worker stops.
        public Task Run(int payload, JobRun job, CancellationToken ct) => Task.Delay(Timeout.Infinite, ct);
    }

    private sealed record Work(Func<int, CancellationToken, Task> Do);

    private sealed class Handler(Work work) : IJobHandler<int>
    {
        public Task Run(int payload, JobRun job, CancellationToken ct) => work.Do(payload, ct);
    }
}

using System.Collections.Concurrent;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Jobs;

public class JobTableTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    [Theory, BothDatabases]
    public async Task Eight_workers_share_two_hundred_jobs_and_none_is_claimed_twice(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.Enqueue(200);
        var table = house.Services.GetRequiredService<JobTable>();
        var claims = new ConcurrentBag<long>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (worker, ct) =>
        {
            while (await table.Claim($"node {worker}", JobHouse.Kinds, 3, Lease, ct) is { Count: > 0 } claimed)
            {
                foreach (var job in claimed)
                {
                    claims.Add(job.Id);
                    Assert.True(await table.Done(new JobHold(job.Id, $"node {worker}", job.Attempts), ct));
                }
            }
        });

        Assert.Equal(200, claims.Count);
        Assert.Equal(200, claims.Distinct().Count());
        Assert.All(await house.Jobs(), j => Assert.Equal((JobState.Done, 1), (j.State, j.Attempts)));
    }

    [Theory, BothDatabases]
    public async Task A_lost_lease_is_taken_over_and_the_old_holder_says_nothing_more(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.Enqueue(1);
        var table = house.Services.GetRequiredService<JobTable>();
        var id = Assert.Single(await table.Claim("a", JobHouse.Kinds, 5, Lease, CancellationToken.None)).Id;
        Assert.Empty(await table.Claim("b", JobHouse.Kinds, 5, Lease, CancellationToken.None));
        await house.LoseLeases();
        Assert.Equal((id, 2), Assert.Single(await table.Claim("b", JobHouse.Kinds, 5, Lease, CancellationToken.None)) is var again ? (again.Id, again.Attempts) : default);

        var (old, current) = (new JobHold(id, "a", 1), new JobHold(id, "b", 2));
        Assert.False(await table.Keep(old, Lease, CancellationToken.None));
        Assert.False(await table.Done(old, CancellationToken.None));
        Assert.False(await table.Retry(old, "x", TimeSpan.Zero, CancellationToken.None));
        Assert.False(await table.GiveBack(old, CancellationToken.None));
        Assert.True(await table.Keep(current, Lease, CancellationToken.None));
        Assert.True(await table.Done(current, CancellationToken.None));
        Assert.False(await table.Done(current, CancellationToken.None));
    }

    [Theory, BothDatabases]
    public async Task The_same_node_that_claims_again_is_another_holder(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.Enqueue(1);
        var table = house.Services.GetRequiredService<JobTable>();
        var id = Assert.Single(await table.Claim("a", JobHouse.Kinds, 1, Lease, CancellationToken.None)).Id;
        await house.LoseLeases();
        Assert.Single(await table.Claim("a", JobHouse.Kinds, 1, Lease, CancellationToken.None));

        Assert.False(await table.Done(new JobHold(id, "a", 1), CancellationToken.None));
        Assert.True(await table.Done(new JobHold(id, "a", 2), CancellationToken.None));
    }

    [Theory, BothDatabases]
    public async Task A_job_for_later_waits_for_its_time(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<IJobs>().Enqueue("test.later", 1, CancellationToken.None, scope.Db.Now.AddHours(1));
            await scope.Db.SaveChangesAsync();
        }
        var table = house.Services.GetRequiredService<JobTable>();
        Assert.Empty(await table.Claim("a", JobHouse.Kinds, 5, Lease, CancellationToken.None));
        await house.MakeDue("test.later");
        Assert.Single(await table.Claim("a", JobHouse.Kinds, 5, Lease, CancellationToken.None));
    }

    [Theory, BothDatabases]
    public async Task A_unique_key_is_taken_once_whoever_comes_at_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        async Task Enqueue(int i)
        {
            await using var scope = house.As(Actor.Process("test"));
            await scope.Get<IJobs>().Enqueue("test.unique", i, CancellationToken.None, uniqueKey: "noon");
            await scope.Get<IJobs>().Enqueue("test.unique", i, CancellationToken.None, uniqueKey: "noon");
            await scope.Get<IJobs>().Enqueue("test.other", i, CancellationToken.None, uniqueKey: "noon");
            await scope.Db.SaveChangesAsync();
        }
        await Task.WhenAll(Enumerable.Range(0, 6).Select(Enqueue));

        Assert.Equal(["test.other", "test.unique"], (await house.Jobs()).Select(j => j.Kind).Order(StringComparer.Ordinal));
    }

    [Theory, BothDatabases]
    public async Task What_is_rolled_back_was_never_enqueued(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Actor.Process("test"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => scope.Db.InTransaction<int>(async () =>
        {
            await scope.Get<IJobs>().Enqueue("test", 1, CancellationToken.None);
            await scope.Get<IJobs>().Enqueue("test", 1, CancellationToken.None, uniqueKey: "k");
            await scope.Db.SaveChangesAsync();
            throw new InvalidOperationException("no");
        }, CancellationToken.None));

        Assert.Empty(await house.Jobs());
    }
}

internal static class JobHouse
{
    public const string Kind = "test";
    public static readonly string[] Kinds = [Kind, "test.later"];

    public static async Task Enqueue(this TestHouse house, int count, string kind = Kind)
    {
        await using var scope = house.As(Actor.Process("test"));
        for (var i = 0; i < count; i++)
            await scope.Get<IJobs>().Enqueue(kind, i, CancellationToken.None);
        await scope.Db.SaveChangesAsync();
        await house.MakeDue(kind);
    }

    /// <summary>Jobs of the test, in the order of their keys; timers of schedules left out.</summary>
    public static async Task<List<Job>> Jobs(this TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        return await scope.Db.Set<Job>().AsNoTracking().Where(j => j.Kind.StartsWith("test")).OrderBy(j => j.Id).ToListAsync();
    }

    /// <summary>As if every holder had been silent for longer than a lease.</summary>
    public static async Task LoseLeases(this TestHouse house, long? id = null)
    {
        await using var connection = await house.Services.GetRequiredService<Dialect>().Open(CancellationToken.None);
        await connection.ExecuteAsync("update job set lease_until = created_at where state = 'Running' and (@id is null or id = @id)", new { id });
    }
}

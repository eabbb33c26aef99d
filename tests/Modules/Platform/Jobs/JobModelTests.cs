using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Jobs;

/// <summary>Whatever two nodes do in whatever order, the table does what a simple list in memory does.</summary>
public class JobModelTests
{
    private enum Act { Enqueue, Claim, Finish, Fail, Bury, GiveBack, LoseLease, Keep }

    private sealed record Step(Act Act, int Node, int Pick);

    private sealed class Model
    {
        public required long Id { get; init; }
        public JobState State { get; set; } = JobState.Waiting;
        public string? Node { get; set; }
        public int Attempts { get; set; }
        public bool Lost { get; set; }
    }

    [Theory]
    [InlineData(TestDatabase.Sqlite, 12)]
    [InlineData(TestDatabase.Postgres, 12)]
    public async Task The_table_behaves_like_the_model(TestDatabase on, int runs)
    {
        await using var house = await TestHouse.Open(on);
        var steps = Gen.Choose(0, 7).SelectMany(act => Gen.Choose(0, 1).SelectMany(node => Gen.Choose(0, 99).Select(pick => new Step((Act)act, node, pick)))).ListOf(40);
        foreach (var sequence in steps.Sample(runs))
            await Play(house, sequence);
    }

    private static async Task Play(TestHouse house, IEnumerable<Step> steps)
    {
        var table = house.Services.GetRequiredService<JobTable>();
        var models = new List<Model>();
        var holds = new List<JobHold>();
        await Clear(house, "test%");
        foreach (var (act, node, pick) in steps)
        {
            var name = $"node {node}";
            var hold = holds.Count == 0 ? null : holds[pick % holds.Count];
            var model = hold is null ? null : models.Find(m => m.Id == hold.Id);
            var held = model is { State: JobState.Running } && model.Node == hold!.Node && model.Attempts == hold.Attempt;
            switch (act)
            {
                case Act.Enqueue:
                    await house.Enqueue(1);
                    models.Add(new Model { Id = (await house.Jobs())[^1].Id });
                    break;
                case Act.Claim:
                    var due = models.Where(m => m.State == JobState.Waiting || (m.State == JobState.Running && m.Lost)).Select(m => m.Id).ToHashSet();
                    var claimed = await table.Claim(name, JobHouse.Kinds, 2, TimeSpan.FromMinutes(5), CancellationToken.None);
                    Assert.Equal(Math.Min(2, due.Count), claimed.Count);
                    foreach (var id in claimed.Select(j => j.Id))
                    {
                        Assert.Contains(id, due);
                        var taken = models.Single(m => m.Id == id);
                        (taken.State, taken.Node, taken.Lost, taken.Attempts) = (JobState.Running, name, false, taken.Attempts + 1);
                        holds.Add(new JobHold(id, name, taken.Attempts));
                    }
                    break;
                case Act.Finish when hold is not null:
                    Assert.Equal(held, await table.Done(hold, CancellationToken.None));
                    if (held)
                        model!.State = JobState.Done;
                    break;
                case Act.Fail when hold is not null:
                    Assert.Equal(held, await table.Retry(hold, "failed", TimeSpan.Zero, CancellationToken.None));
                    if (held)
                        model!.State = JobState.Waiting;
                    break;
                case Act.GiveBack when hold is not null:
                    Assert.Equal(held, await table.GiveBack(hold, CancellationToken.None));
                    if (held)
                        (model!.State, model.Attempts) = (JobState.Waiting, model.Attempts - 1);
                    break;
                case Act.Bury when hold is not null:
                    await using (var scope = house.As(Actor.Process("test")))
                        Assert.Equal(held, await table.Bury(scope.Db, scope.Get<IEvents>(), hold, JobHouse.Kind, "dead", CancellationToken.None));
                    if (held)
                        model!.State = JobState.Dead;
                    await Clear(house, "event:%");
                    break;
                case Act.Keep when hold is not null:
                    Assert.Equal(held, await table.Keep(hold, TimeSpan.FromMinutes(5), CancellationToken.None));
                    if (held)
                        model!.Lost = false;
                    break;
                case Act.LoseLease when hold is not null:
                    await house.LoseLeases(hold.Id);
                    if (model!.State == JobState.Running)
                        model.Lost = true;
                    break;
            }
            // A hold that was given back may come again under the same name and number; the old one is then the new one.
            holds = [.. holds.Distinct()];
        }
        Assert.Equal(
            models.Select(m => (m.Id, m.State, m.Attempts)).Order(),
            (await house.Jobs()).Select(j => (j.Id, j.State, j.Attempts)).Order());
    }

    /// <summary>Jobs that are none of the model's: what hears of a dead job, for one.</summary>
    private static async Task Clear(TestHouse house, string kinds)
    {
        await using var connection = await house.Services.GetRequiredService<Dialect>().Open(CancellationToken.None);
        await Dapper.SqlMapper.ExecuteAsync(connection, "delete from job where kind like @kinds", new { kinds });
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Operations.Jobs;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Platform.Jobs;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Operations;

public class DeadJobToDoTests
{
    [Theory, BothDatabases]
    public async Task A_dead_job_is_one_to_do_for_the_operators_however_often_it_is_told(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.Enqueue(1, "test.nobody");
        await house.RunJobs();
        await using var scope = house.As(Actor.Process("test"));
        var told = await scope.Db.Set<Event>().SingleAsync(e => e.Name == "job.died");
        await scope.Get<DeadJobToDo>().Hear(new JobDied(1, "test.nobody", 1, "again"), told.Id, CancellationToken.None);

        var toDo = Assert.Single(await scope.Db.Set<ToDo>().ToListAsync());
        Assert.Equal(("JOB-DEAD", "Failed jobs and anomalies"), (toDo.TypeCode, toDo.AddressedTo));
        Assert.Equal("Job test.nobody failed 1 times: No handler for jobs of kind 'test.nobody'.", toDo.Subject);
    }

    [Theory, BothDatabases]
    public async Task Telling_of_a_dead_job_that_dies_itself_does_not_go_on_for_ever(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on, services => services.AddScoped<IToDos, Broken>());
        await house.Enqueue(1, "test.nobody");
        for (var i = 0; i < 12; i++)
        {
            await house.RunJobs();
            await house.MakeDue($"event:{DeadJobToDo.Subscriber}");
        }
        await using var scope = house.As(Roles.Operator);
        Assert.Equal(
            [$"event:{DeadJobToDo.Subscriber}", "test.nobody"],
            (await scope.Get<ListDeadJobs>().Handle(new(), CancellationToken.None)).Value.Items.Select(j => j.Kind).Order(StringComparer.Ordinal));
        Assert.Equal(2, await scope.Db.Set<Event>().CountAsync(e => e.Name == "job.died"));
    }

    private sealed class Broken : IToDos
    {
        public Task<Tieline.Platform.Uses.Outcome<long?>> Create(NewToDo work, CancellationToken ct) => throw new InvalidOperationException("broken");
        public Task Load(IEnumerable<PastToDo> work, CancellationToken ct) => throw new NotSupportedException();
        public Task<int> CreateMany(IReadOnlyList<NewToDo> work, CancellationToken ct) => throw new NotSupportedException();
        public Task Reschedule(Tieline.Platform.RecordRef cause, DateOnly dueOn, DateTime? dueAt, DateTime? untilAt, CancellationToken ct) => throw new NotSupportedException();
        public Task CompleteFor(Tieline.Platform.RecordRef cause, string? resolution, CancellationToken ct) => throw new NotSupportedException();
        public Task ContactMoved(long contactId, long? personId, long? accountId, long? premiseId, CancellationToken ct) => throw new NotSupportedException();
        public Task<IReadOnlyList<ToDoLine>> OpenOf(long personId, int limit, CancellationToken ct) => throw new NotSupportedException();
        public Task EnsureType(string code, string name, int defaultPriority, string? defaultRoleCode, CancellationToken ct) => throw new NotSupportedException();
    }
}

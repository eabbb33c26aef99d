using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Operations.Jobs;
using Tieline.Operations.OnCall;
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
        await scope.Get<DeadJobToDo>().Hear(JsonSerializer.Deserialize<JobDied>(told.Body, JobRegistration.Json)!, told.Id, CancellationToken.None);

        var toDo = Assert.Single(await scope.Db.Set<ToDo>().ToListAsync());
        Assert.Equal(("JOB-DEAD", "Failed jobs and anomalies"), (toDo.TypeCode, toDo.AddressedTo));
        Assert.Equal("Job test.nobody failed 1 times: No handler for jobs of kind 'test.nobody'.", toDo.Subject);
    }

    [Theory, BothDatabases]
    public async Task Trying_it_again_completes_the_to_do_and_dying_again_is_a_new_one(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.Enqueue(1, "test.nobody");
        await house.RunJobs();
        await TryAgain(house);
        await house.RunJobs();
        await house.MakeDue("test.nobody");
        await house.RunJobs();
        await using var scope = house.As(Roles.Operator);
        var toDos = await scope.Db.Set<ToDo>().OrderBy(t => t.Id).ToListAsync();
        Assert.Equal([(ToDoState.Complete, "The job is tried again."), (ToDoState.Open, null)], toDos.Select(t => (t.State, t.Resolution)));
    }

    [Theory, BothDatabases]
    public async Task One_that_is_tried_again_before_the_telling_makes_no_work(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on, services => services.AddJob<int, Mended>("test.mended"));
        Mended.Works = false;
        await house.Enqueue(1, "test.mended");
        await house.Services.GetRequiredService<JobWorker>().RunDue(CancellationToken.None);
        JobDied died;
        await using (var scope = house.As(Actor.Process("test")))
            died = JsonSerializer.Deserialize<JobDied>((await scope.Db.Set<Event>().SingleAsync(e => e.Name == "job.died")).Body, JobRegistration.Json)!;
        await TryAgain(house);
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<DeadJobToDo>().Hear(died, 1, CancellationToken.None);
            Assert.Empty(await scope.Db.Set<ToDo>().ToListAsync());
        }
        Mended.Works = true;
        await house.RunJobs();
        await using var check = house.As(Roles.Operator);
        Assert.Empty(await check.Db.Set<ToDo>().ToListAsync());
    }

    [Theory, BothDatabases]
    public async Task Telling_of_a_dead_job_that_dies_itself_does_not_go_on_for_ever(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on, services => services.AddScoped(_ => BrokenDoor.Of<IToDos>()));
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

    [Theory, BothDatabases]
    public async Task Given_up_for_good_with_a_reason_it_is_gone_and_its_to_do_and_notice_are_over(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.Enqueue(3, "test.nobody");
        await house.Enqueue(1, "test.other");
        await house.RunJobs();
        using var desk = await house.SignedIn(Roles.TechnicalAdministrator);
        var page = System.Net.WebUtility.HtmlDecode(await desk.GetStringAsync("/operations/dead-jobs"));
        Assert.Contains("test.nobody (3)", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Give all", page, StringComparison.Ordinal);
        long other;
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            Assert.Equal(3, (await scope.Get<ListDeadJobs>().Handle(new(Kind: "test.nobody"), CancellationToken.None)).Value.Items.Count);
            other = Assert.Single((await scope.Get<ListDeadJobs>().Handle(new(Kind: "test.other"), CancellationToken.None)).Value.Items).Id;
            Assert.Equal("Reason", (await scope.Get<DropJob>().Handle(new(other, " "), CancellationToken.None)).Problems.Single().Field);
        }
        using (var dropped = await desk.Submit($"/operations/dead-jobs/{other}", "form-drop-job", ("Reason", "Done by hand")))
            Assert.Equal(System.Net.HttpStatusCode.Redirect, dropped.StatusCode);
        await house.RunJobs();
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            Assert.Equal("not_found", (await scope.Get<DropJob>().Handle(new(other, "again"), CancellationToken.None)).Problems.Single().Rule);
            var over = Assert.Single(await scope.Db.Set<ToDo>().Where(t => t.State == ToDoState.Complete).ToListAsync());
            Assert.Equal("Given up for good: Done by hand", over.Resolution);
            Assert.Equal("Given up for good: Done by hand", Assert.Single(await scope.Db.Set<Notice>().Where(n => n.SettledAt != null).ToListAsync()).SettledBecause);
            var kept = await scope.Db.Set<Tieline.Platform.Audit.AuditEntry>().SingleAsync(a => a.Action == "dropped");
            Assert.Contains("Done by hand", kept.Changes, StringComparison.Ordinal);
        }

        // All of a kind: once tried again, once given up.
        using (var again = await desk.Submit("/operations/dead-jobs?kind=test.nobody", "form-try-jobs-again"))
            Assert.Equal(System.Net.HttpStatusCode.Redirect, again.StatusCode);
        await house.RunJobs();
        await house.MakeDue("test.nobody");
        await house.RunJobs();
        using (var all = await desk.Submit("/operations/dead-jobs?kind=test.nobody", "form-drop-jobs", ("Reason", "Nobody knows them")))
            Assert.Equal(System.Net.HttpStatusCode.Redirect, all.StatusCode);
        await house.RunJobs();
        await using var check = house.As(Roles.TechnicalAdministrator);
        Assert.Empty((await check.Get<ListDeadJobs>().Handle(new(), CancellationToken.None)).Value.Items);
        var resolutions = await check.Db.Set<ToDo>().Select(t => t.Resolution).ToListAsync();
        Assert.Equal((1, 1, 1), (resolutions.Count(r => r == "The job is tried again."), resolutions.Count(r => r == "Given up for good: Nobody knows them"), resolutions.Count(r => r == "Given up for good: Done by hand")));
        await using var reader = house.As(Roles.Csr);
        await Assert.ThrowsAsync<Tieline.Platform.Security.ForbiddenException>(() => reader.Get<DropJobs>().Handle(new("test.nobody", "x"), CancellationToken.None));
    }

    [Theory, BothDatabases]
    public async Task However_many_of_a_kind_die_they_are_one_to_do_and_one_notice_until_none_is_dead_any_more(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house, TimeProvider.System.GetUtcNow());
        await house.Enqueue(30, "test.nobody");
        await house.Enqueue(1, "test.other");
        await house.RunJobs();
        async Task<(int ToDos, int Notices, int Dead)> Open(string kind)
        {
            await using var scope = house.As(Roles.TechnicalAdministrator);
            var notices = (await scope.Get<ListNotices>().Handle(new(Search: kind), CancellationToken.None)).Value.Items;
            return (await scope.Db.Set<ToDo>().CountAsync(t => t.State == ToDoState.Open && t.Subject.Contains(kind)), notices.Count, notices.Sum(n => n.Dead ?? -1));
        }

        Assert.Equal(((1, 1, 30), (1, 1, 1)), (await Open("test.nobody"), await Open("test.other")));
        using var desk = await house.SignedIn(Roles.TechnicalAdministrator, night.Dee);
        Assert.Contains("30 of this kind are dead", await desk.GetStringAsync("/operations/notices"), StringComparison.Ordinal);
        List<DeadJob> dead;
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            var notice = Assert.Single((await scope.Get<ListNotices>().Handle(new(Search: "test.nobody"), CancellationToken.None)).Value.Items);
            Assert.Contains("30 jobs are dead", await desk.GetStringAsync($"/operations/notices/{notice.Id}"), StringComparison.Ordinal);
            using (var leads = await desk.GetAsync((await scope.Get<GetNotice>().Handle(new(notice.Id), CancellationToken.None)).Value.Href))
                Assert.Equal("/operations/dead-jobs?kind=test.nobody", leads.Headers.Location?.ToString());
            dead = [.. (await scope.Get<ListDeadJobs>().Handle(new(Size: 50, Kind: "test.nobody"), CancellationToken.None)).Value.Items];
            // Whoever has it is not called by those who die after.
            Assert.True((await scope.Get<AcknowledgeNotice>().Handle(new(notice.Id), CancellationToken.None)).Ok);
            Assert.True((await scope.Get<TryJobAgain>().Handle(new(dead[^1].Id), CancellationToken.None)).Ok);
            Assert.True((await scope.Get<DropJob>().Handle(new(dead[0].Id, "Done by hand"), CancellationToken.None)).Ok);
        }
        await house.Enqueue(2, "test.nobody");
        await house.RunJobs();
        Assert.Equal((1, 1, 31), await Open("test.nobody"));
        await using (var scope = house.As(Roles.Supervisor))
        {
            var toDo = await scope.Db.Set<ToDo>().AsNoTracking().SingleAsync(t => t.State == ToDoState.Open && t.Subject.Contains("test.nobody"));
            Assert.Equal("job.dead", (await scope.Get<CompleteToDo>().Handle(new(toDo.Id, toDo.Version, "seen"), CancellationToken.None)).Problems.Single().Rule);
        }
        Assert.Equal((1, 1, 31), await Open("test.nobody"));
        await using (var scope = house.As(Roles.TechnicalAdministrator))
            Assert.True((await scope.Get<DropJobs>().Handle(new("test.nobody", "Nobody needs them"), CancellationToken.None)).Ok);
        await house.RunJobs();
        Assert.Equal(((0, 0, 0), (1, 1, 1)), (await Open("test.nobody"), await Open("test.other")));

        // The next one is an incident of its own, and calls again.
        await house.Enqueue(1, "test.nobody");
        await house.RunJobs();
        Assert.Equal((1, 1, 1), await Open("test.nobody"));
        await using var check = house.As(Roles.TechnicalAdministrator);
        Assert.Equal([NoticeState.Settled, NoticeState.Calling], (await check.Db.Set<Notice>().AsNoTracking().Where(n => n.Text.Contains("test.nobody")).OrderBy(n => n.Id).ToListAsync()).Select(n => n.IsCalling ? NoticeState.Calling : n.SettledAt is null ? NoticeState.Acknowledged : NoticeState.Settled));
    }

    [Theory, BothDatabases]
    public async Task Their_list_leaves_as_it_is_filtered_with_a_note_in_the_audit(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.Enqueue(120, "test.nobody");
        await house.Enqueue(1, "test.other");
        await house.RunJobs();
        using var desk = await house.SignedIn(Roles.TechnicalAdministrator);
        Assert.Contains("href=\"/operations/dead-jobs/export?kind=test.nobody\"", await desk.GetStringAsync("/operations/dead-jobs?kind=test.nobody"), StringComparison.Ordinal);
        var csv = await desk.GetStringAsync("/operations/dead-jobs/export?kind=test.nobody&after=x&size=1");
        var rows = csv.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((121, "job,kind,tries,error,enqueued_at,by,given_up_at"), (rows.Length, rows[0]));
        Assert.All(rows[1..], r => Assert.Contains(",test.nobody,1,No handler for jobs of kind 'test.nobody'.,2", r, StringComparison.Ordinal));
        Assert.Contains(",test.other,1,", await desk.GetStringAsync("/operations/dead-jobs/export"), StringComparison.Ordinal);
        await using var scope = house.As(Roles.TechnicalAdministrator);
        Assert.Equal(2, await scope.Db.Set<Tieline.Platform.Audit.AuditEntry>().CountAsync(e => e.Action == "exported"));
        using var reader = await house.SignedIn(Roles.Csr, 2);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await reader.GetAsync("/operations/dead-jobs/export")).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Nodes_that_hear_of_deaths_at_once_begin_one_incident_and_none_is_left_open_by_its_end(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Night.Begin(house, TimeProvider.System.GetUtcNow());
        await house.Enqueue(6, "test.nobody");
        await house.RunJobs();
        await using var scope = house.As(Roles.TechnicalAdministrator);
        var died = (await scope.Db.Set<Event>().Where(e => e.Name == "job.died").Select(e => e.Body).ToListAsync()).ConvertAll(b => JsonSerializer.Deserialize<JobDied>(b, JobRegistration.Json)!);
        Assert.Equal(6, died.Count);
        // As if they had not been told yet.
        await scope.Db.Set<JobIncident>().ExecuteUpdateAsync(s => s.SetProperty(i => i.OverAt, scope.Db.Now));
        await Task.WhenAll(died.Select(d => Task.Run(async () =>
        {
            await using var node = house.As(Actor.Process("test"));
            await node.Get<DeadJobNotice>().Hear(d, 1, CancellationToken.None);
            await node.Get<DeadJobToDo>().Hear(d, 1, CancellationToken.None);
        })));
        Assert.Equal(2, await scope.Db.Set<JobIncident>().CountAsync());
        Assert.True((await scope.Get<DropJobs>().Handle(new("test.nobody", "Nobody needs them"), CancellationToken.None)).Ok);
        // One that is told when nobody has to look at it any more begins none.
        await Task.WhenAll(died.Select(d => Task.Run(async () =>
        {
            await using var node = house.As(Actor.Process("test"));
            await node.Get<EndJobIncident>().Hear(new JobDropped(d.JobId, d.Kind, d.DeathId, "Nobody needs them"), 1, CancellationToken.None);
            await node.Get<DeadJobNotice>().Hear(d, 1, CancellationToken.None);
        })));
        Assert.Equal(0, await scope.Db.Set<JobIncident>().CountAsync(i => i.OverAt == null));
        Assert.Equal(2, await scope.Db.Set<JobIncident>().CountAsync());
    }

    private static async Task TryAgain(TestHouse house)
    {
        await using var scope = house.As(Roles.TechnicalAdministrator);
        var job = Assert.Single((await scope.Get<ListDeadJobs>().Handle(new(), CancellationToken.None)).Value.Items);
        var machine = await house.SignedInApi(Roles.TechnicalAdministrator);
        Assert.Contains(job.Kind, await machine.GetStringAsync($"/api/v1/jobs/dead/{job.Id}"), StringComparison.Ordinal);
        Assert.True((await scope.Get<TryJobAgain>().Handle(new(job.Id), CancellationToken.None)).Ok);
    }

    private sealed class Mended : IJobHandler<int>
    {
        public static bool Works { get; set; }

        public Task Run(int payload, JobRun job, CancellationToken ct) => Works ? Task.CompletedTask : throw new PoisonedJobException("not yet");
    }
}

using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Operations;
using Tieline.Operations.OnCall;
using Tieline.Platform;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.WebHooks;
using Tieline.Tests.Modules.Platform.Jobs;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Operations;

/// <summary>What calls people at night: one after the other, until somebody has it or the cause has gone.</summary>
public class NoticeTests
{
    private static readonly RecordRef Cause = new("test", 7);

    [Theory, BothDatabases]
    public async Task Nobody_answers_and_the_next_is_called_and_then_everyone(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        await Night.OnCall(house, night.Ana, 1, (27, 8), (28, 8));
        await Night.OnCall(house, night.Cy, 3, (27, 8), (28, 8));
        var id = await Night.Raise(house, Cause);
        Assert.Equal([(NoticeStepKind.Called, 1, night.Ana)], await Steps(house, id));

        house.Clock.Advance(TimeSpan.FromMinutes(9));
        await house.RunJobs();
        Assert.Single(await Steps(house, id));
        house.Clock.Advance(TimeSpan.FromMinutes(1.1));
        await house.RunJobs();
        Assert.Equal([(NoticeStepKind.Called, 1, night.Ana), (NoticeStepKind.Skipped, 2, null), (NoticeStepKind.Called, 3, night.Cy)], await Steps(house, id));
        house.Clock.Advance(TimeSpan.FromMinutes(10.1));
        await house.RunJobs();
        Assert.Equal((NoticeStepKind.Called, Notice.Everyone, null), (await Steps(house, id))[^1]);
        house.Clock.Advance(TimeSpan.FromDays(1));
        await house.RunJobs();
        Assert.Equal(4, (await Steps(house, id)).Count);
    }

    [Theory, BothDatabases]
    public async Task The_page_of_whoever_is_called_rings_until_somebody_has_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        await Night.OnCall(house, night.Ana, 1, (27, 8), (28, 8));
        await Night.OnCall(house, night.Bo, 2, (27, 8), (28, 8));
        var id = await Night.Raise(house, Cause, "Disk <full>");
        using var ana = await house.SignedIn(Roles.Operator, night.Ana);
        using var bo = await house.SignedIn(Roles.Csr, night.Bo);
        using var dee = await house.SignedIn(Roles.Operator, night.Dee);
        async Task<bool> Rings(HttpClient browser) => (await browser.GetStringAsync("/todos/count")).Contains($"value=\"notice-{id}\" data-href=\"/operations/notices/{id}\" data-icon=\"alert-triangle\" hidden>Disk &lt;full&gt;</data>", StringComparison.Ordinal);
        Assert.Equal((true, false, false), (await Rings(ana), await Rings(bo), await Rings(dee)));
        Assert.Equal(HttpStatusCode.Forbidden, (await bo.GetAsync($"/operations/notices/{id}")).StatusCode);

        house.Clock.Advance(TimeSpan.FromMinutes(10.1));
        await house.RunJobs();
        Assert.Equal((false, true, false), (await Rings(ana), await Rings(bo), await Rings(dee)));
        // Who is called opens and answers it whatever else they may do.
        Assert.Contains("I have it", await bo.GetStringAsync($"/operations/notices/{id}"), StringComparison.Ordinal);
        using (var answered = await bo.Submit($"/operations/notices/{id}", "form-acknowledge-notice"))
            Assert.Equal(HttpStatusCode.Redirect, answered.StatusCode);
        Assert.Equal((false, false, false), (await Rings(ana), await Rings(bo), await Rings(dee)));
        house.Clock.Advance(TimeSpan.FromMinutes(50));
        await house.RunJobs();
        Assert.Equal((NoticeStepKind.Acknowledged, 2, null), (await Steps(house, id))[^1]);
        await using var scope = house.As(Night.Operator(night.Ana));
        var late = await scope.Get<AcknowledgeNotice>().Handle(new(id), default);
        Assert.Equal("Test csr has it already.", Assert.Single(late.Problems).Message);
    }

    [Theory, BothDatabases]
    public async Task Who_has_it_is_called_again_while_its_cause_is_there_and_then_the_next_one(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        await Night.OnCall(house, night.Ana, 1, (27, 8), (29, 8));
        await Night.OnCall(house, night.Bo, 2, (27, 8), (29, 8));
        var id = await Night.Raise(house, Cause);
        using var ana = await house.SignedIn(Roles.Operator, night.Ana);
        async Task<bool> Rings() => (await ana.GetStringAsync("/todos/count")).Contains($"notice-{id}", StringComparison.Ordinal);
        await Take(house, night.Ana, id);
        Assert.Contains("Calls again", await ana.GetStringAsync($"/operations/notices/{id}"), StringComparison.Ordinal);
        house.Clock.Advance(TimeSpan.FromMinutes(59));
        await house.RunJobs();
        Assert.Equal((NoticeStepKind.Acknowledged, 1, null), (await Steps(house, id))[^1]);
        Assert.False(await Rings());

        house.Clock.Advance(TimeSpan.FromMinutes(1.1));
        await house.RunJobs();
        Assert.Equal((NoticeStepKind.Called, 1, night.Ana), (await Steps(house, id))[^1]);
        Assert.True(await Rings());
        var page = await ana.GetStringAsync($"/operations/notices/{id}");
        Assert.Contains("its cause is still there", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Calls again", page, StringComparison.Ordinal);

        // Ana sleeps.
        house.Clock.Advance(TimeSpan.FromMinutes(10.1));
        await house.RunJobs();
        Assert.Equal((NoticeStepKind.Called, 2, night.Bo), (await Steps(house, id))[^1]);
        // Who is not on call may take it, and is the one who is called again.
        await Take(house, night.Cy, id);
        house.Clock.Advance(TimeSpan.FromMinutes(60.1));
        await house.RunJobs();
        Assert.Equal((NoticeStepKind.Called, 2, night.Cy), (await Steps(house, id))[^1]);
        await Take(house, night.Cy, id);
        await Settle(house, Cause);
        house.Clock.Advance(TimeSpan.FromDays(1));
        await house.RunJobs();
        Assert.Equal(NoticeStepKind.Settled, (await Steps(house, id))[^1].Kind);
    }

    [Theory, BothDatabases]
    public async Task Everyone_who_operates_was_called_and_a_machine_has_it_then_everyone_is_called_again_and_never_where_nobody_wants_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Night.Begin(house);
        var id = await Night.Raise(house, Cause);
        await using (var machine = house.As(new Actor(ActorKind.ApiKey, 5, "machine", new HashSet<string>([OperationsPermissions.OnCall], StringComparer.Ordinal))))
            Assert.True((await machine.Get<AcknowledgeNotice>().Handle(new(id), default)).Ok);
        house.Clock.Advance(TimeSpan.FromMinutes(60.1));
        await house.RunJobs();
        Assert.Equal((NoticeStepKind.Called, Notice.Everyone, null), (await Steps(house, id))[^1]);

        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<Tieline.Platform.Settings.ISettings>().Set(Calling.RemindMinutes, 0, default);
            await scope.Db.SaveChangesAsync();
        }
        await Take(house, 1, id);
        house.Clock.Advance(TimeSpan.FromDays(1));
        await house.RunJobs();
        Assert.Equal(NoticeStepKind.Acknowledged, (await Steps(house, id))[^1].Kind);
        await using var check = house.As(Roles.Operator);
        Assert.Null((await check.Get<GetNotice>().Handle(new(id), default)).Value.Notice.RemindAt);
    }

    [Theory, BothDatabases]
    public async Task Without_anybody_on_call_everyone_who_operates_is_called_at_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        var id = await Night.Raise(house, Cause);
        Assert.Equal([(NoticeStepKind.Skipped, 1, null), (NoticeStepKind.Skipped, 2, null), (NoticeStepKind.Skipped, 3, null), (NoticeStepKind.Called, Notice.Everyone, (long?)null)], await Steps(house, id));
        using var dee = await house.SignedIn(Roles.Csr, night.Dee);
        Assert.Contains($"notice-{id}", await dee.GetStringAsync("/todos/count"), StringComparison.Ordinal);
        using var ana = await house.SignedIn(Roles.Operator, night.Ana);
        Assert.DoesNotContain($"notice-{id}", await ana.GetStringAsync("/todos/count"), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task One_cause_is_one_notice_also_when_two_raise_it_at_once_and_none_after_it_has_gone(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Night.Begin(house);
        var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Night.Raise(house, Cause))));
        Assert.Single(ids.Distinct());
        await Settle(house, Cause);
        await Settle(house, Cause);
        await Settle(house, new("test", 8));
        Assert.Equal(ids[0], await Night.Raise(house, Cause));
        await using var scope = house.As(Roles.Operator);
        var notice = await scope.Db.Set<Notice>().SingleAsync();
        Assert.Equal((false, "Gone"), (notice.IsCalling, notice.SettledBecause));
        Assert.Equal("notice.settled", Assert.Single((await scope.Get<AcknowledgeNotice>().Handle(new(notice.Id), default)).Problems).Rule);
        Assert.Equal(1, (await Steps(house, notice.Id)).Count(s => s.Kind == NoticeStepKind.Settled));
        Assert.Empty((await scope.Get<ListNotices>().Handle(new(), default)).Value.Items);
        Assert.Equal(NoticeState.Settled, Assert.Single((await scope.Get<ListNotices>().Handle(new(Settled: true), default)).Value.Items).State);
    }

    [Theory, BothDatabases]
    public async Task It_is_found_by_part_of_its_text_whatever_case_and_accents_also_one_of_a_release_before(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Night.Begin(house);
        var id = await Night.Raise(house, Cause, "Überlauf: Café, Straße 5");
        await Night.Raise(house, new("test", 8), "Disk full");
        async Task Finds()
        {
            await using var scope = house.As(Roles.Operator);
            foreach (var typed in new[] { "überlauf", "UBERLAUF CAFE", "strasse", "Café" })
                Assert.Equal(id, Assert.Single((await scope.Get<ListNotices>().Handle(new(Search: typed), default)).Value.Items).Id);
        }
        await Finds();
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Db.Set<Notice>().ExecuteUpdateAsync(s => s.SetProperty(n => n.Words, ""));
            await scope.Get<IEnumerable<IStartStep>>().OfType<OperationsSeed>().Single().Run(default);
        }
        await Finds();
    }

    [Theory, BothDatabases]
    public async Task Forwarded_it_calls_the_other_one_and_earlier_timers_do_nothing(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        await Night.OnCall(house, night.Ana, 1, (27, 8), (28, 8));
        await Night.OnCall(house, night.Bo, 2, (27, 8), (28, 8));
        var id = await Night.Raise(house, Cause);
        house.Clock.Advance(TimeSpan.FromMinutes(6));
        using (var ana = await house.SignedIn(Roles.Operator, night.Ana))
        {
            using var wordless = await ana.Submit($"/operations/notices/{id}/forward", "form-forward-notice", ("EmployeeId", $"{night.Cy}"), ("Comment", ""));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wordless.StatusCode);
            using var forwarded = await ana.Submit($"/operations/notices/{id}/forward", "form-forward-notice", ("EmployeeId", $"{night.Cy}"), ("Comment", "It is your disk"));
            Assert.Equal(HttpStatusCode.Redirect, forwarded.StatusCode);
            Assert.Contains("It is your disk", await ana.GetStringAsync($"/operations/notices/{id}"), StringComparison.Ordinal);
        }
        Assert.Equal((NoticeStepKind.Forwarded, 1, night.Cy), (await Steps(house, id))[^1]);
        house.Clock.Advance(TimeSpan.FromMinutes(6));
        await house.RunJobs();
        Assert.Equal(NoticeStepKind.Forwarded, (await Steps(house, id))[^1].Kind);
        house.Clock.Advance(TimeSpan.FromMinutes(5));
        await house.RunJobs();
        Assert.Equal((NoticeStepKind.Called, 2, night.Bo), (await Steps(house, id))[^1]);
        await using var scope = house.As(Actors.Of(Roles.Csr, night.Cy));
        await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<AcknowledgeNotice>().Handle(new(id), default));
        await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<ForwardNotice>().Handle(new(id, 0, night.Ana, "x"), default));
        // A machine whose key has the number of an employee is not that employee.
        await using var machine = house.As(new Actor(ActorKind.ApiKey, night.Bo, "machine", new HashSet<string>(StringComparer.Ordinal)));
        await Assert.ThrowsAsync<ForbiddenException>(() => machine.Get<AcknowledgeNotice>().Handle(new(id), default));
    }

    [Theory, BothDatabases]
    public async Task What_is_dealt_with_is_settled_by_whoever_has_it_and_calls_nobody_again(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        await Night.OnCall(house, night.Ana, 1, (27, 8), (28, 8));
        var id = await Night.Raise(house, Cause);
        await using (var other = house.As(Actors.Of(Roles.Csr, night.Cy)))
            await Assert.ThrowsAsync<ForbiddenException>(() => other.Get<SettleNotice>().Handle(new(id, 0, "x"), default));
        using (var ana = await house.SignedIn(Roles.Operator, night.Ana))
        {
            Assert.Contains($"/operations/notices/{id}/settle", await ana.GetStringAsync($"/operations/notices/{id}"), StringComparison.Ordinal);
            using (var wordless = await ana.Submit($"/operations/notices/{id}/settle", "form-settle-notice", ("Comment", " ")))
                Assert.Equal(HttpStatusCode.UnprocessableEntity, wordless.StatusCode);
            using (var settled = await ana.Submit($"/operations/notices/{id}/settle", "form-settle-notice", ("Comment", "The schedule is retired")))
                Assert.Equal(HttpStatusCode.Redirect, settled.StatusCode);
            var page = await ana.GetStringAsync($"/operations/notices/{id}");
            Assert.Contains("Test operator settled it", page, StringComparison.Ordinal);
            Assert.Contains("The schedule is retired", page, StringComparison.Ordinal);
            Assert.DoesNotContain("/settle", page, StringComparison.Ordinal);
        }
        await using (var scope = house.As(Actors.Of(Roles.Operator, night.Ana)))
            Assert.Equal("notice.settled", Assert.Single((await scope.Get<SettleNotice>().Handle(new(id, 9, "x"), default)).Problems).Rule);
        house.Clock.Advance(TimeSpan.FromHours(3));
        await house.RunJobs();
        Assert.Equal((NoticeStepKind.Settled, 1), ((await Steps(house, id))[^1].Kind, (await Steps(house, id)).Count(s => s.Kind == NoticeStepKind.Called)));
    }

    [Theory, BothDatabases]
    public async Task A_dead_job_calls_until_it_is_tried_again_and_a_batch_run_does_not(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Night.Begin(house, TimeProvider.System.GetUtcNow());
        await house.Enqueue(1, "test.nobody");
        await house.RunJobs();
        await using (var scope = house.As(Roles.Operator))
        {
            var notice = Assert.Single((await scope.Get<ListNotices>().Handle(new(), default)).Value.Items);
            Assert.Equal("Job test.nobody was given up: No handler for jobs of kind 'test.nobody'.", notice.Text);
            var told = await scope.Db.Set<Event>().SingleAsync(e => e.Name == "job.died");
            var died = JsonSerializer.Deserialize<JobDied>(told.Body, JobRegistration.Json)!;
            await using var again = house.As(Actor.Process("test"));
            await again.Get<DeadJobNotice>().Hear(died, told.Id, default);
            Assert.Equal(1, await scope.Db.Set<Notice>().CountAsync());
            Assert.Equal($"/records/{notice.Subject.Kind}/{notice.Subject.Id}", (await scope.Get<GetNotice>().Handle(new(notice.Id), default)).Value.Href);
            Assert.Equal([false, false, false, true], ((string[])["batch.run", $"event:{DeadJobNotice.Subscriber}", $"event:{Tieline.Operations.Jobs.DeadJobToDo.Subscriber}", "x"]).Select(k => Tieline.Operations.Jobs.Deaths.Call(died with { Kind = k })));
            // What raises notices and dies is a To Do; what writes those is neither.
            Assert.Equal([false, true, false, true], ((string[])["batch.run", $"event:{DeadJobNotice.Subscriber}", $"event:{Tieline.Operations.Jobs.DeadJobToDo.Subscriber}", "x"]).Select(k => Tieline.Operations.Jobs.Deaths.AreWork(died with { Kind = k })));
            Assert.True((await scope.Get<TryJobAgain>().Handle(new(died.JobId), default)).Ok);
        }
        await house.RunJobs();
        await using var check = house.As(Roles.Operator);
        var settled = (await check.Get<ListNotices>().Handle(new(Settled: true), default)).Value.Items;
        Assert.Contains(settled, n => n.SettledBecause == "The job is tried again.");
    }

    [Theory, BothDatabases]
    public async Task Who_has_left_or_is_away_is_passed_over_at_once_and_the_roster_says_so(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        var first = await Night.OnCall(house, night.Ana, 1, (27, 8), (28, 8));
        await Night.OnCall(house, night.Bo, 2, (27, 8), (28, 8));
        await Night.OnCall(house, night.Cy, 3, (27, 8), (28, 8));
        await using (var scope = house.As(Actor.Process("test")))
        {
            Assert.True((await scope.Get<Tieline.Organization.Employees.EndEmployment>().Handle(new(night.Ana, 0, new DateOnly(2037, 10, 26)), default)).Ok);
            scope.Db.Add(new Tieline.Organization.Absences.Absence(scope.Db.NextId(), night.Bo, new DateOnly(2037, 10, 27), new DateOnly(2037, 10, 27), "", null));
            await scope.Db.SaveChangesAsync();
        }
        var id = await Night.Raise(house, Cause);
        Assert.Equal([(NoticeStepKind.Skipped, 1, null), (NoticeStepKind.Skipped, 2, null), (NoticeStepKind.Called, 3, (long?)night.Cy)], await Steps(house, id));
        using var browser = await house.SignedIn(Roles.Supervisor, night.Dee);
        var file = await browser.GetStringAsync($"/operations/notices/{id}");
        Assert.Contains("Ana Night no longer works here", file, StringComparison.Ordinal);
        Assert.Contains("Bo Night is away", file, StringComparison.Ordinal);
        await using (var scope = house.As(Roles.Operator))
        {
            Assert.Equal([night.Cy], (await scope.Get<WhoIsOnCall>().Handle(new(), default)).Value.Select(o => o.EmployeeId));
            var week = (await scope.Get<GetRoster>().Handle(new(new DateOnly(2037, 10, 27)), default)).Value;
            var (today, tomorrow) = (week.Days[1], week.Days[2]);
            // Nobody has level 1 in the whole day; Bo is back tomorrow.
            Assert.Equal((today.StartsAt, today.EndsAt), Assert.Single(today.Gaps) is var gap ? (gap.FromAt, gap.ToAt) : default);
            Assert.Equal(["no longer works here", "is away", null], today.Duties.OrderBy(d => d.Level).Select(d => d.Missing));
            Assert.Equal(["no longer works here", null, null], tomorrow.Duties.OrderBy(d => d.Level).Select(d => d.Missing));
        }
        var roster = await browser.GetStringAsync("/operations/on-call?week=2037-10-27");
        Assert.Contains("They are not called", roster, StringComparison.Ordinal);
        Assert.Contains("Ana Night no longer works here. Bo Night is away. Give their duties to somebody else.", roster, StringComparison.Ordinal);
        Assert.Contains("is not called: give this duty to somebody else.", await browser.GetStringAsync($"/operations/on-call/{first}"), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_paused_web_hook_calls_until_it_is_resumed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Night.Begin(house);
        await using var scope = house.As(Actor.Process("test"));
        var hook = new WebHook { Id = 5, Name = "Outage map", Url = "https://127.0.0.1/", Events = "", Secret = [1], CreatedBy = scope.Db.Actor.Ref, CreatedAt = scope.Db.Now };
        hook.Pause("Answered 503.", 77);
        scope.Db.Add(hook);
        var told = new WebHookPaused(5, hook.Name, "Answered 503.", 77);
        await scope.Get<IEvents>().Publish(told, default);
        await scope.Db.SaveChangesAsync();
        await house.RunJobs();
        var notice = await scope.Db.Set<Notice>().AsNoTracking().SingleAsync();
        Assert.Equal(("Web hook Outage map is paused, its target has failed for a day: Answered 503.", true), (notice.Text, notice.IsCalling));
        hook.Resume();
        await scope.Get<IEvents>().Publish(new WebHookResumed(5, 77), default);
        await scope.Db.SaveChangesAsync();
        await house.RunJobs();
        Assert.False((await scope.Db.Set<Notice>().AsNoTracking().SingleAsync()).IsCalling);
        // Told again, of a pause that is over: nobody is called, and there is no work.
        await scope.Db.Set<NoticeStep>().ExecuteDeleteAsync();
        await scope.Db.Set<Notice>().ExecuteDeleteAsync();
        await using var late = house.As(Actor.Process("test"));
        await late.Get<Tieline.Operations.Jobs.PausedHook>().Hear(told with { PauseId = 78 }, 1, default);
        await late.Get<Tieline.Operations.Jobs.PausedHook>().Hear(told, 1, default);
        Assert.Equal((0, 1), (await scope.Db.Set<Notice>().CountAsync(), await scope.Db.Set<Tieline.ToDos.Entries.ToDo>().CountAsync()));
    }

    [Theory, BothDatabases]
    public async Task The_list_leaves_as_it_is_filtered_with_a_note_in_the_audit(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        await Night.OnCall(house, night.Ana, 1, (27, 8), (28, 8));
        var taken = await Night.Raise(house, Cause, "=Disk, full");
        await Night.Raise(house, new("test", 8), "Line is down");
        await Night.Raise(house, new("test", 9), "It rains in");
        await Settle(house, new("test", 9));
        await using (var scope = house.As(Night.Operator(night.Ana)))
            Assert.True((await scope.Get<AcknowledgeNotice>().Handle(new(taken), default)).Ok);
        using var browser = await house.SignedIn(Roles.Supervisor, night.Dee);
        Assert.Contains("href=\"/operations/notices/export?settled=true\"", await browser.GetStringAsync("/operations/notices?settled=true"), StringComparison.Ordinal);
        var open = System.Text.RegularExpressions.Regex.Replace(await browser.GetStringAsync("/operations/notices/export"), "2037-10-27T19:0[0-9]:[0-9]{2}Z", "noon", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("text,severity,state,about,raised_at,level,called,called_at,taken_by,taken_at,settled_at,settled_because", open[0]);
        Assert.Equal(
            ["Line is down,Warning,Calling,test:8,noon,1,Ana Night,noon,,,,", "\"'=Disk, full\",Warning,Acknowledged,test:7,noon,1,Ana Night,noon,Test operator,noon,,"],
            open[1..]);
        var gone = await browser.GetStringAsync("/operations/notices/export?settled=true");
        Assert.Contains("It rains in,Warning,Settled,", gone, StringComparison.Ordinal);
        Assert.DoesNotContain("Line is down", gone, StringComparison.Ordinal);
        await using var check = house.As(Roles.Operator);
        Assert.Equal(2, await check.Db.Set<Tieline.Platform.Audit.AuditEntry>().CountAsync(e => e.Action == "exported"));
        using var csr = await house.SignedIn(Roles.Csr, night.Ana);
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync("/operations/notices/export")).StatusCode);
    }

    private static async Task Take(TestHouse house, long employee, long id)
    {
        await using var scope = house.As(Night.Operator(employee));
        Assert.True((await scope.Get<AcknowledgeNotice>().Handle(new(id), default)).Ok);
    }

    private static async Task Settle(TestHouse house, RecordRef cause)
    {
        await using var scope = house.As(Actor.Process("test"));
        await scope.Db.InTransaction(async () =>
        {
            await scope.Get<IOperations>().Settle(cause, "Gone", default);
            return await scope.Db.SaveChangesAsync();
        }, default);
    }

    private static async Task<IReadOnlyList<(NoticeStepKind Kind, int Level, long? Employee)>> Steps(TestHouse house, long id)
    {
        await using var scope = house.As(Roles.Operator);
        return (await scope.Db.Set<NoticeStep>().Where(s => s.NoticeId == id).OrderBy(s => s.Id).ToListAsync()).ConvertAll(s => (s.Kind, s.Level, s.EmployeeId));
    }
}

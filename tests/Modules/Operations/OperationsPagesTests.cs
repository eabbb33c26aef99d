using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Batch;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.WebHooks;
using Tieline.Tests.Modules.Platform.Batch;
using Tieline.Tests.Modules.Platform.Jobs;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Operations;

public class OperationsPagesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Whoever_is_called_finds_what_failed_and_that_it_is_safe_and_goes_on_with_it(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting);
        counting.Poison.UnionWith([3, 4]);
        long run;
        await using (var scope = house.As(Roles.Operator))
            run = (await scope.Get<SubmitBatch>().Handle(new("COUNT", null, null, MaxErrors: 1), Token)).Value.Id;
        await house.RunJobs();

        using var desk = await house.SignedIn(Roles.Operator);
        var page = await desk.GetStringAsync("/operations", Token);
        Assert.Contains("COUNT run 1 failed", page, StringComparison.Ordinal);
        Assert.Contains("Going on tries the records in error again: mend them first, or it fails again.", page, StringComparison.Ordinal);
        var file = WebUtility.HtmlDecode(await desk.GetStringAsync($"/operations/runs/{run}", Token));
        Assert.Contains("More than 1 record could not be done (2). The last one: 4 cannot be counted", file, StringComparison.Ordinal);
        Assert.Contains("The 2 records that could not be done are tried again.", file, StringComparison.Ordinal);
        Assert.Contains("3 cannot be counted", await desk.GetStringAsync($"/operations/runs/{run}/errors/export", Token), StringComparison.Ordinal);
        // A notice calls whoever is on call, until it goes on.
        await using (var scope = house.As(Roles.Operator))
            Assert.Equal(1, await scope.Db.Database.SqlQuery<int>($"select count(*) as \"Value\" from notice where settled_at is null").SingleAsync(Token));

        Assert.Contains("Mend the records first", file, StringComparison.Ordinal);
        counting.Poison.Clear();
        await desk.Submit($"/operations/runs/{run}", "resume");
        await house.RunJobs();
        Assert.DoesNotContain("run 1 failed", await desk.GetStringAsync("/operations", Token), StringComparison.Ordinal);
        file = await desk.GetStringAsync($"/operations/runs/{run}", Token);
        Assert.Contains("100 of 100", file, StringComparison.Ordinal);
        Assert.Contains("Yes: 100 were selected, and it came past each of them once", file, StringComparison.Ordinal);
        Assert.Contains($"/operations/runs/{run}/export", file, StringComparison.Ordinal);
        Assert.StartsWith("batch,run,business_date,action,record,part,at", (await desk.GetStringAsync($"/operations/runs/{run}/export", Token)).TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.GetAsync("/operations/runs/1/export", Token)).StatusCode);
        await using var after = house.As(Roles.Operator);
        Assert.Equal(0, await after.Db.Database.SqlQuery<int>($"select count(*) as \"Value\" from notice where settled_at is null").SingleAsync(Token));

        // Who may only look is offered nothing to press.
        using var looker = await house.SignedIn(Roles.Supervisor, 2);
        var seen = await looker.GetStringAsync($"/operations/runs/{run}", Token);
        Assert.DoesNotContain("Go on with it", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/operations/runs/new\"", await looker.GetStringAsync("/operations", Token), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_failed_run_is_given_up_on_its_page_and_one_with_errors_is_run_again(TestDatabase on)
    {
        var counting = new Counting();
        await using var house = await Counting.Open(on, counting);
        counting.Poison.UnionWith([3, 4]);
        long failed;
        await using (var scope = house.As(Roles.Operator))
            failed = (await scope.Get<SubmitBatch>().Handle(new("COUNT", null, null, MaxErrors: 1), Token)).Value.Id;
        await house.RunJobs();
        using var desk = await house.SignedIn(Roles.Operator);
        Assert.Contains("Say why nobody is to go on with it.", WebUtility.HtmlDecode(await (await desk.Submit($"/operations/runs/{failed}", "give-up", ("Reason", " "))).Content.ReadAsStringAsync(Token)), StringComparison.Ordinal);
        await desk.Submit($"/operations/runs/{failed}", "give-up", ("Reason", "Its work was done by hand"));
        await house.RunJobs();
        Assert.Contains("It was given up", await desk.GetStringAsync($"/operations/runs/{failed}", Token), StringComparison.Ordinal);
        Assert.DoesNotContain("run 1 failed", await desk.GetStringAsync("/operations", Token), StringComparison.Ordinal);

        long errors;
        await using (var scope = house.As(Roles.Operator))
            errors = (await scope.Get<SubmitBatch>().Handle(new("COUNT", null, new Dictionary<string, string> { ["upto"] = "9" }), Token)).Value.Id;
        await house.RunJobs();
        counting.Poison.Clear();
        await desk.Submit($"/operations/runs/{errors}", "again");
        await house.RunJobs();
        await using var after = house.As(Roles.Operator);
        Assert.Equal(("Completed", "{\"upto\":\"9\"}"), (await after.Get<ListBatchRuns>().Handle(new("COUNT", null, 1), Token)).Value.Items[0] is var again ? (again.State, again.Parameters) : default);
        Assert.DoesNotContain("Run it again", await desk.GetStringAsync($"/operations/runs/{failed}", Token), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_failure_stands_on_the_first_page_until_its_work_is_done_and_says_whether_going_on_helps(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Roles.Operator))
        {
            foreach (var (code, number) in new[] { ("TD-CCCB", 7), ("RETENTION", 8), ("TD-ESC", 9), ("SEARCH-CHECK", 10), ("REF-CHECK", 11), ("OLD-ONE", 12) })
            {
                if (!await scope.Db.Set<BatchControl>().AnyAsync(c => c.Code == code, Token))
                    scope.Db.Add(new BatchControl { Id = scope.Db.NextId(), Code = code, Process = "GONE", Description = "Of another release", Threads = 1, Records = 1, MaxErrors = 1 });
                var run = new BatchRun { Id = scope.Db.NextId(), Code = code, Number = number, BusinessOn = new(2026, 3, 10), Parameters = "{}", Threads = 1, Records = 1, MaxErrors = 1, StartedBy = scope.Db.Actor.Ref, CreatedAt = scope.Db.Now.AddDays(-9) };
                run.Start(scope.Db.Now.AddDays(-9));
                run.Fail("The disk is full", scope.Db.NextId(), scope.Db.Now.AddDays(-9));
                scope.Db.Add(run);
            }
            await scope.Db.SaveChangesAsync(Token);
        }
        using var desk = await house.SignedIn(Roles.Operator);
        var page = WebUtility.HtmlDecode(await desk.GetStringAsync("/operations", Token));
        foreach (var failed in (string[])["TD-CCCB run 7", "RETENTION run 8", "TD-ESC run 9", "SEARCH-CHECK run 10", "REF-CHECK run 11", "OLD-ONE run 12"])
            Assert.Contains($"{failed} failed", page, StringComparison.Ordinal);
        Assert.Contains("stay done. It is safe to go on.", page, StringComparison.Ordinal);
        Assert.Contains("This release does not know its process", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/operations/runs/export?state=Failed\"", await desk.GetStringAsync("/operations?state=Failed", Token), StringComparison.Ordinal);
        var csv = await desk.GetStringAsync("/operations/runs/export?state=Failed&code=TD-ESC", Token);
        Assert.StartsWith("batch,run,business_date,state,", csv.TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.Contains("TD-ESC,9,2026-03-10,Failed", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("TD-CCCB", csv, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task The_night_shows_what_did_not_begin_and_every_time_that_is_to_come(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        // Noon in the time zone of the utility.
        var noon = new DateTimeOffset(2027, 3, 9, 20, 0, 0, TimeSpan.Zero);
        house.Clock.Set(noon);
        await using var scope = house.As(Roles.Operator);
        foreach (var paused in await scope.Db.Set<BatchSchedule>().ToListAsync(Token))
            Assert.True((await scope.Get<PauseSchedule>().Handle(new(paused.Id), Token)).Ok);
        var hourly = (await scope.Get<AddSchedule>().Handle(new("COUNT", "Hourly", "0 0 * * * ?"), Token)).Value.Id;
        var now = noon.UtcDateTime;
        scope.Db.Add(new BatchFire { Id = scope.Db.NextId(), ScheduleId = hourly, FireAt = now.AddHours(-2), At = now.AddHours(-2), Outcome = FireOutcome.Refused, Words = "COUNT is switched off." });
        scope.Db.Add(new BatchFire { Id = scope.Db.NextId(), ScheduleId = hourly, FireAt = now.AddHours(-1), At = now, Outcome = FireOutcome.Missed, Words = "Nothing ran at its time." });
        scope.Db.Add(new BatchFire { Id = scope.Db.NextId(), ScheduleId = hourly, FireAt = now.AddDays(-3), At = now.AddDays(-3), Outcome = FireOutcome.Missed });
        await scope.Db.SaveChangesAsync(Token);
        var night = (await scope.Get<LookAtNight>().Handle(new(now.AddHours(-24), now.AddHours(24)), Token)).Value;
        Assert.Equal([(now.AddHours(-1), "Missed"), (now.AddHours(-2), "Refused")], night.Lost.Select(l => (l.At, l.Outcome)));
        Assert.Equal(Enumerable.Range(1, 23).Select(h => now.AddHours(h)), night.Coming.Where(c => c.ScheduleId == hourly).Select(c => c.At));
        Assert.True((await scope.Get<SkipNextFire>().Handle(new(hourly), Token)).Ok);
        Assert.Equal(now.AddHours(2), (await scope.Get<LookAtNight>().Handle(new(now.AddHours(-24), now.AddHours(24)), Token)).Value.Coming[0].At);

        using var desk = await house.SignedIn(Roles.Operator);
        var page = WebUtility.HtmlDecode(await desk.GetStringAsync("/operations", Token));
        Assert.Contains("COUNT did not start at 10:00: COUNT is switched off.", page, StringComparison.Ordinal);
        Assert.Contains("COUNT was missed at 11:00: Nothing ran at its time.", page, StringComparison.Ordinal);
        Assert.Contains("COUNT starts at 23:00", page, StringComparison.Ordinal);
        Assert.Contains("2 did not begin at their time", page, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task The_to_do_of_what_went_wrong_leads_to_what_it_is_about(TestDatabase on)
    {
        var counting = new Counting { Last = 3 };
        await using var house = await Counting.Open(on, counting);
        var night = await Night.Begin(house, TimeProvider.System.GetUtcNow());
        using var desk = await house.SignedIn(Roles.TechnicalAdministrator, night.Dee);
        async Task<string?> Leads(string type)
        {
            await house.RunJobs();
            long toDo;
            await using (var scope = house.As(Actor.Process("test")))
                toDo = (await scope.Db.Set<Tieline.ToDos.Entries.ToDo>().Where(t => t.TypeCode == type).OrderByDescending(t => t.Id).FirstAsync(Token)).Id;
            var page = await desk.GetStringAsync($"/todos/{toDo}", Token);
            var link = System.Text.RegularExpressions.Regex.Match(page, "href=\"(/records/[^\"]+)\"").Groups[1].Value;
            using var answer = await desk.GetAsync(link, Token);
            Assert.Equal((type, HttpStatusCode.Redirect), (type, answer.StatusCode));
            return answer.Headers.Location?.ToString();
        }

        // A record in error whose page they may not open leads to its run; one that they may, to itself.
        counting.Wrong.Add(2);
        long run, schedule, control;
        await using (var scope = house.As(Roles.Operator))
        {
            run = (await scope.Get<SubmitBatch>().Handle(new("COUNT", null, null), Token)).Value.Id;
            control = (await scope.Get<GetControl>().Handle(new("COUNT"), Token)).Value.Id;
            schedule = (await scope.Get<AddSchedule>().Handle(new("COUNT", "Nightly", "0 0 1 * * ?"), Token)).Value.Id;
        }
        Assert.Equal($"/operations/runs/{run}", await Leads("BATCH-ERROR"));
        await using (var scope = house.As(Actor.Process("test")))
        {
            scope.Db.Add(new BatchError(scope.Db.NextId(), run, 99, new("batch_schedule", schedule)) { ChunkId = (await scope.Db.Set<BatchChunk>().FirstAsync(Token)).Id, Message = "x", At = scope.Db.Now });
            await scope.Db.SaveChangesAsync(Token);
            var error = await scope.Db.Set<BatchError>().SingleAsync(e => e.RecordKey == 99, Token);
            using var answer = await desk.GetAsync($"/records/batch_error/{error.Id}", Token);
            Assert.Equal($"/operations/schedules/{schedule}", answer.Headers.Location?.ToString());
        }
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Db.InTransaction(async () =>
            {
                var failed = await scope.Db.Set<BatchRun>().SingleAsync(r => r.Id == run, Token);
                await scope.Get<RunBook>().Fail(failed, "The disk is full", Token);
                var events = scope.Get<Tieline.Platform.Events.IEvents>();
                var fire = new BatchFire { Id = scope.Db.NextId(), ScheduleId = schedule, FireAt = scope.Db.Now.AddDays(1), At = scope.Db.Now, Outcome = FireOutcome.Missed, BusinessOn = new(2037, 1, 1) };
                scope.Db.Add(fire);
                await events.Publish(new BatchFireRefused(fire.Id, schedule, "COUNT", "Nightly", fire.FireAt, "x", new(2037, 1, 1)), Token);
                var late = new BatchLateness { Id = scope.Db.NextId(), ControlId = control, Words = "late", At = scope.Db.Now };
                scope.Db.Add(late);
                await events.Publish(new BatchCameLate(late.Id, control, "COUNT", "late", null), Token);
                await scope.Db.SaveChangesAsync(Token);
                return true;
            }, Token);
        }
        Assert.Equal($"/operations/runs/{run}", await Leads("BATCH-FAILED"));
        Assert.Equal($"/operations/schedules/{schedule}", await Leads("BATCH-NOT-STARTED"));
        Assert.Equal($"/operations/batches/{control}", await Leads("BATCH-LATE"));
        await house.Enqueue(1, "test.nobody");
        Assert.Equal("/operations/dead-jobs?kind=test.nobody", await Leads("JOB-DEAD"));

        using var csr = await house.SignedIn(Roles.Csr, 2);
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync($"/records/job_death/1", Token)).StatusCode);
        foreach (var nothing in (string[])["/records/batch_failure/1", "/records/person/1", "/records/nonsense/1"])
            Assert.Equal((nothing, HttpStatusCode.NotFound), (nothing, (await desk.GetAsync(nothing, Token)).StatusCode));
        await using var check = house.As(Actor.Process("test"));
        Assert.Equal(Tieline.ToDos.Types.DrillTarget.Cause, (await check.Db.Set<Tieline.ToDos.Types.ToDoType>().SingleAsync(t => t.Code == "HOOK-PAUSED", Token)).DrillTarget);
    }

    [Theory, BothDatabases]
    public async Task A_control_is_changed_where_it_stands_and_what_is_wrong_is_told_there(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        using var desk = await house.SignedIn(Roles.Operator);
        long id;
        await using (var scope = house.As(Roles.Operator))
            id = (await scope.Get<GetControl>().Handle(new("COUNT"), Token)).Value.Id;
        async Task<(HttpStatusCode, string)> Typed(string threads, string after, string upTo)
        {
            using var answer = await desk.Submit($"/operations/batches/{id}", "form-change-control",
                ("Description", "Counts"), ("Threads", threads), ("Records", "10"), ("MaxErrors", "5"), ("MayOverlap", "false"), ("Active", "true"), ("After", after), ("Parameters[upto]", upTo));
            return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Token)));
        }

        var (status, page) = await Typed("99", "COUNT", "many");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("Threads: a number from 1 to 64.", page, StringComparison.Ordinal);
        Assert.Contains("The chain leads back to itself: COUNT after COUNT.", page, StringComparison.Ordinal);
        Assert.Contains("upto must be a number from 1 to 1000, not 'many'.", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await Typed("3", "behind td-cccb", "7")).Item1);
        await using var check = house.As(Roles.Operator);
        var control = (await check.Get<GetControl>().Handle(new("COUNT"), Token)).Value;
        Assert.Equal((3, "BEHIND TD-CCCB", "7"), (control.Threads, string.Join(' ', control.After), control.Parameters["upto"]));
    }

    [Theory, BothDatabases]
    public async Task The_head_of_an_open_run_changes_when_it_is_over_and_not_before(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        using var desk = await house.SignedIn(Roles.Operator);
        BatchRunLine run;
        await using (var scope = house.As(Roles.Operator))
            run = (await scope.Get<SubmitBatch>().Handle(new("COUNT", null, null), Token)).Value;
        // As the page itself asks every two seconds: what somebody stands on is left alone until it goes.
        async Task<string> Asked()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/operations/runs/{run.Id}");
            request.Headers.Add("HX-Request", "true");
            request.Headers.Add("HX-Target", "run");
            using var answer = await desk.SendAsync(request, Token);
            return await answer.Content.ReadAsStringAsync(Token);
        }

        var open = await desk.GetStringAsync($"/operations/runs/{run.Id}", Token);
        Assert.Contains("<div id=\"run-actions\">", open, StringComparison.Ordinal);
        Assert.Contains("id=\"run-cancel\"", open, StringComparison.Ordinal);
        Assert.Contains("hx-select-oob=\"#run-state,#run-actions\"", open, StringComparison.Ordinal);
        Assert.DoesNotContain("<div id=\"run-actions\">", await Asked(), StringComparison.Ordinal);
        await house.RunJobs();
        var over = (await Asked()).Split("<div id=\"run-actions\">")[1].Split("</div>")[0];
        Assert.Contains("<span id=\"run-cancel\" class=\"visually-hidden\" tabindex=\"-1\">The run is over.</span>", over, StringComparison.Ordinal);
        Assert.DoesNotContain("Cancel the run", over, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Nodes_that_run_jobs_say_that_they_are_alive(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.Operator);
        Assert.Empty((await scope.Get<ListNodes>().Handle(new(), Token)).Value);
        await scope.Get<JobTable>().Beat("here/1", 2, Token);
        await scope.Get<JobTable>().Beat("here/1", 2, Token);
        var node = Assert.Single((await scope.Get<ListNodes>().Handle(new(), Token)).Value);
        Assert.Equal(("here/1", 2, 0, false), (node.Name, node.Slots, node.Running, node.Silent));
        await scope.Get<IJobs>().Enqueue("test.inside", 1, Token);
        await scope.Get<IJobs>().Enqueue(Deliver.Kind, 1, Token);
        await scope.Db.SaveChangesAsync(Token);
        foreach (var kind in (string[])["test.inside", Deliver.Kind])
        {
            await house.MakeDue(kind);
            Assert.Single(await scope.Get<JobTable>().Claim("here/1", [kind], 1, TimeSpan.FromMinutes(1), Token));
        }
        // What waits for somebody outside does so beside the slots.
        Assert.Equal(1, Assert.Single((await scope.Get<ListNodes>().Handle(new(), Token)).Value).Running);
        Assert.Contains("1 of 2 jobs", await (await house.SignedIn(Roles.Operator)).GetStringAsync("/operations", Token), StringComparison.Ordinal);
    }
}

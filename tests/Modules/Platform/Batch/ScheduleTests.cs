using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Tieline.Operations.OnCall;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Configuration;
using Tieline.Platform.Demo.Night;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Platform.Batch;

public class ScheduleTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly AddSchedule.Input Nightly = new("COUNT", "Nightly", "0 0 1 * * ?");

    [Theory, BothDatabases]
    public async Task Each_process_that_usually_runs_by_itself_begins_with_one_schedule_however_often_it_starts(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.SetControls();
        await using var scope = house.As(Roles.Operator);
        var usual = scope.Get<IEnumerable<IBatchProcess>>().Where(p => p.Usual.Cron is not null).Select(p => (p.Code, p.Usual.Cron!)).OrderBy(p => p.Code, StringComparer.Ordinal);
        var lines = (await scope.Get<ListSchedules>().Handle(new(), Ct)).Value;
        Assert.Equal(usual, lines.Select(s => (s.Code, s.Cron)));
        Assert.All(lines, s => Assert.True(s is { Active: true, NextAt: not null, SkipsNext: false, LastAt: null }));
        Assert.Equal(lines.Count, await scope.Db.Set<Job>().CountAsync(j => j.Kind == FireSchedule.Kind, Ct));

        // What administrators made of it stays as it is.
        var first = lines[0];
        Assert.True((await scope.Get<PauseSchedule>().Handle(new(first.Id), Ct)).Ok);
        await house.SetControls();
        Assert.Equal((lines.Count, false), (await scope.Get<ListSchedules>().Handle(new(), Ct)).Value is var after ? (after.Count, after[0].Active) : default);
        Assert.Equal(lines.Count, await scope.Db.Set<Job>().CountAsync(j => j.Kind == FireSchedule.Kind, Ct));
    }

    [Theory, BothDatabases]
    public async Task A_fire_happens_once_whatever_the_number_of_nodes(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var id = await Add(house, Nightly);
        var at = (await File(house, id)).Schedule.NextAt!.Value;
        house.Clock.Set(at.AddSeconds(1));
        await using var other = on == TestDatabase.Postgres ? house.Beside(services => Counting.Bring(services, new Counting())) : null;
        other?.Clock.Set(at.AddSeconds(1));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Fire(i % 2 == 0 || other is null ? house : other, id, at)));
        await Fire(house, id, at);
        await using var scope = house.As(Roles.Operator);
        var run = await scope.Db.Set<BatchRun>().AsNoTracking().SingleAsync(r => r.Code == "COUNT", Ct);
        Assert.Equal("schedule COUNT", run.StartedBy.Name);
        Assert.Equal((FireOutcome.Submitted, run.Id, at), await scope.Db.Set<BatchFire>().SingleAsync(Ct) is var fire ? (fire.Outcome, fire.RunId, fire.FireAt) : default);
        // The next one is set, once.
        var next = (await File(house, id)).Schedule.NextAt!.Value;
        Assert.Equal(1, (next - at).TotalDays, 0.1);
        Assert.Equal(1, await scope.Db.Set<Job>().CountAsync(j => j.Kind == FireSchedule.Kind && j.UniqueKey == $"{id} {next:yyyyMMddTHHmmss}", Ct));

        // And the database itself says so.
        scope.Db.Add(new BatchFire { Id = scope.Db.NextId(), ScheduleId = id, FireAt = at, At = at, Outcome = FireOutcome.Submitted });
        Assert.True(scope.Db.Dialect.IsUniqueViolation(await Assert.ThrowsAsync<DbUpdateException>(() => scope.Db.SaveChangesAsync(Ct))));
    }

    [Theory, BothDatabases]
    public async Task It_fires_by_its_timer_night_after_night_about_the_day_that_it_says(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var id = await Add(house, Nightly with { About = BusinessDay.DayBefore, Parameters = new Dictionary<string, string> { ["upto"] = "7" } });
        for (var night = 1; night <= 3; night++)
        {
            var at = (await File(house, id)).Schedule.NextAt!.Value;
            house.Clock.Set(at.AddSeconds(5));
            await house.RunJobs();
            var past = (await File(house, id)).Past;
            Assert.Equal((night, at, "Submitted", (string?)null), (past.Count, past[0].FireAt, past[0].Outcome, past[0].Words));
            await using var scope = house.As(Roles.Operator);
            var run = (await scope.Get<GetBatchRun>().Handle(new(past[0].RunId!.Value), Ct)).Value;
            Assert.Equal(("Completed", 7L, (await scope.Get<IUtilityClock>().Today(Ct)).AddDays(-1)), (run.State, run.Done, run.BusinessOn));
        }
    }

    [Theory, BothDatabases]
    public async Task Pause_resume_skip_and_run_now(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var id = await Add(house, Nightly);
        var first = (await File(house, id)).Schedule.NextAt!.Value;

        // Paused: its timer does nothing, and nothing is made up for.
        Assert.True((await Use<PauseSchedule, PauseSchedule.Input, Done>(house, new(id))).Ok);
        Assert.Equal((false, null, 0), await File(house, id) is var paused ? (paused.Schedule.Active, paused.Schedule.NextAt, paused.Next.Count) : default);
        Assert.Equal("schedule.paused", (await Use<SkipNextFire, SkipNextFire.Input, Done>(house, new(id))).Problems.Single().Rule);
        house.Clock.Set(first.AddHours(1));
        await house.RunJobs();
        Assert.Empty((await File(house, id)).Past);
        Assert.True((await Use<ResumeSchedule, ResumeSchedule.Input, Done>(house, new(id))).Ok);
        var second = (await File(house, id)).Schedule.NextAt!.Value;
        Assert.True(second > first);

        // The next is left out, and only that one.
        Assert.Equal(Problem.ConflictRule, (await Use<SkipNextFire, SkipNextFire.Input, Done>(house, new(id, first))).Problems.Single().Rule);
        Assert.True((await Use<SkipNextFire, SkipNextFire.Input, Done>(house, new(id, second))).Ok);
        Assert.Equal("Left out.", (await File(house, id)).Next[0].Words);
        Assert.True((await Use<KeepNextFire, KeepNextFire.Input, Done>(house, new(id))).Ok);
        Assert.Null((await File(house, id)).Next[0].Words);
        Assert.True((await Use<SkipNextFire, SkipNextFire.Input, Done>(house, new(id))).Ok);
        house.Clock.Set(second.AddSeconds(1));
        await house.RunJobs();
        var skipped = await File(house, id);
        Assert.Equal(("Skipped", "Left out, as was asked for.", (long?)null, false), (skipped.Past[0].Outcome, skipped.Past[0].Words, skipped.Past[0].RunId, skipped.Schedule.SkipsNext));
        Assert.Empty(await Counting.Counted(house));

        // By hand, in between: its times stay.
        var run = (await Use<RunNow, RunNow.Input, BatchRunLine>(house, new(id))).Value;
        await house.RunJobs();
        Assert.Equal(100, (await Counting.Counted(house)).Count);
        Assert.Equal((skipped.Schedule.NextAt, 1), await File(house, id) is var after ? (after.Schedule.NextAt, after.Past.Count) : default);
        Assert.Equal("COUNT", run.Code);
        await using var supervisor = house.As(Roles.Supervisor);
        await Assert.ThrowsAsync<ForbiddenException>(() => supervisor.Get<RunNow>().Handle(new(id), Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => supervisor.Get<PauseSchedule>().Handle(new(id), Ct));
    }

    [Theory, BothDatabases]
    public async Task What_comes_too_late_runs_late_or_not_at_all_as_it_says(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var (late, never, window) = (await Add(house, Nightly), await Add(house, Nightly with { Name = "On time only", Misfire = Misfire.Skip }), await Add(house, Nightly with { Name = "At night", WindowFrom = new(20, 0), WindowTo = new(5, 0) }));
        var at = (await File(house, late)).Schedule.NextAt!.Value;
        house.Clock.Set(at.AddDays(2).AddHours(10));
        await Fire(house, never, at);
        await Fire(house, window, at);
        await Fire(house, late, at);
        async Task<(string, string?)> Last(long id) => (await File(house, id)).Past is [var only] ? (only.Outcome, only.Words) : default;
        Assert.Equal(("Missed", "Nothing ran at its time. It came 2 days late, and is left out then."), await Last(never));
        Assert.Equal(("Missed", "Nothing ran at its time. It came 2 days late, after its window."), await Last(window));
        Assert.Equal(("Submitted", "2 days late."), await Last(late));
        await using var scope = house.As(Roles.Operator);
        Assert.Equal(await scope.Get<IUtilityClock>().Today(Ct), (await scope.Db.Set<BatchRun>().SingleAsync(r => r.Code == "COUNT", Ct)).BusinessOn);
        Assert.All(await scope.Db.Set<BatchSchedule>().Where(s => s.Code == "COUNT").ToListAsync(Ct), s => Assert.True(s.NextAt > scope.Db.Now));
    }

    [Theory, BothDatabases]
    public async Task A_run_that_cannot_begin_is_in_front_of_the_operators(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var id = await Add(house, Nightly);
        await Use<SubmitBatch, SubmitBatch.Input, BatchRunLine>(house, new("COUNT", null, null));
        var at = (await File(house, id)).Schedule.NextAt!.Value;
        house.Clock.Set(at.AddMinutes(1));
        await Fire(house, id, at);
        var past = Assert.Single((await File(house, id)).Past);
        Assert.Equal(("Refused", true, (long?)null), (past.Outcome, past.Words!.Contains("its runs do not overlap", StringComparison.Ordinal), past.RunId));
        await house.RunJobs();
        await using var scope = house.As(Roles.TechnicalAdministrator);
        var toDo = Assert.Single(await scope.Db.Set<ToDo>().ToListAsync(Ct));
        Assert.Equal(("BATCH-NOT-STARTED", ToDoState.Open), (toDo.TypeCode, toDo.State));
        Assert.StartsWith("COUNT did not start on ", toDo.Subject, StringComparison.Ordinal);
        var notice = await scope.Db.Set<Notice>().AsNoTracking().SingleAsync(Ct);
        Assert.Equal((toDo.Subject, new RecordRef("batch_schedule", id), (DateTime?)null), (notice.Text, notice.Subject, notice.SettledAt));

        // The one in its way was for the day before. A run for its own day completes it, and stands beside the fire.
        Assert.Equal(ToDoState.Open, (await ToDoOf(house)).State);
        var run = (await Use<SubmitBatch, SubmitBatch.Input, BatchRunLine>(house, new("COUNT", await Day(house), null))).Value;
        await house.RunJobs();
        var done = await ToDoOf(house);
        Assert.Equal((ToDoState.Complete, $"Run {run.Number} does its work.", run.Id), (done.State, done.Resolution, (await File(house, id)).Past.Single().RunId));
        Assert.Equal(done.Resolution, (await scope.Db.Set<Notice>().AsNoTracking().SingleAsync(Ct)).SettledBecause);
    }

    [Theory, BothDatabases]
    public async Task A_window_that_passed_without_a_run_is_told_and_what_is_left_out_on_purpose_is_not(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var (never, window) = (await Add(house, Nightly with { Misfire = Misfire.Skip }), await Add(house, Nightly with { Name = "At night", WindowFrom = new(20, 0), WindowTo = new(5, 0) }));
        var at = (await File(house, window)).Schedule.NextAt!.Value;
        house.Clock.Set(at.AddHours(5));
        await Fire(house, never, at);
        await Fire(house, window, at);
        await house.RunJobs();
        var told = await ToDoOf(house);
        Assert.Equal(("BATCH-NOT-STARTED", ToDoState.Open), (told.TypeCode, told.State));
        Assert.StartsWith("COUNT did not start on ", told.Subject, StringComparison.Ordinal);
        Assert.EndsWith("01:00: Nothing ran at its time. It came 5 hours late, after its window.", told.Subject, StringComparison.Ordinal);

        // A run for its day does its work.
        var run = (await Use<SubmitBatch, SubmitBatch.Input, BatchRunLine>(house, new("COUNT", await Day(house), null))).Value;
        await house.RunJobs();
        Assert.Equal((ToDoState.Complete, $"Run {run.Number} does its work."), await ToDoOf(house) is var done ? (done.State, done.Resolution) : default);
    }

    [Theory, BothDatabases]
    public async Task What_did_not_begin_since_the_run_of_its_day_went_on_is_done_when_that_is_over(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var id = await Add(house, Nightly);
        var at = (await File(house, id)).Schedule.NextAt!.Value;
        house.Clock.Set(at.AddMinutes(-1));
        var run = (await Use<SubmitBatch, SubmitBatch.Input, BatchRunLine>(house, new("COUNT", await Day(house), null))).Value;
        house.Clock.Set(at.AddMinutes(1));
        await Fire(house, id, at);
        Assert.Null((await File(house, id)).Past.Single().RunId);
        await house.RunJobs();
        await using var scope = house.As(Roles.Operator);
        Assert.Equal(run.Id, (await File(house, id)).Past.Single().RunId);
        // Whichever message came first: nothing of it is left to do.
        Assert.DoesNotContain(await scope.Db.Set<ToDo>().ToListAsync(Ct), t => t.State == ToDoState.Open);
    }

    [Theory, BothDatabases]
    public async Task A_timer_that_is_given_up_is_a_fire_that_was_missed_and_the_next_one_comes(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var id = await Add(house, Nightly);
        var at = (await File(house, id)).Schedule.NextAt!.Value;
        house.Clock.Set(at.AddSeconds(5));
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            var timer = await scope.Db.Set<Job>().SingleAsync(j => j.UniqueKey == $"{id} {at:yyyyMMddTHHmmss}", Ct);
            (timer.State, timer.FinishedAt, timer.DeathId) = (JobState.Dead, scope.Db.Now, scope.Db.NextId());
            await scope.Db.SaveChangesAsync(Ct);
            Assert.True((await scope.Get<DropJob>().Handle(new(timer.Id, "Its data is lost"), Ct)).Ok);
        }
        await house.RunJobs();
        var (schedule, _, past) = await File(house, id);
        Assert.Equal(("Missed", "Its timer was given up: Its data is lost", at), past.Single() is var fire ? (fire.Outcome, fire.Words, fire.FireAt) : default);
        Assert.Equal(1, (schedule.NextAt!.Value - at).TotalDays, 0.1);
        house.Clock.Set(schedule.NextAt.Value.AddSeconds(5));
        await house.RunJobs();
        Assert.Equal("Submitted", (await File(house, id)).Past[0].Outcome);
    }

    [Theory, BothDatabases]
    public async Task Timers_of_before_and_of_what_was_changed_do_nothing(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var id = await Add(house, Nightly);
        var first = (await File(house, id)).Schedule;
        Assert.True((await Use<ChangeSchedule, ChangeSchedule.Input, Done>(house, new(id, first.Version, "Nightly", "0 0 3 * * ?"))).Ok);
        Assert.Equal(2, ((await File(house, id)).Schedule.NextAt!.Value - first.NextAt!.Value).TotalHours % 24);
        await Fire(house, id, first.NextAt.Value);
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<IJobs>().Enqueue(FireSchedule.Kind, new { Code = "COUNT", FireAt = scope.Db.Now }, Ct, uniqueKey: "COUNT 20270101T090000");
            await scope.Db.SaveChangesAsync(Ct);
        }
        await house.RunJobs();
        await using var look = house.As(Roles.Operator);
        Assert.Equal((0, 0, 0), (await look.Db.Set<BatchRun>().CountAsync(Ct), await look.Db.Set<BatchFire>().CountAsync(Ct), await look.Db.Set<Job>().CountAsync(j => j.State == JobState.Dead, Ct)));
        // Two who change the same: the second one sees it.
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => Use<ChangeSchedule, ChangeSchedule.Input, Done>(house, new(id, first.Version, "Nightly", "0 0 4 * * ?")));
    }

    [Theory, BothDatabases]
    public async Task What_is_typed_wrong_is_told_where_it_is_typed_and_nothing_changes(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        house.Clock.Set(new DateTimeOffset(2027, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var id = await Add(house, Nightly with { Cron = "0 0 0/3 * * ?" });
        var before = (await File(house, id)).Schedule;
        async Task Refused(string field, string message, AddSchedule.Input typed)
        {
            var add = (await Use<AddSchedule, AddSchedule.Input, Added>(house, typed with { Name = "Other" })).Problems.Single();
            Assert.Equal((field, message), (add.Field, add.Message));
            var change = (await Use<ChangeSchedule, ChangeSchedule.Input, Done>(house, new(id, before.Version, "Other", typed.Cron, typed.Zone, typed.Calendar, typed.WindowFrom, typed.WindowTo, typed.Misfire, typed.About, typed.Parameters))).Problems.Single();
            Assert.Equal((field, message), (change.Field, change.Message));
        }

        await Refused("Cron", "When is missing.", Nightly with { Cron = " " });
        await Refused("Cron", "This cannot be read. Seconds, minutes, hours, day of the month, month, day of the week: 0 0 20 ? * MON-FRI for 20:00 from Monday to Friday.", Nightly with { Cron = "every night" });
        await Refused("Cron", "This never fires.", Nightly with { Cron = "0 0 1 30 2 ?" });
        await Refused("Cron", "This never fires.", Nightly with { Cron = "0 0 1 * * ? 2020" });
        await Refused("Cron", "On 14 March 2027 02:30 does not exist, since the clocks go on in that night, and there is no other time at which it fires.", Nightly with { Cron = "0 30 2 14 3 ? 2027" });
        await Refused("WindowFrom", "It never fires between 20:00 and 05:00.", Nightly with { Cron = "0 0 12 * * ?", WindowFrom = new(20, 0), WindowTo = new(5, 0) });
        await Refused("WindowTo", "This window never opens: it ends at 05:00, when it begins.", Nightly with { WindowFrom = new(5, 0), WindowTo = new(5, 0) });
        await Refused("WindowTo", "A window has both, from and until.", Nightly with { WindowFrom = new(5, 0) });
        await Refused("WindowFrom", "A window has both, from and until.", Nightly with { WindowTo = new(5, 0) });
        await Refused("Zone", "There is no time zone Mars/Olympus. One is America/Los_Angeles.", Nightly with { Zone = "Mars/Olympus" });
        await Refused("Calendar", "There is no calendar MOON.", Nightly with { Calendar = "moon" });
        await Refused("Calendar", "It never fires on an open day of OFFICE.", Nightly with { Cron = "0 0 1 ? * SUN", Calendar = "office" });
        await Refused("Parameters[upto]", "upto must be a number from 1 to 1000, not 'all'.", Nightly with { Parameters = new Dictionary<string, string> { ["upto"] = "all" } });
        Assert.Equal("Code", (await Use<AddSchedule, AddSchedule.Input, Added>(house, Nightly with { Code = "NOTHING" })).Problems.Single().Field);
        Assert.Equal(("Name", "COUNT has a schedule Nightly already."), (await Use<AddSchedule, AddSchedule.Input, Added>(house, Nightly)).Problems.Single() is var taken ? (taken.Field, taken.Message) : default);
        Assert.Equivalent(before, (await File(house, id)).Schedule, strict: true);
        await using var scope = house.As(Roles.Operator);
        Assert.Equal(1, await scope.Db.Set<BatchSchedule>().CountAsync(s => s.Code == "COUNT", Ct));
    }

    [Theory, BothDatabases]
    public async Task Calendar_zone_and_window_hold_and_the_nights_of_the_clocks_are_told(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        house.Clock.Set(new DateTimeOffset(2027, 3, 12, 20, 0, 0, TimeSpan.Zero));
        var id = await Add(house, Nightly with { Cron = "0 30 2 * * ?" });
        Assert.Equal([null, "On 14 March 2027 02:30 does not exist; it runs at 03:00.", null], (await File(house, id)).Next.Take(3).Select(n => n.Words));
        Assert.Equal(10, (await File(house, id)).Next.Count);
        // New York is three hours on: 02:30 there is 23:30 here; and its Monday is what the calendar is asked about.
        var zoned = await Add(house, Nightly with { Name = "East", Cron = "0 30 2 * * ?", Zone = "America/New_York", Calendar = "OFFICE", WindowFrom = new(20, 0), WindowTo = new(5, 0) });
        Assert.Equal(new DateTime(2027, 3, 15, 6, 30, 0, DateTimeKind.Utc), (await File(house, zoned)).Schedule.NextAt);

        // A holiday that was not known when the timer was set.
        await using (var scope = house.As(Roles.BusinessAdministrator))
        {
            var office = await scope.Db.Set<Tieline.Organization.Calendars.BusinessCalendar>().SingleAsync(c => c.Code == "OFFICE", Ct);
            scope.Db.Add(new Tieline.Organization.Calendars.Holiday(scope.Db.NextId(), office.Id, new DateOnly(2027, 3, 15), "Founders"));
            await scope.Db.SaveChangesAsync(Ct);
        }
        house.Clock.Set(new DateTimeOffset(2027, 3, 15, 6, 31, 0, TimeSpan.Zero));
        await house.RunJobs();
        Assert.Equal("Skipped", (await File(house, zoned)).Past.Single().Outcome);
        Assert.Equal(new DateTime(2027, 3, 16, 6, 30, 0, DateTimeKind.Utc), (await File(house, zoned)).Schedule.NextAt);
    }

    [Theory, BothDatabases]
    public async Task Over_the_api(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        using var api = await house.SignedInApi(Roles.Operator);
        async Task<JsonNode?> Post(string path, object body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1{path}") { Content = JsonContent.Create(body) };
            request.Headers.Add(ApiRoutes.KeyHeader, Guid.NewGuid().ToString("N"));
            using var answer = await api.SendAsync(request, Ct);
            var text = await answer.Content.ReadAsStringAsync(Ct);
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }

        var id = (long)(await Post("/batch-schedules", new { code = "COUNT", name = "Nightly", cron = "0 0 1 * * ?", windowFrom = "20:00", windowTo = "05:00", about = "DayBefore" }))!["id"]!;
        await Post($"/batch-schedules/{id}/skip", new { });
        Assert.True((await File(house, id)).Schedule is { SkipsNext: true, About: BusinessDay.DayBefore, WindowFrom: not null });
        await Post($"/batch-schedules/{id}/keep", new { });
        Assert.False((await File(house, id)).Schedule.SkipsNext);
        await Post($"/batch-schedules/{id}/pause", new { });
        Assert.False((await File(house, id)).Schedule.Active);
        await Post($"/batch-schedules/{id}/resume", new { });
        Assert.Equal("COUNT", (string?)(await Post($"/batch-schedules/{id}/run", new { }))!["code"]);
        var file = JsonNode.Parse(await api.GetStringAsync($"/api/v1/batch-schedules/{id}", Ct))!;
        Assert.Equal(("Every day at 01:00", 10), ((string?)file["schedule"]!["when"], file["next"]!.AsArray().Count));
        Assert.Contains("COUNT", await api.GetStringAsync("/api/v1/batch-schedules?code=count", Ct), StringComparison.Ordinal);
        var refused = await Post("/batch-schedules", new { code = "COUNT", name = "Never", cron = "0 0 1 30 2 ?" });
        Assert.Equal("This never fires.", (string?)refused!["errors"]![0]!["message"]);
    }

    [Theory, BothDatabases]
    public async Task Schedules_travel_with_the_configuration(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var id = await Add(house, Nightly with { Calendar = "OFFICE", About = BusinessDay.DayBefore, Parameters = new Dictionary<string, string> { ["upto"] = "3" } });
        await using var scope = house.As(Roles.TechnicalAdministrator);
        var part = scope.Get<IEnumerable<IConfigured>>().Single(c => c.Part == "batch-schedules");
        var row = (await part.Read(Ct)).Single(r => r.Key == "COUNT Nightly");
        Assert.Equal("OFFICE", (string?)row.Fields["calendar"]);
        var changed = JsonNode.Parse(row.Fields.ToJsonString())!.AsObject();
        (changed["cron"], changed["calendar"]) = ("0 0 2 * * ?", null);
        changed.Remove("calendar");
        Assert.Empty(await part.Put(part.Parse(changed), Ct));
        var other = JsonNode.Parse(row.Fields.ToJsonString())!.AsObject();
        other["name"] = "Brought";
        Assert.Empty(await part.Put(part.Parse(other), Ct));
        Assert.Equal(("0 0 2 * * ?", (string?)null), (await File(house, id)).Schedule is var line ? (line.Cron, line.Calendar) : default);
        Assert.Equal(2, (await scope.Get<ListSchedules>().Handle(new("COUNT"), Ct)).Value.Count);

        // Paused here, paused there; and the other way round.
        await Use<PauseSchedule, PauseSchedule.Input, Done>(house, new(id));
        scope.Db.Forget();
        var paused = (await part.Read(Ct)).Single(r => r.Key == "COUNT Nightly");
        Assert.False((bool)paused.Fields["active"]!);
        Assert.True((bool)changed["active"]!);
        Assert.Empty(await part.Put(part.Parse(changed), Ct));
        Assert.True((await File(house, id)).Schedule is { Active: true, NextAt: not null });
        Assert.Empty(await part.Put(paused, Ct));
        Assert.True((await File(house, id)).Schedule is { Active: false, NextAt: null });
        paused.Fields["name"] = "Brought and paused";
        Assert.Empty(await part.Put(part.Parse(paused.Fields), Ct));
        Assert.True((await scope.Get<ListSchedules>().Handle(new("COUNT"), Ct)).Value.Single(s => s.Name == "Brought and paused") is { Active: false, NextAt: null });
    }

    [Theory, BothDatabases]
    public async Task The_night_of_the_demonstration_runs_what_is_scheduled_then(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        var id = await Add(house, Nightly with { Parameters = new Dictionary<string, string> { ["upto"] = "3" } });
        await Add(house, Nightly with { Code = "BEHIND", Cron = "0 0 13 * * ?", WindowFrom = new(12, 0), WindowTo = new(14, 0) });
        await using var scope = house.As(Roles.Operator);
        var morning = new DateOnly(2027, 3, 10);
        async Task<NightBatches.Batch?> Count() => (await scope.Get<NightBatches>().Before(morning, Ct)).SingleOrDefault(b => b.Code == "COUNT");
        Assert.Equal((morning, "3"), await Count() is { } batch ? (batch.BusinessOn, batch.Parameters["upto"]) : default);
        // One o'clock in the afternoon is in the same stretch from noon to noon.
        Assert.Equal(morning.AddDays(-1), (await scope.Get<NightBatches>().Before(morning, Ct))[0] is { Code: "BEHIND" } first ? first.BusinessOn : default);
        await Use<PauseSchedule, PauseSchedule.Input, Done>(house, new(id));
        Assert.Null(await Count());
    }

    private static async Task<ToDo> ToDoOf(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        return Assert.Single(await scope.Db.Set<ToDo>().ToListAsync(Ct));
    }

    private static async Task<DateOnly> Day(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        return await scope.Get<IUtilityClock>().Today(Ct);
    }

    private static async Task<long> Add(TestHouse house, AddSchedule.Input input) => (await Use<AddSchedule, AddSchedule.Input, Added>(house, input)).Value.Id;

    private static async Task<ScheduleFile> File(TestHouse house, long id) => (await Use<GetSchedule, GetSchedule.Input, ScheduleFile>(house, new(id))).Value;

    private static async Task<Outcome<TResult>> Use<TUse, TInput, TResult>(TestHouse house, TInput input) where TUse : class, IUse<TInput, TResult>
    {
        await using var scope = house.As(Roles.Operator);
        return await scope.Get<TUse>().Handle(input, Ct);
    }

    private static async Task Fire(TestHouse house, long id, DateTime at)
    {
        await using var scope = house.As(Actor.Process("test"));
        await scope.Get<FireSchedule>().Run(new(id, at), new JobRun(1, FireSchedule.Kind, 1, at), Ct);
    }
}

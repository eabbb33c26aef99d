using System.Net;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Operations.OnCall;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Platform.Batch;

/// <summary>When batches are late, when they are not, and who hears of it.</summary>
public class ServiceLevelTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly TimeOnly Five = new(5, 0);
    private static readonly AddSchedule.Input Evening = new("COUNT", "Evening", "0 0 20 * * ?");

    /// <summary>Noon of Tuesday, 9 March 2027, by the utility's clock.</summary>
    private static readonly DateTimeOffset Noon = new(2027, 3, 9, 20, 0, 0, TimeSpan.Zero);

    /// <summary>Eight in that evening.</summary>
    private static readonly DateTime Eight = Noon.AddHours(8).UtcDateTime;

    [Theory, BothDatabases]
    public async Task A_run_that_is_not_over_by_its_hour_of_the_night_is_told_once_and_settles_by_itself(TestDatabase on)
    {
        await using var house = await Open(on);
        Tieline.Platform.Ui.Option role;
        await using (var scope = house.As(Roles.Operator))
            role = (await scope.Get<IEnumerable<IBatchNotices>>().Single().Roles(Ct)).First(r => r.Value != "OPERATIONS");
        await Rule(house, i => i with { OverBy = Five, NotifyRole = role.Value });
        var schedule = await Add(house, Evening);
        await Fire(house, schedule);
        await Stall(house);
        // Over midnight: five o'clock is that of the night which began in the evening.
        foreach (var hours in (double[])[0.1, 3.9, 4.1, 8.98])
        {
            At(house, hours);
            await Watch(house);
            Assert.Equal(ServiceLevel.OnTime, (await Control(house)).Service);
        }
        Assert.Empty(await Told<BatchCameLate>(house));

        At(house, 9.01);
        var late = await Control(house);
        Assert.Equal((ServiceLevel.Late, "Run 1 has not begun; it was to be over by 05:00 on 10 March.", null), (late.Service, late.Late!.Words, late.LateId));
        await using (var other = on == TestDatabase.Postgres ? house.Beside(services => Counting.Bring(services, new Counting())) : null)
        {
            other?.Clock.Set(house.Clock.GetUtcNow());
            await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Tell(i % 2 == 0 || other is null ? house : other)));
        }
        At(house, 9.5);
        await Watch(house);
        var told = Assert.Single(await Told<BatchCameLate>(house));
        Assert.Equal((told.LateId, "COUNT", late.Late.RunId), ((await Control(house)).LateId, told.Code, told.RunId));
        await house.RunJobs();
        var (toDo, notice) = await Work(house);
        Assert.Equal(("COUNT is late: Run 1 has not begun; it was to be over by 05:00 on 10 March.", ToDoState.Open), (toDo.Subject, toDo.State));
        Assert.Equal((role.Text, (DateTime?)null, new RecordRef("batch_run", told.RunId!.Value)), (toDo.AddressedTo, notice.SettledAt, notice.Subject));

        await GoOn(house, told.RunId.Value);
        await house.RunJobs();
        await Watch(house);
        await house.RunJobs();
        Assert.Equal("Run 1 is over.", Assert.Single(await Told<BatchOnTimeAgain>(house)).Message);
        (toDo, notice) = await Work(house);
        Assert.Equal((ToDoState.Complete, true, ServiceLevel.OnTime, null), (toDo.State, notice.SettledAt is not null, (await Control(house)).Service, (await Control(house)).LateId));

        // The database itself says that there is one at a time.
        await using var twice = house.As(Roles.Operator);
        for (var i = 0; i < 2; i++)
            twice.Db.Add(new BatchLateness { Id = twice.Db.NextId(), ControlId = late.Id, Words = "late", At = twice.Db.Now });
        Assert.True(twice.Db.Dialect.IsUniqueViolation(await Assert.ThrowsAsync<DbUpdateException>(() => twice.Db.SaveChangesAsync(Ct))));
    }

    [Theory, BothDatabases]
    public async Task A_run_that_goes_on_for_too_long_is_late_until_it_is_cancelled_and_counts_anew_when_it_goes_on(TestDatabase on)
    {
        await using var house = await Open(on);
        await Rule(house, i => i with { LongestMinutes = 60 });
        var run = (await Use<SubmitBatch, SubmitBatch.Input, BatchRunLine>(house, new("COUNT", null, null))).Value.Id;
        await Stall(house);
        await Start(house, run);
        house.Clock.Advance(TimeSpan.FromMinutes(58));
        await Watch(house);
        Assert.Equal(ServiceLevel.OnTime, (await Control(house)).Service);
        house.Clock.Advance(TimeSpan.FromMinutes(35));
        await Watch(house);
        Assert.Equal("Run 1 has gone on for 95 minutes; 60 is the most.", Assert.Single(await Told<BatchCameLate>(house)).Message);
        await house.RunJobs();
        Assert.Equal(ToDoState.Open, (await Work(house)).ToDo.State);
        await Use<CancelRun, CancelRun.Input, Done>(house, new(run));
        await Watch(house);
        await house.RunJobs();
        Assert.Equal("Run 1 was cancelled.", Assert.Single(await Told<BatchOnTimeAgain>(house)).Message);
        Assert.Equal((ToDoState.Complete, true), await Work(house) is var work ? (work.ToDo.State, work.Notice.SettledAt is not null) : default);

        house.Clock.Advance(TimeSpan.FromHours(10));
        await Use<ResumeRun, ResumeRun.Input, Done>(house, new(run));
        await Stall(house);
        await Start(house, run);
        house.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(ServiceLevel.OnTime, (await Control(house)).Service);
        house.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal("Run 1 has gone on for 61 minutes; 60 is the most.", (await Control(house)).Late!.Words);
    }

    [Theory, BothDatabases]
    public async Task A_night_in_which_no_run_began_is_late_until_one_is_over(TestDatabase on)
    {
        await using var house = await Open(on);
        await Rule(house, i => i with { OverBy = Five });
        var schedule = await Add(house, Evening);
        // Nothing has fired it: every node was away.
        At(house, 9.1);
        Assert.Equal("No run began at 20:00 on 9 March; it was to be over by 05:00 on 10 March. Nothing ran at its time.", (await Control(house)).Late!.Words);
        // It comes late, for the day on which it comes: that one is late as well.
        await Fire(house, schedule);
        await Stall(house);
        Assert.StartsWith("Run 1 has not begun", (await Control(house)).Late!.Words, StringComparison.Ordinal);
        await Watch(house);
        await GoOn(house, (await Control(house)).Late!.RunId!.Value);
        await house.RunJobs();
        await Watch(house);
        Assert.Equal((1, 1, ServiceLevel.OnTime), ((await Told<BatchCameLate>(house)).Count, (await Told<BatchOnTimeAgain>(house)).Count, (await Control(house)).Service));

        // In the next night all was well; in the one after, another run stood in its way.
        At(house, 24.01);
        await Fire(house, schedule);
        await house.RunJobs();
        At(house, 47);
        var other = (await Use<SubmitBatch, SubmitBatch.Input, BatchRunLine>(house, new("COUNT", new DateOnly(2027, 3, 1), null))).Value.Id;
        await Stall(house);
        At(house, 48.01);
        await Fire(house, schedule);
        At(house, 57.1);
        var refused = (await Control(house)).Late!;
        Assert.Equal((true, null), (refused.Words.StartsWith("No run began at 20:00 on 11 March; it was to be over by 05:00 on 12 March. COUNT run 3 for 1 March 2027 is going on,", StringComparison.Ordinal), refused.RunId));
        await Watch(house);
        // The one in its way was for another day.
        await GoOn(house, other);
        await house.RunJobs();
        await Watch(house);
        Assert.Single(await Told<BatchOnTimeAgain>(house));
        await Use<SubmitBatch, SubmitBatch.Input, BatchRunLine>(house, new("COUNT", new DateOnly(2027, 3, 11), null));
        Assert.StartsWith("Run 4 has not begun", (await Control(house)).Late!.Words, StringComparison.Ordinal);
        await house.RunJobs();
        await Watch(house);
        await house.RunJobs();
        Assert.Equal((2, ServiceLevel.OnTime), ((await Told<BatchOnTimeAgain>(house)).Count, (await Control(house)).Service));
        await using var scope = house.As(Roles.Operator);
        Assert.All(await scope.Db.Set<ToDo>().Where(t => t.Subject.Contains("is late")).ToListAsync(Ct), t => Assert.Equal(ToDoState.Complete, t.State));
    }

    [Theory, BothDatabases]
    public async Task What_is_not_expected_is_not_late(TestDatabase on)
    {
        await using var house = await Open(on);
        var id = (await Control(house)).Id;
        async Task Nothing(double hours)
        {
            At(house, hours);
            Assert.Equal((ServiceLevel.OnTime, null), await Control(house) is var control ? (control.Service, control.Late) : default);
        }

        // No rule, or no schedule.
        var schedule = await Add(house, Evening);
        await Nothing(9.1);
        await Rule(house, i => i with { OverBy = Five });
        Assert.Equal(ServiceLevel.Late, (await Control(house)).Service);
        await Use<PauseSchedule, PauseSchedule.Input, Done>(house, new(schedule));
        await Nothing(9.2);

        // Resumed, it comes from the next evening on; that one is left out.
        await Use<ResumeSchedule, ResumeSchedule.Input, Done>(house, new(schedule));
        await Nothing(23);
        await Use<SkipNextFire, SkipNextFire.Input, Done>(house, new(schedule));
        await Nothing(33.1);
        await Fire(house, schedule, Eight.AddDays(1));
        await Nothing(33.2);

        // A control that is switched off runs nothing.
        await Rule(house, i => i with { OverBy = Five, Active = false });
        await Nothing(57.1);
        await Rule(house, i => i with { OverBy = Five });
        Assert.Equal(ServiceLevel.Late, (await Control(house)).Service);

        // Friday evening is about an open day; a holiday and the days of the weekend are not.
        await using (var scope = house.As(Roles.BusinessAdministrator))
        {
            var office = await scope.Db.Set<Tieline.Organization.Calendars.BusinessCalendar>().SingleAsync(c => c.Code == "OFFICE", Ct);
            scope.Db.Add(new Tieline.Organization.Calendars.Holiday(scope.Db.NextId(), office.Id, new DateOnly(2027, 3, 12), "Founders"));
            await scope.Db.SaveChangesAsync(Ct);
        }
        var line = (await Use<GetSchedule, GetSchedule.Input, ScheduleFile>(house, new(schedule))).Value.Schedule;
        Assert.True((await Use<ChangeSchedule, ChangeSchedule.Input, Done>(house, new(schedule, line.Version, "Evening", "0 0 20 * * ?", Calendar: "OFFICE"))).Ok);
        foreach (var day in (int[])[3, 4, 5])
            await Nothing((day * 24) + 9.1);
        // Monday's is expected again.
        At(house, (6 * 24) + 9.1);
        Assert.StartsWith("No run began at 20:00 on 15 March", (await Control(house)).Late!.Words, StringComparison.Ordinal);
        Assert.Equal(id, (await Control(house)).Id);
        await Watch(house);
        await house.RunJobs();
        Assert.Single(await Told<BatchCameLate>(house));
    }

    [Theory, BothDatabases]
    public async Task A_failed_run_is_failing_until_a_later_one_has_done_its_work_and_pages_and_api_say_so(TestDatabase on)
    {
        var counting = new Counting { Broken = new PoisonedJobException("The meter file is not there") };
        await using var house = await Open(on, counting);
        await Use<SubmitBatch, SubmitBatch.Input, BatchRunLine>(house, new("COUNT", null, null));
        await house.RunJobs();
        var control = await Control(house);
        Assert.Equal((ServiceLevel.Failing, "Run 1 failed: The meter file is not there"), (control.Service, control.Failing!.Words));
        await Rule(house, i => i with { OverBy = Five, LongestMinutes = 60 });

        using var desk = await house.SignedIn(Roles.Operator);
        async Task<string> Page(string path) => WebUtility.HtmlDecode(await desk.GetStringAsync(path, Ct));
        async Task<string> Rows(string level) => (await Page($"/operations/batches?service={level}")).Split("<tbody").Last();
        Assert.Contains("COUNT", await Rows("Failing"), StringComparison.Ordinal);
        Assert.DoesNotContain("COUNT", await Rows("OnTime"), StringComparison.Ordinal);
        Assert.Contains("Run 1 failed: The meter file is not there", await Page($"/operations/batches/{control.Id}"), StringComparison.Ordinal);
        using var api = await house.SignedInApi(Roles.Operator);
        Assert.Contains("\"failing\":{\"words\":\"Run 1 failed: The meter file is not there\"", await api.GetStringAsync("/api/v1/batches/COUNT", Ct), StringComparison.Ordinal);

        // What is cancelled has done nothing of it.
        var cancelled = (await Use<SubmitBatch, SubmitBatch.Input, BatchRunLine>(house, new("COUNT", new DateOnly(2027, 3, 10), null))).Value.Id;
        await Use<CancelRun, CancelRun.Input, Done>(house, new(cancelled));
        await Stall(house);
        Assert.Equal(ServiceLevel.Failing, (await Control(house)).Service);
        counting.Broken = null;
        await Use<ResumeRun, ResumeRun.Input, Done>(house, new(cancelled));
        await Stall(house);
        await Start(house, cancelled);
        house.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal((ServiceLevel.Failing, true), await Control(house) is var both ? (both.Service, both.Late is not null) : default);
        Assert.Contains("COUNT is late", await Page("/operations"), StringComparison.Ordinal);
        Assert.Contains("Run 2 has gone on for 61 minutes; 60 is the most.", await Page($"/operations/batches/{control.Id}"), StringComparison.Ordinal);
        await GoOn(house, cancelled);
        await house.RunJobs();
        Assert.Equal(ServiceLevel.OnTime, (await Control(house)).Service);
        Assert.Contains("COUNT", await Rows("OnTime"), StringComparison.Ordinal);
        Assert.DoesNotContain("COUNT is late", await Page("/operations"), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task The_look_of_each_minute_is_a_few_statements_and_no_job(TestDatabase on)
    {
        await using var house = await Open(on);
        async Task<int> Cost()
        {
            await using var scope = house.As(Actor.Process("test"));
            using var counter = new StatementCounter(house);
            await scope.Get<WatchServiceLevels>().Remind(Ct);
            return counter.Selects.Count;
        }

        await Cost();
        Assert.Equal(1, await Cost());
        await Rule(house, i => i with { OverBy = Five, LongestMinutes = 60 });
        Assert.Equal(3, await Cost());
        var schedule = await Add(house, Evening);
        await Fire(house, schedule);
        await Stall(house);
        Assert.InRange(await Cost(), 4, 4);
        await using var scope = house.As(Roles.Operator);
        Assert.Equal(0, await scope.Db.Set<Job>().CountAsync(j => j.Kind == WatchServiceLevels.Kind, Ct));
    }

    private static async Task<TestHouse> Open(TestDatabase on, Counting? counting = null)
    {
        var house = await Counting.Open(on, counting ?? new Counting());
        await using (var scope = house.As(Actor.Process("test")))
            await (await scope.Connection()).ExecuteAsync("update batch_schedule set active = false, next_at = null");
        house.Clock.Set(Noon);
        return house;
    }

    /// <param name="hours">After eight in the evening.</param>
    private static void At(TestHouse house, double hours) => house.Clock.Set(new DateTimeOffset(Eight).AddHours(hours));

    private static async Task Rule(TestHouse house, Func<ChangeControl.Input, ChangeControl.Input> rule)
    {
        var control = await Control(house);
        var changed = await Use<ChangeControl, ChangeControl.Input, Done>(house, rule(new("COUNT", control.Version, control.Description)));
        Assert.True(changed.Ok, changed.ToString());
    }

    private static async Task<BatchControlLine> Control(TestHouse house) => (await Use<GetControl, GetControl.Input, BatchControlLine>(house, new("COUNT"))).Value;

    private static async Task<long> Add(TestHouse house, AddSchedule.Input input) => (await Use<AddSchedule, AddSchedule.Input, Added>(house, input)).Value.Id;

    private static async Task Fire(TestHouse house, long schedule, DateTime? at = null)
    {
        await using var scope = house.As(Actor.Process("test"));
        at ??= (await scope.Db.Set<BatchSchedule>().AsNoTracking().SingleAsync(s => s.Id == schedule, Ct)).NextAt;
        if (house.Clock.GetUtcNow().UtcDateTime < at)
            house.Clock.Set(new DateTimeOffset(at.Value).AddSeconds(1));
        await scope.Get<FireSchedule>().Run(new(schedule, at!.Value), new JobRun(1, FireSchedule.Kind, 1, at.Value), Ct);
    }

    /// <summary>No thread comes to the runs that are there; <see cref="GoOn"/> brings one.</summary>
    private static async Task Stall(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        await scope.Db.Set<Job>().Where(j => j.Kind == RunBatch.Kind && j.State == JobState.Waiting).ExecuteDeleteAsync(Ct);
    }

    private static async Task Start(TestHouse house, long run)
    {
        await using var scope = house.As(Actor.Process("test"));
        var started = await scope.Db.Set<BatchRun>().SingleAsync(r => r.Id == run, Ct);
        await scope.Get<RunBook>().Start(started, new BatchInput(started.BusinessOn, BatchValues.Read(started.Parameters)), scope.Get<RunBook>().Process("COUNT")!, Ct);
        await scope.Db.SaveChangesAsync(Ct);
    }

    private static async Task GoOn(TestHouse house, long run)
    {
        await using var scope = house.As(Actor.Process("test"));
        await scope.Get<IJobs>().Enqueue(RunBatch.Kind, new RunBatch.Payload(run), Ct);
        await scope.Db.SaveChangesAsync(Ct);
    }

    /// <summary>A minute later: a node looks, and the job tells where something has changed.</summary>
    private static async Task Watch(TestHouse house)
    {
        house.Clock.Advance(TimeSpan.FromMinutes(1));
        bool waits;
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<WatchServiceLevels>().Remind(Ct);
            waits = await scope.Db.Set<Job>().AnyAsync(j => j.Kind == WatchServiceLevels.Kind && j.State == JobState.Waiting, Ct);
        }
        if (waits)
            await Tell(house);
    }

    private static async Task Tell(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        await scope.Get<WatchServiceLevels>().Run(new(), new JobRun(1, WatchServiceLevels.Kind, 1, scope.Db.Now), Ct);
    }

    private static async Task<(ToDo ToDo, Notice Notice)> Work(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        return (Assert.Single(await scope.Db.Set<ToDo>().ToListAsync(Ct)), Assert.Single(await scope.Db.Set<Notice>().ToListAsync(Ct)));
    }

    private static async Task<IReadOnlyList<T>> Told<T>(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        var name = ((EventNameAttribute)Attribute.GetCustomAttribute(typeof(T), typeof(EventNameAttribute))!).Name;
        return [.. (await scope.Db.Set<Event>().Where(e => e.Name == name).OrderBy(e => e.Id).ToListAsync(Ct)).Select(e => System.Text.Json.JsonSerializer.Deserialize<T>(e.Body, JobRegistration.Json)!)];
    }

    private static async Task<Outcome<TResult>> Use<TUse, TInput, TResult>(TestHouse house, TInput input) where TUse : class, IUse<TInput, TResult>
    {
        await using var scope = house.As(Roles.Operator);
        return await scope.Get<TUse>().Handle(input, Ct);
    }
}

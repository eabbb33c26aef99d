using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Batch;
using Tieline.Tests.Modules.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Demo.Night;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Demo;

/// <summary>The demonstration goes on by a night: its days move, and instants do not.</summary>
public class DemoNightTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task However_often_and_by_whomever_it_is_pressed_it_is_one_night(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var today = await Begin(house);
        using var supervisor = await house.SignedIn(Roles.Supervisor);
        using var csr = await house.SignedIn(Roles.Csr);

        // Eight at once, all of them having read that the first night is next.
        var pressed = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Advance(house, i % 2 == 0 ? Roles.Operator : Roles.Supervisor, 1)));
        Assert.All(pressed, p => Assert.Equal((1, today.AddDays(1)), (p.Value.Night, p.Value.MorningOn)));
        await using var scope = house.As(Roles.Operator);
        Assert.Equal(1, await scope.Db.Set<DemoNight>().CountAsync(Token));
        var runs = await scope.Db.Set<BatchRun>().AsNoTracking().ToListAsync(Token);
        string[] weekly = today.AddDays(1).DayOfWeek == DayOfWeek.Sunday ? ["SEARCH-CHECK"] : [];
        string[] batches = [.. new[] { "DUP-FIND", "NAME-START", "REF-CHECK", "RETENTION", "SA-ACT", "TD-AGE", "TD-CCCB", "TD-ESC", "TD-LAPSE", "TD-REVIEW" }.Concat(weekly).Order(StringComparer.Ordinal)];
        Assert.Equal(batches, runs.Select(r => r.Code).Order(StringComparer.Ordinal));
        Assert.All(runs, r => Assert.Equal(today.AddDays(1), r.BusinessOn));
        Assert.Equal(today.AddDays(1), await scope.Get<IUtilityClock>().Today(Token));

        // While it goes on, nobody begins another one.
        Assert.Equal("demo.night_goes_on", (await Advance(house, Roles.Operator, 2)).Problems[0].Rule);
        Assert.Contains($"of {batches.Length}", await supervisor.GetStringAsync("/demo/tonight", Token), StringComparison.Ordinal);
        await house.RunJobs();
        // Those who are signed in here are no employees, and REF-CHECK says so.
        Assert.Equal((batches.Length - 1, "REF-CHECK"), (await scope.Db.Set<BatchRun>().CountAsync(r => r.State == BatchState.Completed, Token), (await scope.Db.Set<BatchRun>().SingleAsync(r => r.State == BatchState.CompletedWithErrors, Token)).Code));

        // Who reads the page from before gets the night there was; who means the next one gets the next.
        Assert.Equal(1, (await Advance(house, Roles.BusinessAdministrator, 1)).Value.Night);
        Assert.Equal(Problem.ConflictRule, (await Advance(house, Roles.Operator, 7)).Problems[0].Rule);
        var second = await supervisor.Submit("/demo/tonight", "form-advance-demo");
        Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);
        await house.RunJobs();
        Assert.Equal(today.AddDays(2), await scope.Get<IUtilityClock>().Today(Token));

        // The sessions of before go on, and pages say the day.
        Assert.Contains($"{today.AddDays(2):dddd, d MMMM yyyy}", await csr.GetStringAsync("/", Token), StringComparison.Ordinal);
        Assert.DoesNotContain("form-advance-demo", await csr.GetStringAsync("/demo/tonight", Token), StringComparison.Ordinal);
        Assert.InRange(scope.Db.Now, DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow.AddMinutes(5));
        await Assert.ThrowsAsync<ForbiddenException>(() => Advance(house, Roles.Csr, null));
    }

    [Theory, BothDatabases]
    public async Task What_failed_in_the_night_goes_on_when_it_is_pressed_again(TestDatabase on)
    {
        var broken = new Broken();
        await using var house = await TestHouse.Open(on, services => services.AddSingleton(broken).AddBatch<Breaks>());
        await house.SetControls();
        var today = await Begin(house);
        Assert.True((await Advance(house, Roles.Operator, null)).Ok);
        broken.Is = true;
        for (var attempt = 0; attempt < 4; attempt++)
        {
            await house.RunJobs();
            await house.MakeDue(RunBatch.Kind);
        }
        await using var scope = house.As(Roles.Operator);
        var failed = await scope.Db.Set<BatchRun>().AsNoTracking().SingleAsync(r => r.State == BatchState.Failed, Token);
        Assert.Equal("BREAKS", failed.Code);
        using var page = await house.SignedIn(Roles.Operator);
        Assert.Contains("Go on with the night", await page.GetStringAsync("/demo/tonight", Token), StringComparison.Ordinal);

        broken.Is = false;
        await page.Submit("/demo/tonight", "form-advance-demo");
        await house.RunJobs();
        Assert.Equal((1, today.AddDays(1)), (await scope.Db.Set<DemoNight>().CountAsync(Token), await scope.Get<IUtilityClock>().Today(Token)));
        Assert.DoesNotContain("Go on with the night", await page.GetStringAsync("/demo/tonight", Token), StringComparison.Ordinal);
        Assert.Equal(1, broken.Done);
    }

    [Theory, BothDatabases]
    public async Task Elsewhere_there_is_no_such_right_and_no_such_night(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        Assert.Equal(Problem.NotFoundRule, (await Advance(house, Roles.Operator, null)).Problems[0].Rule);
        await using var scope = house.As(Roles.TechnicalAdministrator);
        async Task<RightsGrid> Rights() => (await scope.Get<ListRights>().Handle(new(), Token)).Value;
        var grid = await Rights();
        Assert.DoesNotContain(grid.Rights, r => r.Name == AdvanceDemo.Permission);
        await SmallTown.Begin(scope, Token);
        Assert.Contains(await Rights() is var now ? now.Rights : [], r => r.Name == AdvanceDemo.Permission && r.Roles.Contains(Roles.Supervisor));
    }

    [Fact]
    public void A_moved_calendar_skips_nothing_but_its_nights()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles");
        var first = new DateTime(2026, 11, 22, 18, 30, 0, DateTimeKind.Utc);
        var moved = MovedDays.Of([first, first.AddMinutes(10), first.AddDays(3)]);
        Assert.Equal(moved.ToLocal(first, zone), MovedDays.Of(MovedDays.Of([first, first.AddMinutes(10)]).With(first.AddDays(3))).ToLocal(first, zone));
        // What happened before keeps its day; from the night on it is one more.
        Assert.Equal(new DateTime(2026, 11, 22, 10, 29, 59), moved.ToLocal(first.AddSeconds(-1), zone));
        Assert.Equal(new DateTime(2026, 11, 23, 10, 30, 0), moved.ToLocal(first, zone));
        Assert.Equal(new DateTime(2026, 11, 24, 10, 40, 0), moved.ToLocal(first.AddMinutes(10), zone));
        // There and back, for every quarter of an hour of two weeks.
        for (var at = first.AddDays(-4); at < first.AddDays(10); at = at.AddMinutes(15))
            Assert.Equal(at, moved.ToInstant(moved.ToLocal(at, zone), zone));
        // Times that a night has left out are that night, as those that a change of clocks skips.
        Assert.Equal(first, moved.ToInstant(new DateTime(2026, 11, 23, 0, 0, 0), zone));
        Assert.Equal(first.AddMinutes(10), moved.ToInstant(new DateTime(2026, 11, 24, 8, 0, 0), zone));
        // And order is kept.
        var last = DateTime.MinValue;
        for (var local = new DateTime(2026, 11, 20); local < new DateTime(2026, 12, 1); local = local.AddMinutes(20))
        {
            var at = moved.ToInstant(local, zone);
            Assert.True(at >= last, $"{local}: {at} < {last}");
            last = at;
        }
    }

    private static async Task<DateOnly> Begin(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        await SmallTown.Begin(scope, Token);
        return await scope.Get<IUtilityClock>().Today(Token);
    }

    private static async Task<Outcome<AdvanceDemo.Advanced>> Advance(TestHouse house, string role, int? night)
    {
        await using var scope = house.As(role);
        return await scope.Get<AdvanceDemo>().Handle(new(night), Token);
    }

    private sealed class Broken
    {
        public bool Is { get; set; }
        public int Done { get; set; }
    }

    private sealed class Breaks(Broken broken) : IBatchProcess
    {
        public string Code => "BREAKS";
        public string Description => "Breaks in the night";
        public BatchUsual Usual => new("0 0 3 * * ?");

        public Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
        {
            if (broken.Is)
                throw new InvalidOperationException("Broken in the night");
            broken.Done++;
            return Task.FromResult(new BatchStep(1, 1, 0, Last: true));
        }
    }
}

using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Tests.Support;
using static Tieline.Tests.Modules.Platform.Batch.BatchHouse;

namespace Tieline.Tests.Modules.Platform.Batch;

public class BatchChainTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task What_comes_after_another_waits_for_its_completion_on_the_same_day(TestDatabase on)
    {
        var counting = new Counting { Broken = new ArithmeticException("not yet") };
        await using var house = await Counting.Open(on, counting);
        await using (var scope = house.As(Roles.Operator))
        {
            Assert.True((await scope.Get<ChangeControl>().Handle(new("BEHIND", 0, "Comes after", After: ["count"]), Ct)).Ok);
            var control = (await scope.Get<GetControl>().Handle(new("COUNT"), Ct)).Value;
            var loop = (await scope.Get<ChangeControl>().Handle(new("COUNT", control.Version, "Counts", After: ["BEHIND"]), Ct)).Problems.Single();
            Assert.Equal(("After", "The chain leads back to itself: COUNT after BEHIND after COUNT."), (loop.Field, loop.Message));
            Assert.Equal("batch.chain.unknown", (await scope.Get<ChangeControl>().Handle(new("COUNT", control.Version, "Counts", After: ["NOBODY"]), Ct)).Problems.Single().Rule);
        }
        var behind = await Submit(house, new("BEHIND", null, null));
        Assert.StartsWith("Waits until COUNT has completed for", behind.Message, StringComparison.Ordinal);
        var count = await Submit(house, new("COUNT", null, null));
        await Fail(house);
        Assert.Equal(("Failed", "Pending"), ((await Run(house, count.Id)).State, (await Run(house, behind.Id)).State));

        counting.Broken = null;
        Assert.Equal(count.Id, (await Submit(house, new("COUNT", null, null))).Id);
        await house.RunJobs();
        Assert.Equal(("Completed", "Completed", (string?)null), ((await Run(house, count.Id)).State, (await Run(house, behind.Id)).State, (await Run(house, behind.Id)).Message));
    }

    [Theory, BothDatabases]
    public async Task What_waits_for_a_day_on_which_the_others_never_came_does_not_stand_in_the_way_of_later_days(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        DateOnly today;
        await using (var scope = house.As(Roles.Operator))
        {
            Assert.True((await scope.Get<ChangeControl>().Handle(new("BEHIND", 0, "Comes after", After: ["COUNT"]), Ct)).Ok);
            today = await scope.Get<IUtilityClock>().Today(Ct);
        }
        var (first, second) = (await Submit(house, new("BEHIND", today.AddDays(-2), null)), await Submit(house, new("BEHIND", today.AddDays(-1), null)));
        Assert.Equal(("Cancelled", $"Run {second.Number} for {second.BusinessOn:d MMMM yyyy} does its work."), await Run(house, first.Id) is var superseded ? (superseded.State, superseded.Message) : default);
        Assert.True((await Run(house, second.Id)).Waits);
        await using (var scope = house.As(Roles.Operator))
        {
            // The same day again, or an earlier one, is no reason to drop what waits.
            foreach (var day in (DateOnly[])[today.AddDays(-1), today.AddDays(-2)])
                Assert.Equal("batch.overlap", (await scope.Get<SubmitBatch>().Handle(new("BEHIND", day, null), Ct)).Problems.Single().Rule);
        }
        await Submit(house, new("COUNT", today, null));
        await house.RunJobs();
        var third = await Submit(house, new("BEHIND", today, null));
        await house.RunJobs();
        Assert.Equal(("Cancelled", "Completed"), ((await Run(house, second.Id)).State, (await Run(house, third.Id)).State));
    }

    [Theory, BothDatabases]
    public async Task Two_who_change_controls_at_once_make_no_loop(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        async Task<bool> Chain(string code, string after)
        {
            await using var scope = house.As(Roles.Operator);
            return (await scope.Get<ChangeControl>().Handle(new(code, 0, "Chained", After: [after]), Ct)).Ok;
        }

        var made = await Task.WhenAll(Task.Run(() => Chain("COUNT", "BEHIND")), Task.Run(() => Chain("BEHIND", "COUNT")));
        Assert.Single(made, m => m);
    }

    [Theory, BothDatabases]
    public async Task What_waits_begins_when_its_control_is_changed_or_somebody_says_so_and_is_told_what_is_switched_off(TestDatabase on)
    {
        await using var house = await Counting.Open(on, new Counting());
        async Task Change(string code, bool active, params string[] after)
        {
            await using var scope = house.As(Roles.Operator);
            var control = (await scope.Get<GetControl>().Handle(new(code), Ct)).Value;
            Assert.True((await scope.Get<ChangeControl>().Handle(new(code, control.Version, control.Description, After: after, Active: active), Ct)).Ok);
        }

        await Change("BEHIND", true, "COUNT");
        var behind = await Submit(house, new("BEHIND", null, null));
        Assert.True(behind.Waits);
        await using (var scope = house.As(Roles.Operator))
        {
            var refused = (await scope.Get<SubmitBatch>().Handle(new("BEHIND", null, null), Ct)).Problems.Single();
            Assert.StartsWith($"BEHIND run {behind.Number} for ", refused.Message, StringComparison.Ordinal);
            Assert.EndsWith($"{behind.Message} Begin it all the same, or cancel it.", refused.Message, StringComparison.Ordinal);
        }
        using var desk = await house.SignedIn(Roles.Operator);
        Assert.Contains($"<a href=\"/operations/runs/{behind.Id}\"", await desk.GetStringAsync("/operations/runs/new?Code=BEHIND", Ct), StringComparison.Ordinal);

        // Switched off, it will not come: that is said, and comes back with it.
        await Change("COUNT", false);
        Assert.EndsWith("COUNT is switched off.", (await Run(house, behind.Id)).Message, StringComparison.Ordinal);
        await Change("COUNT", true);
        Assert.Equal(behind.Message, (await Run(house, behind.Id)).Message);

        // Whoever knows it lets it begin.
        await using (var scope = house.As(Roles.Operator))
            Assert.Equal(("Anyway", "batch.waits"), (await scope.Get<BeginWaitingRun>().Handle(new(behind.Id), Ct)).Problems.Single() is var p ? (p.Field, p.Rule) : default);
        await using (var scope = house.As(Roles.Supervisor))
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<BeginWaitingRun>().Handle(new(behind.Id, true), Ct));
        using (var begun = await desk.Submit($"/operations/runs/{behind.Id}", "begin"))
            Assert.Equal(System.Net.HttpStatusCode.Redirect, begun.StatusCode);
        await house.RunJobs();
        Assert.Equal(("Completed", (string?)null), await Run(house, behind.Id) is var over ? (over.State, over.Message) : default);
        await using (var scope = house.As(Roles.Operator))
            Assert.Equal("batch.waits_not", (await scope.Get<BeginWaitingRun>().Handle(new(behind.Id, true), Ct)).Problems.Single().Rule);

        // It comes after nothing any more.
        var next = await Submit(house, new("BEHIND", null, null));
        Assert.True(next.Waits);
        await Change("BEHIND", true);
        await house.RunJobs();
        Assert.Equal("Completed", (await Run(house, next.Id)).State);
    }
}

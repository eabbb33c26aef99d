using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Operations;
using Tieline.Operations.OnCall;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Operations;

/// <summary>Who is on call: planned in the utility's hours, one of a level at a time, exact on nights in which clocks change.</summary>
public class OnCallTests
{
    [Theory, BothDatabases]
    public async Task Two_duties_of_a_level_do_not_overlap_and_the_field_says_whose_the_other_is(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        await Night.OnCall(house, night.Ana, 1, (27, 17), (28, 8));
        await Night.OnCall(house, night.Bo, 1, (28, 8), (28, 17));
        await Night.OnCall(house, night.Bo, 2, (27, 17), (28, 8));
        using var browser = await house.SignedIn(Roles.Supervisor, night.Dee);
        using var refused = await browser.Submit("/operations/on-call/new", "form-add-duty",
            ("EmployeeId", $"{night.Cy}"), ("Level", "1"), ("FromOn", "2037-10-28"), ("FromTime", "07:00"), ("ToOn", "2037-10-28"), ("ToTime", "07:30"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("Ana Night has level 1 from 27 Oct 2037, 17:00 until 28 Oct 2037, 08:00.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using var scope = house.As(Roles.Operator);
        var add = scope.Get<AddDuty>();
        AddDuty.Input good = new(night.Cy, 3, new(2037, 10, 28), new(7, 0), new(2037, 10, 28), new(9, 0));
        async Task Refused(string field, string rule, AddDuty.Input input) =>
            Assert.Equal((field, rule), Assert.Single((await add.Handle(input, default)).Problems) is var p ? (p.Field, p.Rule) : default);
        await Refused("EmployeeId", "duty.employee", good with { EmployeeId = 999 });
        await Refused("Level", "duty.level", good with { Level = 4 });
        await Refused("ToTime", "duty.order", good with { ToTime = new(7, 0) });
        await Refused("ToTime", "duty.past", good with { FromOn = new(2037, 10, 26), ToOn = new(2037, 10, 26) });
        await Refused("ToOn", "duty.too_long", good with { ToOn = new(2037, 12, 28) });
        Assert.Equal(3, await scope.Db.Set<Duty>().CountAsync());
    }

    [Theory, BothDatabases]
    public async Task Nights_in_which_clocks_change_are_an_hour_longer_or_shorter_and_leave_no_gap(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        await using (var scope = house.As(Roles.Operator))
        {
            var planned = await scope.Get<AddRotation>().Handle(new(1, new(2037, 10, 27), new(18, 0), 20, [new(night.Ana), new(night.Bo), new(night.Cy)]), default);
            Assert.Equal(20, planned.Value.Duties);
        }
        await using var check = house.As(Roles.Operator);
        var duties = await check.Db.Set<Duty>().OrderBy(d => d.FromAt).ToListAsync();
        Assert.Equal([night.Ana, night.Bo, night.Cy, night.Ana], duties.Take(4).Select(d => d.EmployeeId));
        Assert.All(duties.Zip(duties.Skip(1)), pair => Assert.Equal(pair.First.ToAt, pair.Second.FromAt));
        var week = TimeSpan.FromDays(7);
        // The clocks go back on 1 November 2037 and forward on 14 March 2038: hand-overs stay at six in the evening.
        Assert.Equal(week + TimeSpan.FromHours(1), duties[0].ToAt - duties[0].FromAt);
        Assert.Equal(week - TimeSpan.FromHours(1), duties[19].ToAt - duties[19].FromAt);
        Assert.All(duties.Skip(1).Take(18), d => Assert.Equal(week, d.ToAt - d.FromAt));
        // Two o'clock does not exist on the morning of 14 March: the first moment behind the gap is meant.
        var skipped = await check.Get<AddDuty>().Handle(new(night.Dee, 2, new(2038, 3, 14), new(2, 30), new(2038, 3, 14), new(4, 0)), default);
        var short_ = await check.Db.Set<Duty>().SingleAsync(d => d.Id == skipped.Value.Id);
        Assert.Equal((new DateTime(2038, 3, 14, 10, 0, 0, DateTimeKind.Utc), TimeSpan.FromHours(1)), (short_.FromAt, short_.ToAt - short_.FromAt));

        var roster = (await check.Get<GetRoster>().Handle(new(new(2037, 11, 1)), default)).Value;
        Assert.Equal(new DateOnly(2037, 10, 26), roster.MondayOn);
        Assert.Equal(25, (roster.Days[6].EndsAt - roster.Days[6].StartsAt).TotalHours);
        Assert.Empty(roster.Days[6].Gaps);
        // Nobody had level 1 on Monday, nor until six on Tuesday.
        Assert.Equal([24, 18], roster.Days.Take(2).Select(d => (d.Gaps.Single().ToAt - d.Gaps.Single().FromAt).TotalHours));
        using var browser = await house.SignedIn(Roles.Operator, night.Ana);
        var page = await browser.GetStringAsync("/operations/on-call?week=2037-10-27");
        Assert.Contains("Nobody all day", page, StringComparison.Ordinal);
        Assert.Contains("Nobody until 18:00", page, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_rotation_is_planned_whole_or_not_at_all(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        await Night.OnCall(house, night.Dee, 2, (1 + 43, 8), (1 + 43, 9));
        await using var scope = house.As(Roles.Supervisor);
        var rotation = scope.Get<AddRotation>();
        AddRotation.Input good = new(2, new(2037, 11, 2), new(8, 0), 4, [new(night.Ana), new(night.Bo)]);
        Assert.Equal("FirstOn", Assert.Single((await rotation.Handle(good, default)).Problems).Field);
        Assert.Equal("Turns[1].EmployeeId", Assert.Single((await rotation.Handle(good with { Turns = [new(night.Ana), new(999)] }, default)).Problems).Field);
        Assert.Equal("Turns", Assert.Single((await rotation.Handle(good with { Turns = [] }, default)).Problems).Field);
        Assert.Equal("Weeks", Assert.Single((await rotation.Handle(good with { Weeks = 54 }, default)).Problems).Field);
        Assert.Equal(1, await scope.Db.Set<Duty>().CountAsync());
        using var browser = await house.SignedIn(Roles.Operator, night.Ana);
        using var planned = await browser.Submit("/operations/on-call/rotation", "form-add-rotation",
            ("Level", "1"), ("Weeks", "2"), ("FirstOn", "2037-11-02"), ("At", "08:00"), ("Turns[0].EmployeeId", $"{night.Ana}"), ("Turns[1].EmployeeId", $"{night.Bo}"));
        Assert.Equal(HttpStatusCode.Redirect, planned.StatusCode);
        Assert.Equal(3, await scope.Db.Set<Duty>().CountAsync());
    }

    [Theory, BothDatabases]
    public async Task A_duty_is_taken_over_from_now_and_what_calls_goes_over_with_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        var duty = await Night.OnCall(house, night.Ana, 1, (27, 8), (28, 8));
        var later = await Night.OnCall(house, night.Ana, 1, (29, 8), (30, 8));
        var notice = await Night.Raise(house, new("test", 1));
        var (hers, his) = (await Night.Raise(house, new("test", 2)), await Night.Raise(house, new("test", 3)));
        foreach (var (who, taken) in ((long, long)[])[(night.Ana, hers), (night.Cy, his)])
        {
            await using var scope = house.As(Night.Operator(who));
            Assert.True((await scope.Get<AcknowledgeNotice>().Handle(new(taken), default)).Ok);
        }
        house.Clock.Advance(TimeSpan.FromHours(1));
        await using (var scope = house.As(Night.Operator(night.Ana)))
            Assert.Equal("duty.yours", Assert.Single((await scope.Get<TakeOverDuty>().Handle(new(duty), default)).Problems).Rule);
        await using (var scope = house.As(Night.Operator(night.Bo)))
        {
            Assert.True((await scope.Get<TakeOverDuty>().Handle(new(duty), default)).Ok);
            Assert.Equal(later, (await scope.Get<TakeOverDuty>().Handle(new(later), default)).Value.Id);
        }
        using (var machine = await house.SignedInApi(Roles.Operator))
        using (var refused = await machine.PostAsJsonAsync($"/api/v1/operations/on-call/{duty}/take-over", new { }))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        await using var check = house.As(Roles.Operator);
        var duties = await check.Db.Set<Duty>().OrderBy(d => d.FromAt).ToListAsync();
        Assert.Equal([night.Ana, night.Bo, night.Bo], duties.Select(d => d.EmployeeId));
        Assert.Equal(duties[0].ToAt, duties[1].FromAt);
        Assert.Equal((1.0 + 4, 19.0), (Math.Round((duties[0].ToAt - duties[0].FromAt).TotalHours, 2), Math.Round((duties[1].ToAt - duties[1].FromAt).TotalHours, 2)));
        Assert.Equal(night.Bo, Assert.Single(await check.Get<IOperations>().OnCall(default)).EmployeeId);
        Assert.Equal((night.Bo, 2), await check.Db.Set<Notice>().Where(n => n.Id == notice).Select(n => new ValueTuple<long, int>(n.EmployeeId!.Value, n.Turn)).SingleAsync());
        // What Ana had in hand calls Bo now; what somebody else has stays with them.
        Assert.Equal((night.Bo, true), await check.Db.Set<Notice>().Where(n => n.Id == hers).Select(n => new ValueTuple<long, bool>(n.EmployeeId!.Value, n.AcknowledgedAt == null)).SingleAsync());
        Assert.Equal(night.Cy, (await check.Db.Set<Notice>().SingleAsync(n => n.Id == his)).AcknowledgedBy?.Id);
    }

    [Theory, BothDatabases]
    public async Task It_is_changed_and_removed_with_a_reason_in_the_audit_and_what_is_over_stays(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        var now = await Night.OnCall(house, night.Ana, 1, (27, 8), (28, 8));
        var next = await Night.OnCall(house, night.Bo, 1, (28, 8), (29, 8));
        using (var browser = await house.SignedIn(Roles.Operator, night.Ana))
        {
            using var changed = await browser.Submit($"/operations/on-call/{next}", "form-change-duty",
                ("EmployeeId", $"{night.Cy}"), ("Level", "1"), ("FromOn", "2037-10-28"), ("FromTime", "08:00"), ("ToOn", "2037-10-28"), ("ToTime", "20:00"));
            Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
            using var nameless = await browser.Submit($"/operations/on-call/{next}", "form-remove-duty", ("Reason", ""));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, nameless.StatusCode);
            using var removed = await browser.Submit($"/operations/on-call/{next}", "form-remove-duty", ("Reason", "The office is manned"));
            Assert.Equal(HttpStatusCode.Redirect, removed.StatusCode);
        }
        await using var scope = house.As(Roles.Operator);
        Assert.Equal("duty.going_on", Assert.Single((await scope.Get<RemoveDuty>().Handle(new(now, 0, "x"), default)).Problems).Rule);
        var said = await scope.Db.Set<AuditEntry>().Where(e => e.Subject == new RecordRef(Duty.Kind, next)).OrderBy(e => e.Id).Select(e => new { e.Action, e.Changes }).ToListAsync();
        Assert.Equal(["created", "changed", "deleted", "removed"], said.Select(e => e.Action).Order(StringComparer.Ordinal).OrderBy(a => Array.IndexOf(["created", "changed", "deleted", "removed"], a)));
        Assert.Contains(said, e => e.Action == "removed" && e.Changes!.Contains("The office is manned", StringComparison.Ordinal));
        house.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal("duty.over", Assert.Single((await scope.Get<ChangeDuty>().Handle(new(now, 0, night.Bo, 1, new(2037, 10, 27), new(8, 0), new(2037, 11, 28), new(8, 0)), default)).Problems).Rule);
        await using var csr = house.As(Roles.BackOffice);
        await Assert.ThrowsAsync<ForbiddenException>(() => csr.Get<AddDuty>().Handle(new(null, null, null, null, null, null), default));
        await Assert.ThrowsAsync<ForbiddenException>(() => csr.Get<GetRoster>().Handle(new(), default));
    }
}

using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Operations.ShiftLog;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Maintenance;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Platform.Jobs;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Operations;

/// <summary>What one shift tells the next.</summary>
public class ShiftLogTests
{
    [Theory, BothDatabases]
    public async Task A_shift_is_handed_over_with_all_that_is_open_and_taken_over_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house, TimeProvider.System.GetUtcNow());
        await Night.Raise(house, new("test", 1), "Disk is full");
        await house.Enqueue(3, "test.nobody");
        await house.RunJobs();
        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<SubmitBatch>().Handle(new("RETENTION", null, null), default)).Ok);
        using var ana = await house.SignedIn(Roles.Operator, night.Ana);
        Assert.Contains("Notice: Disk is full (nobody has it yet, called: Everyone who operates)", await ana.GetStringAsync("/operations/log/hand-over"), StringComparison.Ordinal);
        using (var given = await ana.Submit("/operations/log/hand-over", "form-hand-over", ("Text", "Watch the disk")))
            Assert.Equal(HttpStatusCode.Redirect, given.StatusCode);
        await using var check = house.As(Night.Operator(night.Bo));
        var entry = Assert.Single((await check.Get<ListShiftLog>().Handle(new(), default)).Value.Items);
        Assert.Equal(("Watch the disk", ShiftEntryKind.HandOver, 4), (entry.Text, entry.Kind, entry.Open.Count));
        Assert.Contains("Dead jobs: 3 of test.nobody", entry.Open);
        Assert.Contains(entry.Open, o => o.StartsWith("Run: RETENTION ", StringComparison.Ordinal) && o.EndsWith(" waits", StringComparison.Ordinal));

        var page = $"/operations/log/{entry.Id}";
        Assert.DoesNotContain("form-take-over-shift", await ana.GetStringAsync(page), StringComparison.Ordinal);
        await using (var own = house.As(Night.Operator(night.Ana)))
            Assert.Equal("log.own", Assert.Single((await own.Get<TakeOverShift>().Handle(new(entry.Id), default)).Problems).Rule);
        using var bo = await house.SignedIn(Roles.Operator, night.Bo);
        using (var taken = await bo.Submit(page, "form-take-over-shift"))
            Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
        await using (var late = house.As(Night.Operator(night.Cy)))
            Assert.Equal("log.taken_over", Assert.Single((await late.Get<TakeOverShift>().Handle(new(entry.Id), default)).Problems).Rule);
        Assert.Equal(night.Bo, (await check.Get<GetShiftEntry>().Handle(new(entry.Id), default)).Value.TakenOverBy?.Id);
    }

    [Theory, BothDatabases]
    public async Task A_run_that_failed_before_midnight_is_handed_over_in_the_morning_until_a_later_one_did_its_work(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Night.Begin(house);
        // Twenty to twelve and six o'clock in the utility's time.
        var (late, morning) = (new DateTime(2037, 10, 28, 6, 40, 0, DateTimeKind.Utc), new DateTimeOffset(2037, 10, 28, 13, 0, 0, TimeSpan.Zero));
        house.Clock.Set(morning);
        await using var scope = house.As(Roles.Operator);
        BatchRun Add(string code, int number, DateTime at)
        {
            var run = new BatchRun { Id = scope.Db.NextId(), Code = code, Number = number, BusinessOn = new(2037, 10, 27), Parameters = "{}", Threads = 1, Records = 1, MaxErrors = 1, StartedBy = scope.Db.Actor.Ref, CreatedAt = at };
            scope.Db.Add(run);
            return run;
        }

        var failed = Add("TD-CCCB", 7, late.AddMinutes(-5));
        failed.Start(late.AddMinutes(-5));
        failed.Fail("The disk is full", scope.Db.NextId(), late);
        // More than a page of others came after it.
        for (var number = 1; number <= 201; number++)
        {
            var other = Add("RETENTION", number, late.AddMinutes(number));
            other.Start(late.AddMinutes(number));
            other.Cancel("Not tonight", late.AddMinutes(number));
        }
        Add("TD-AGE", 3, morning.UtcDateTime.AddMinutes(-1));
        Add("TD-ESC", 4, morning.UtcDateTime).Start(morning.UtcDateTime);
        await scope.Db.SaveChangesAsync();
        async Task<IEnumerable<string>> Runs() => (await scope.Get<LookAtOpen>().Handle(new(), default)).Value.Select(l => l.Text).Where(t => t.StartsWith("Run: ", StringComparison.Ordinal));
        Assert.Equal(["Run: TD-CCCB 7 for 27 Oct 2037 failed", "Run: TD-AGE 3 for 27 Oct 2037 waits", "Run: TD-ESC 4 for 27 Oct 2037 goes on"], await Runs());

        var done = Add("TD-CCCB", 8, morning.UtcDateTime);
        done.Start(morning.UtcDateTime);
        done.Complete(errors: false, morning.UtcDateTime);
        await scope.Db.SaveChangesAsync();
        Assert.Equal(["Run: TD-AGE 3 for 27 Oct 2037 waits", "Run: TD-ESC 4 for 27 Oct 2037 goes on"], await Runs());
    }

    [Theory, BothDatabases]
    public async Task It_is_found_by_day_and_text_and_exported_with_a_note_in_the_audit(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        await Write(house, "Café printer jams");
        // Half past eleven at night in the utility's time is the next day in UTC.
        house.Clock.Set(new DateTimeOffset(2037, 10, 29, 6, 30, 0, TimeSpan.Zero));
        await Write(house, "Backup late", "batch_run:12");
        await Write(house, "=SUM(A1)");
        await using (var scope = house.As(Roles.Operator))
        {
            var list = scope.Get<ListShiftLog>();
            Assert.Equal("Café printer jams", Assert.Single((await list.Handle(new(Search: "CAFE"), default)).Value.Items).Text);
            Assert.Equal(2, (await list.Handle(new(On: new(2037, 10, 28)), default)).Value.Items.Count);
            Assert.Empty((await list.Handle(new(On: new(2037, 10, 29)), default)).Value.Items);
            var first = (await list.Handle(new(Size: 2), default)).Value;
            Assert.Equal("Café printer jams", Assert.Single((await list.Handle(new(Size: 2, After: first.Next), default)).Value.Items).Text);
            Assert.Equal("About", Assert.Single((await scope.Get<WriteEntry>().Handle(new("x", "nothing:1"), default)).Problems).Field);
            Assert.Equal("Text", Assert.Single((await scope.Get<WriteEntry>().Handle(new(new string('x', 4001)), default)).Problems).Field);
        }
        using var browser = await house.SignedIn(Roles.Supervisor, night.Dee);
        var csv = await browser.GetStringAsync("/operations/log/export?on=2037-10-28");
        Assert.Equal(3, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("2037-10-29T06:30:0", csv, StringComparison.Ordinal);
        Assert.Contains("batch_run:12", csv, StringComparison.Ordinal);
        Assert.DoesNotContain(",=SUM", csv, StringComparison.Ordinal);
        await using var check = house.As(Roles.Operator);
        Assert.Equal(1, await check.Db.Set<AuditEntry>().CountAsync(e => e.Action == "exported"));
        using var csr = await house.SignedIn(Roles.Csr, night.Ana);
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync("/operations/log/export")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync("/operations/log/new")).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task The_log_and_answers_to_notices_go_on_during_maintenance(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        await Night.OnCall(house, night.Ana, 1, (27, 8), (28, 8));
        var notice = await Night.Raise(house, new("test", 1));
        await using (var scope = house.As(Roles.TechnicalAdministrator))
            Assert.True((await scope.Get<BeginMaintenance>().Handle(new("New disk"), default)).Ok);
        using var supervisor = await house.SignedIn(Roles.Supervisor, night.Ana);
        using (var written = await supervisor.Submit("/operations/log/new", "form-write-entry", ("Text", "Disk is being changed")))
            Assert.Equal(HttpStatusCode.Redirect, written.StatusCode);
        using (var answered = await supervisor.Submit($"/operations/notices/{notice}", "form-acknowledge-notice"))
            Assert.Equal(HttpStatusCode.Redirect, answered.StatusCode);
        using (var refused = await supervisor.Submit("/operations/day", "form-say-to-all", ("Text", "x")))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    private static async Task Write(TestHouse house, string text, string? about = null)
    {
        await using var scope = house.As(Roles.Operator);
        Assert.True((await scope.Get<WriteEntry>().Handle(new(text, about), default)).Ok);
    }
}

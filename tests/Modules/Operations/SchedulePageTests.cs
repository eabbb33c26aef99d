using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Operations;

public class SchedulePageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Schedules_are_added_changed_paused_and_skipped_on_their_pages(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var page = await house.SignedIn(Roles.Operator);
        var listed = await page.GetStringAsync("/operations/schedules", Token);
        Assert.Contains("Every day at 01:00", listed, StringComparison.Ordinal);
        Assert.Contains("RETENTION", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("RETENTION", (await page.GetStringAsync("/operations/schedules?code=TD-CCCB", Token)).Split("<tbody")[1], StringComparison.Ordinal);

        (string, string)[] typed = [("Code", "TD-CCCB"), ("Name", "Noon"), ("Cron", "0 0 12 * * ?"), ("About", "DayBefore"), ("Misfire", "Skip"), ("WindowFrom", "20:00"), ("WindowTo", "05:00")];
        var wrong = await page.Submit("/operations/schedules/new", "form-add-schedule", typed);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains("It never fires between 20:00 and 05:00.", await wrong.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        typed[2].Item2 = "0 0 21 * * ?";
        // What the batch takes is asked for as soon as it is known which one it is, and what is wrong is told at its field.
        Assert.DoesNotContain("Parameters[", await page.GetStringAsync("/operations/schedules/new", Token), StringComparison.Ordinal);
        Assert.Contains("name=\"Parameters[lead-days]\"", await page.GetStringAsync("/operations/schedules/new?Code=TD-CCCB", Token), StringComparison.Ordinal);
        var many = await page.Submit("/operations/schedules/new", "form-add-schedule", [.. typed, ("Parameters[lead-days]", "999")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, many.StatusCode);
        var field = WebUtility.HtmlDecode(await many.Content.ReadAsStringAsync(Token)).Split("name=\"Parameters[lead-days]\"")[1];
        Assert.StartsWith("lead-days must be a number from 0 to 365, not '999'.", field[field.IndexOf("lead-days must", StringComparison.Ordinal)..], StringComparison.Ordinal);
        typed = [.. typed, ("Parameters[lead-days]", "3")];
        Assert.Equal(HttpStatusCode.Redirect, (await page.Submit("/operations/schedules/new", "form-add-schedule", typed)).StatusCode);

        await using var scope = house.As(Roles.Operator);
        Task<BatchSchedule> Kept() => scope.Db.Set<BatchSchedule>().AsNoTracking().SingleAsync(s => s.Name == "Noon" || s.Name == "Evening", Token);
        var kept = await Kept();
        Assert.Equal(("TD-CCCB", BusinessDay.DayBefore, Misfire.Skip, true, "3"), (kept.Code, kept.About, kept.Misfire, kept.Active, kept.Values["lead-days"]));
        typed = typed[..^1];
        var at = $"/operations/schedules/{kept.Id}";
        Assert.Equal(HttpStatusCode.Redirect, (await page.Submit(at, "form-change-schedule", [("Name", "Evening"), .. typed[2..], ("Parameters[lead-days]", "2")])).StatusCode);
        Assert.Equal(("Evening", "2", "0 0 21 * * ?"), await Kept() is var changed ? (changed.Name, changed.Values["lead-days"], changed.Cron) : default);
        await page.Submit(at, "form-skip-next-fire");
        Assert.NotNull((await Kept()).SkipAt);
        Assert.Contains("next left out", await page.GetStringAsync(at, Token), StringComparison.Ordinal);
        await page.Submit(at, "form-keep-next-fire");
        Assert.Null((await Kept()).SkipAt);
        await page.Submit(at, "form-pause-schedule");
        Assert.Contains("Nothing, while it is paused.", await page.GetStringAsync(at, Token), StringComparison.Ordinal);
        await page.Submit(at, "form-resume-schedule");
        Assert.True((await Kept()).Active);
        await page.Submit(at, "form-run-now");
        Assert.Equal("{\"lead-days\":\"2\"}", (await scope.Db.Set<BatchRun>().SingleAsync(Token)).Parameters);

        using var supervisor = await house.SignedIn(Roles.Supervisor);
        var seen = await supervisor.GetStringAsync(at, Token);
        Assert.Contains("20:00 to 05:00", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("form-", seen.Split("<main")[1], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await page.GetAsync("/operations/schedules/1", Token)).StatusCode);
    }
}

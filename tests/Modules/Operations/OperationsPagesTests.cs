using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Batch;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Platform.Batch;
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
        Assert.Contains("it is safe to go on", page, StringComparison.Ordinal);
        var file = WebUtility.HtmlDecode(await desk.GetStringAsync($"/operations/runs/{run}", Token));
        Assert.Contains("More than 1 records could not be done (2). The last one: 4 cannot be counted", file, StringComparison.Ordinal);
        Assert.Contains("The 2 records that could not be done are tried again.", file, StringComparison.Ordinal);
        Assert.Contains("3 cannot be counted", await desk.GetStringAsync($"/operations/runs/{run}/errors/export", Token), StringComparison.Ordinal);
        // A notice calls whoever is on call, until it goes on.
        await using (var scope = house.As(Roles.Operator))
            Assert.Equal(1, await scope.Db.Database.SqlQuery<int>($"select count(*) as \"Value\" from notice where settled_at is null").SingleAsync(Token));

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
        Assert.Contains("here/1", await (await house.SignedIn(Roles.Operator)).GetStringAsync("/operations", Token), StringComparison.Ordinal);
    }
}

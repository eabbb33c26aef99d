using System.Globalization;
using Microsoft.Playwright;
using Tieline.Platform.Batch;
using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.ToDos;
using static Microsoft.Playwright.Assertions;

namespace Tieline.Tests.Browser;

/// <summary>Lists that stay open while one works with them and others work too.</summary>
public sealed class Lists(OpenHouse house)
{
    private static readonly IEnumerable<int> Soon = [0, 1, 2], Later = [30, 31, 32, 33];

    [Fact]
    public async Task All_of_a_page_goes_by_the_filters_and_what_others_do_leaves_them()
    {
        var (browser, colleague) = await house.SignedIn(Roles.Supervisor);
        await using var own = browser;
        await Give(colleague, [.. Soon, .. Later]);
        var page = await browser.NewPageAsync();
        var later = await DueLater(page);
        var (count, csv) = (page.Locator(".pager-count"), page.GetByRole(AriaRole.Link, new() { Name = "CSV" }));
        await page.GotoAsync("/todos");
        await page.GetByLabel("Due", new() { Exact = true }).SelectOptionAsync("later");
        await Expect(count).ToContainTextAsync($"{later} in all");
        await Expect(csv).ToHaveAttributeAsync("href", "/todos/export?due=Later");
        await Expect(page.GetByText("Save these filters")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Priority", Exact = true }).ClickAsync();
        await Expect(csv).ToHaveAttributeAsync("href", "/todos/export?due=Later&sort=priority");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "My roles" })).ToHaveAttributeAsync("href", "/todos?due=Later&sort=priority&scope=Roles");
        await page.GetByLabel("Choose: In 31 days").CheckAsync();
        var asked = await page.RunAndWaitForResponseAsync(() => Give(colleague, [40]), r => new Uri(r.Url).AbsolutePath == "/todos");
        Assert.EndsWith("/todos?due=Later&sort=priority", asked.Url, StringComparison.Ordinal);
        await Expect(count).ToContainTextAsync($"{later + 1} in all");

        await Expect(page.Locator(".bulk-count")).ToHaveTextAsync("1 chosen");
        await page.GetByLabel("all of this list").CheckAsync();
        await page.Keyboard.PressAsync("d");
        await Expect(page.Locator("h1")).ToHaveTextAsync($"Complete {later + 1} To Dos");
        await page.GetByRole(AriaRole.Link, new() { Name = "Cancel" }).ClickAsync();
        await Expect(count).ToContainTextAsync($"{later + 1} in all");
    }

    [Fact]
    public async Task What_comes_by_itself_gives_way_to_whoever_filters()
    {
        var (browser, colleague) = await house.SignedIn(Roles.Supervisor);
        await using var own = browser;
        await Give(colleague, [.. Soon, .. Later]);
        var page = await browser.NewPageAsync();
        var later = await DueLater(page);
        await page.GotoAsync("/todos");
        var (held, givenUp, release) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        page.RequestFailed += (_, request) =>
        {
            if (new Uri(request.Url).PathAndQuery == "/todos")
                givenUp.TrySetResult();
        };
        await page.RouteAsync(url => new Uri(url).PathAndQuery == "/todos", async route =>
        {
            held.TrySetResult();
            await release.Task;
            await route.ContinueAsync();
        });
        await page.EvaluateAsync("htmx.trigger('#whose', 'live')");
        await held.Task;
        await page.GetByLabel("Due", new() { Exact = true }).SelectOptionAsync("later");
        await Expect(page.Locator(".pager-count")).ToContainTextAsync($"{later} in all");
        await givenUp.Task;
        release.SetResult();
        await Expect(page.GetByLabel("Choose: In 31 days")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_is_typed_beside_the_list_outlives_its_order_and_back_undoes_that()
    {
        var (browser, colleague) = await house.SignedIn(Roles.Supervisor);
        await using var own = browser;
        await Give(colleague, Soon);
        var page = await browser.NewPageAsync();
        var name = page.Locator("#saved-filters").GetByRole(AriaRole.Textbox);
        await page.GotoAsync("/todos?scope=Mine");
        await page.GetByText("Save these filters").ClickAsync();
        await name.FillAsync("By prio");
        await page.GetByRole(AriaRole.Link, new() { Name = "Priority", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Priority" })).ToHaveAttributeAsync("aria-sort", "ascending");
        await Expect(name).ToHaveValueAsync("By prio");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "By prio" })).ToHaveAttributeAsync("href", "/todos?scope=Mine&sort=priority");
        await page.GetByRole(AriaRole.Link, new() { Name = "Due", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Due" })).ToHaveAttributeAsync("aria-sort", "ascending");
        await page.GoBackAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Priority" })).ToHaveAttributeAsync("aria-sort", "ascending");
    }

    [Fact]
    public async Task An_operator_who_only_looks_sees_a_run_that_somebody_else_submits()
    {
        var (browser, _) = await house.SignedIn(Roles.Operator);
        await using var own = browser;
        var page = await browser.NewPageAsync();
        await page.GotoAsync("/operations?code=SEARCH-CHECK");
        await Expect(page.GetByText("Nothing matches these filters")).ToBeVisibleAsync();
        await Hears(page, RunBook.Topic);
        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<SubmitBatch>().Handle(new("SEARCH-CHECK", null, null), CancellationToken.None)).Ok);
        // It asks every half minute by itself.
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "SEARCH-CHECK" })).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "SEARCH-CHECK" })).ToContainTextAsync("completed");
        var link = page.GetByRole(AriaRole.Link, new() { Name = "SEARCH-CHECK" });
        await link.FocusAsync();
        await page.RunAndWaitForResponseAsync(() => page.EvaluateAsync("htmx.trigger('#tonight', 'live')"), r => new Uri(r.Url).AbsolutePath == "/operations");
        await Expect(link).ToBeFocusedAsync();
    }

    /// <summary>Ends when the page's line to the house is open.</summary>
    private async Task Hears(IPage page, string topic)
    {
        await page.EvaluateAsync("document.addEventListener('tieline:live', () => { window.heard = true; })");
        for (var told = 0; !await page.EvaluateAsync<bool>("window.heard === true"); told++)
        {
            Assert.True(told < 600, "The page hears nothing.");
            await using (var scope = house.As(Roles.Operator))
            {
                await scope.Get<ILive>().Tell(topic, null, CancellationToken.None);
                await scope.Db.SaveChangesAsync(CancellationToken.None);
            }
            await Task.Delay(200);
        }
    }

    /// <summary>How many there are by the address alone; whoever lives in the town may have had some before.</summary>
    private static async Task<int> DueLater(IPage page)
    {
        await page.GotoAsync("/todos?due=Later");
        return int.Parse((await page.Locator(".pager-count").InnerTextAsync()).Split(' ')[0], CultureInfo.InvariantCulture);
    }

    /// <summary>A To Do for each day, counted from today.</summary>
    private async Task Give(Colleague colleague, IEnumerable<int> days)
    {
        await using var scope = house.As(Roles.Supervisor);
        var today = await scope.Get<IUtilityClock>().Today(CancellationToken.None);
        foreach (var day in days)
            Assert.True((await scope.Get<IToDos>().Create(new NewToDo("GENERAL", $"In {day} days", today.AddDays(day), EmployeeId: colleague.EmployeeId), CancellationToken.None)).Ok);
        await scope.Db.SaveChangesAsync(CancellationToken.None);
    }
}

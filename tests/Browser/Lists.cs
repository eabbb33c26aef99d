using Microsoft.Playwright;
using Tieline.Platform.Batch;
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
        var (count, csv) = (page.Locator(".pager-count"), page.GetByRole(AriaRole.Link, new() { Name = "CSV" }));
        await page.GotoAsync("/todos");
        await Expect(count).ToContainTextAsync("7 in all");
        await page.GetByLabel("Due", new() { Exact = true }).SelectOptionAsync("later");
        await Expect(count).ToContainTextAsync("4 in all");
        await Expect(csv).ToHaveAttributeAsync("href", "/todos/export?due=Later");
        await Expect(page.GetByText("Save these filters")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Priority", Exact = true }).ClickAsync();
        await Expect(csv).ToHaveAttributeAsync("href", "/todos/export?due=Later&sort=priority");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "My roles" })).ToHaveAttributeAsync("href", "/todos?due=Later&sort=priority&scope=Roles");
        await page.GetByLabel("Choose: In 31 days").CheckAsync();
        var asked = await page.RunAndWaitForResponseAsync(() => Give(colleague, [40]), r => new Uri(r.Url).AbsolutePath == "/todos");
        Assert.EndsWith("/todos?due=Later&sort=priority", asked.Url, StringComparison.Ordinal);
        await Expect(count).ToContainTextAsync("5 in all");

        await Expect(page.Locator(".bulk-count")).ToHaveTextAsync("1 chosen");
        await page.GetByLabel("all of this list").CheckAsync();
        await page.Keyboard.PressAsync("d");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Complete 5 To Dos");
        await page.GetByRole(AriaRole.Link, new() { Name = "Cancel" }).ClickAsync();
        await Expect(count).ToContainTextAsync("5 in all");
    }

    [Fact]
    public async Task An_operator_who_only_looks_sees_a_run_that_somebody_else_submits()
    {
        var (browser, _) = await house.SignedIn(Roles.Operator);
        await using var own = browser;
        var page = await browser.NewPageAsync();
        await page.GotoAsync("/operations?code=SEARCH-CHECK");
        await Expect(page.GetByText("Nothing matches these filters")).ToBeVisibleAsync();
        await page.WaitForLoadStateAsync();
        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<SubmitBatch>().Handle(new("SEARCH-CHECK", null, null), CancellationToken.None)).Ok);
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "SEARCH-CHECK" })).ToContainTextAsync("completed");
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

using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Tieline.Host;
using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Platform.Tours;
using static Microsoft.Playwright.Assertions;

namespace Tieline.Tests.Browser;

/// <summary>Guided tours on the real pages: a step that points to nothing fails here.</summary>
public sealed class Tours(OpenHouse house)
{
    private static readonly IReadOnlyList<Tour> Book = new TourBook(House.Modules).All;

    public static TheoryData<string> Codes => [.. Book.Select(t => t.Code)];

    [Theory, MemberData(nameof(Codes))]
    public async Task Every_step_stands_beside_what_it_speaks_of(string code)
    {
        var tour = Book.Single(t => t.Code == code);
        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<SubmitBatch>().Handle(new("TD-CCCB", null, null), CancellationToken.None)).Ok);
        var (browser, _) = await house.SignedIn(tour.Role);
        await using var own = browser;
        var page = await browser.NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin the tour" }).ClickAsync();
        foreach (var (i, step) in tour.Steps.Index())
        {
            var address = step.Page.Contains('{', StringComparison.Ordinal) ? await AddressOf(step.Page) : step.Start;
            Assert.True((await page.GotoAsync(address))!.Status == 200, $"{code}/{step.Key}: {address}");
            await Expect(page.Locator("#coach-title")).ToHaveTextAsync(step.Title);
            await Expect(page.Locator(".coach-where")).ToContainTextAsync($"{i + 1} of {tour.Steps.Count}");
            await Expect(page.Locator(".coached")).ToBeVisibleAsync();
            Assert.True(await page.Locator($"{step.At}").First.IsVisibleAsync(), $"{code}/{step.Key}: {step.At}");
            Assert.True(await page.EvaluateAsync<bool>(Apart), $"{code}/{step.Key}: the coach covers what it speaks of.");
            await page.Locator("#coach form[action$='/next'] button").ClickAsync();
            // It goes to the page of the next step by itself.
            if (i + 1 < tour.Steps.Count)
                await Expect(page.Locator(".coach-where")).ToContainTextAsync($"{i + 2} of {tour.Steps.Count}");
        }
        await Expect(page.Locator("[data-coach]")).ToHaveCountAsync(0);
        await page.GotoAsync("/");
        await Expect(page.GetByText("Guided tour", new() { Exact = true })).ToHaveCountAsync(0);
    }

    /// <summary>Something urgent in the corner covers no button of the coach.</summary>
    private static async Task MakesRoom(IPage page)
    {
        await page.EvaluateAsync("() => { const note = document.createElement('div'); note.style.height = '8rem'; const place = document.getElementById('urgent'); place.replaceChildren(note); place.hidden = false; }");
        await page.WaitForFunctionAsync("""
            () => {
              const [coach, urgent] = ['.coach', '#urgent'].map(at => document.querySelector(at).getBoundingClientRect());
              return urgent.height > 100 && (coach.bottom <= urgent.top || coach.right <= urgent.left) && coach.top >= 0;
            }
            """);
        await page.EvaluateAsync("() => { document.getElementById('urgent').hidden = true; }");
    }

    [Fact]
    public async Task By_keyboard_alone_on_a_telephone_too_left_here_and_gone_on_with_there()
    {
        var (browser, colleague) = await house.SignedIn(Roles.Csr);
        await using var own = browser;
        var page = await browser.NewPageAsync();
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin the tour" }).PressAsync("Enter");
        await Expect(page.Locator("#coach-title")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync(".");
        await Expect(page.Locator("#coach-title")).ToBeFocusedAsync();
        // It blocks nothing: the page hears its keys, and what is typed goes where it is typed.
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("#search")).ToBeFocusedAsync();
        await Looks.At(page, "#coach");
        await MakesRoom(page);

        await page.SetViewportSizeAsync(390, 800);
        await MakesRoom(page);
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth && document.querySelector('.coach').getBoundingClientRect().bottom <= innerHeight"));
        await page.Locator(".coach-fold > summary").ClickAsync();
        await Expect(page.Locator("#coach-title")).ToBeHiddenAsync();
        await page.Locator(".coach-fold > summary").ClickAsync();
        await page.Locator("#coach form[action$='/next'] button").PressAsync("Enter");
        await Expect(page.Locator(".coach-where")).ToContainTextAsync("2 of 8");
        await page.Locator("#coach form[action$='/leave'] button").PressAsync("Enter");
        await Expect(page.Locator("[data-coach]")).ToHaveCountAsync(0);

        var there = await house.Browser();
        await using var other = there;
        await using (var scope = house.As(Roles.TechnicalAdministrator))
            await there.AddCookiesAsync([new() { Name = Sessions.Cookie, Value = await scope.Get<Sessions>().Open(colleague.UserId, "test", CancellationToken.None), Url = house.Address }]);
        var second = await there.NewPageAsync();
        await second.GotoAsync("/");
        await second.GetByRole(AriaRole.Button, new() { Name = "Go on with: Everything on one page" }).ClickAsync();
        await Expect(second.Locator(".coach-where")).ToContainTextAsync("2 of 8");
    }

    private const string Apart = """
        () => {
          const [a, b] = ['.coach', '.coached'].map(s => document.querySelector(s).getBoundingClientRect());
          const beside = document.querySelector('.coach[data-beside]');
          return !beside || a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        }
        """;

    private async Task<string> AddressOf(string template)
    {
        await using var scope = house.As(Roles.Supervisor);
        var row = (IDictionary<string, object?>?)(await (await scope.Connection()).QueryAsync(Routes.ExampleOf(template)!)).FirstOrDefault();
        Assert.True(row is not null, $"The town has no example of {template}.");
        return Routes.Address(template, [.. row.Values.Select(v => v!)]);
    }
}

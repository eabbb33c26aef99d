using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Tieline.Platform.Security;
using static Microsoft.Playwright.Assertions;

namespace Tieline.Tests.Browser;

/// <summary>
/// The first five minutes with the demonstration, in two windows and by keyboard: a simulated caller is answered, found, verified, recorded and promised a call; the
/// night goes by, and the promise appears before the colleague without anybody touching that window. In a town of its own: its day moves.
/// </summary>
public sealed class FirstFiveMinutes
{
    private const string Promised = "Look at the bill with the little heater";

    [Fact]
    public async Task A_caller_is_helped_and_the_promise_appears_in_the_other_window()
    {
        await using var house = new OpenHouse();
        await house.InitializeAsync();
        var (browser, _) = await house.SignedIn(Roles.Csr);
        var (others, colleague) = await house.SignedIn(Roles.BackOffice, Roles.Supervisor);
        await using var own = browser;
        await using var theirs = others;
        var list = await others.NewPageAsync();
        await list.GotoAsync("/");
        await Expect(list.Locator("h1")).ToHaveTextAsync("My work");
        await Expect(list.Locator("#my-work")).Not.ToContainTextAsync(Promised);

        var page = await browser.NewPageAsync();
        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("R");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Answer" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#in-hand")).ToContainTextAsync("Who is calling?");
        await Expect(page.Locator(".practice-said")).ToContainTextAsync("nearly dropped my coffee");
        var (born, phone) = (await Ask(page, "Date of birth"), await Ask(page, "Phone"));
        await Looks(page);

        var person = await house.Ask<long>("select person_id from practice_call");
        var name = (await house.Ask<string>("select display_name from person where id = @person", new { person }))!;
        await page.Find(phone["That must be ".Length..].TrimEnd('.'), name);
        await Expect(page.Locator($"[data-person-in-hand='{person}']")).ToBeVisibleAsync();
        // The story goes along, and stands beside what is typed.
        await Expect(page.Locator(".practice-said")).ToContainTextAsync(phone);
        await page.Keyboard.PressAsync("i");
        await Expect(page.Locator("#in-hand .hand-label")).ToHaveTextAsync("Caller");
        await page.Keyboard.PressAsync("a");
        await Expect(page.GetByLabel("Date of birth", new() { Exact = true })).ToBeFocusedAsync();
        // Where the drawer covers the page the caller is read above its form.
        await page.SetViewportSizeAsync(390, OpenHouse.Height);
        await Expect(page.Locator("#drawer > .practice .practice-said")).ToBeVisibleAsync();
        await page.SetViewportSizeAsync(OpenHouse.Width, OpenHouse.Height);
        await Expect(page.Locator("#in-hand > .practice .practice-said")).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync(born.TrimEnd('.'));
        await page.TabTo(page.GetByLabel("A phone number on record"));
        await page.Keyboard.TypeAsync(phone["That must be ".Length..].TrimEnd('.'));
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator("#toasts")).ToContainTextAsync("Verified");

        await page.Keyboard.PressAsync("c");
        await Expect(page.Choice("What is it about?")).ToBeFocusedAsync();
        await page.ChooseType("hb", "High bill");
        await page.Keyboard.TypeAsync("Twice as high; her sister brought a heater.");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByLabel("How it ended")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("f");
        await page.TabTo(page.GetByRole(AriaRole.Button, new() { Name = "Tomorrow" }));
        await page.Keyboard.PressAsync("Enter");
        await page.TabTo(page.Choice("To whom"));
        await page.Keyboard.TypeAsync(colleague.Name);
        await Expect(page.Locator("#drawer .typeahead-list:visible [role=option]")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await page.TabTo(page.GetByLabel("What is promised"));
        await page.Keyboard.TypeAsync(Promised);
        await page.Keyboard.PressAsync("Control+Enter");
        await page.SeesItRecorded();
        await page.Keyboard.PressAsync("w");
        await Expect(page.Locator(".practice-time")).ToContainTextAsync("Well done! Recorded in ");
        await Expect(page.Locator(".practice-open")).ToHaveCountAsync(0);
        await Looks(page);

        await page.GotoAsync("/demo/call");
        await Looks(page);

        // The next caller, by the key that stands in the bar all the while.
        await page.Keyboard.PressAsync("R");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Answer" })).ToBeFocusedAsync();

        // The colleague advances to tonight in a window beside: the list stands as it was opened, and nobody touches it.
        var night = await others.NewPageAsync();
        await night.GotoAsync("/");
        await night.Keyboard.PressAsync("T");
        await Expect(night.GetByRole(AriaRole.Button, new() { Name = "Advance to tonight" })).ToBeVisibleAsync();
        await Looks(night);
        await night.Keyboard.PressAsync("n");
        await Expect(night.Locator("dialog")).ToContainTextAsync("There is no way back");
        await night.Keyboard.PressAsync("Enter");
        await Expect(list.Locator("#my-work")).ToContainTextAsync(Promised);
        await Expect(night.Locator("#tonight")).ToContainTextAsync("one day ahead of the calendar");
        await Expect(night.Locator("#tonight progress")).ToHaveCountAsync(0);
        // Every window says the day, also that of the one who answered.
        var today = await night.Locator(".demo-day").InnerTextAsync();
        await Expect(page.Locator(".demo-day")).ToHaveTextAsync(today);
        await Expect(list.Locator(".demo-day")).ToHaveTextAsync(today);
    }

    /// <summary>Asks by keyboard.</summary>
    /// <returns>What the caller answered.</returns>
    private static async Task<string> Ask(IPage page, string what)
    {
        var said = page.Locator(".practice-said .practice-caller");
        var before = await said.CountAsync();
        var button = page.GetByRole(AriaRole.Button, new() { Name = $"Ask: {what}", Exact = true });
        await page.TabTo(button);
        await page.Keyboard.PressAsync("Enter");
        await Expect(said).ToHaveCountAsync(before + 1);
        await Expect(button).ToBeFocusedAsync();
        return (await said.Last.TextContentAsync())!.Replace("Caller:", "", StringComparison.Ordinal).Trim();
    }

    /// <summary>No violation that axe can see, and nothing sideways on a telephone.</summary>
    private static async Task Looks(IPage page)
    {
        await page.EvaluateAsync(new BundledAxeScriptProvider().GetScript());
        foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.WaitForFunctionAsync("scheme => document.documentElement.dataset.bsTheme === scheme", scheme == ColorScheme.Dark ? "dark" : "light");
            Assert.Empty(await page.EvaluateAsync<string[]>("""
                async () => {
                  do await new Promise(requestAnimationFrame);
                  while (document.getAnimations().some(a => a.effect.getComputedTiming().iterations !== Infinity));
                  return (await axe.run(document, { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }, iframes: false, preload: false }))
                    .violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html} ${n.failureSummary}`));
                }
                """));
        }
        foreach (var width in new[] { 390, 320 })
        {
            await page.SetViewportSizeAsync(width, OpenHouse.Height);
            Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"Scrolls sideways at {width} px.");
        }
        await page.SetViewportSizeAsync(OpenHouse.Width, OpenHouse.Height);
    }
}

using Microsoft.Playwright;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using static Microsoft.Playwright.Assertions;

namespace Tieline.Tests.Browser;

/// <summary>The main job from the call to the kept promise, with a keyboard and nothing else: no test here knows a mouse.</summary>
public sealed class MainJob(OpenHouse house)
{
    [Fact]
    public async Task From_the_call_to_the_kept_promise_by_keyboard_only()
    {
        var customer = house.NextCustomer();
        var colleague = await house.Hire(Roles.Supervisor);
        var reference = await TakeTheCall(customer, colleague);
        await LetTheNightPass();
        await KeepThePromise(colleague, customer, reference);
    }

    private const string Said = "Asks why the bill is twice as high as last month.";
    private const string Promised = "Call back with the meter reading";
    private const string Ended = "Reached them; the reading was wrong and is corrected.";

    private async Task<string> TakeTheCall(Customer customer, Colleague colleague)
    {
        await using var browser = await house.Browser();
        var page = await browser.NewPageAsync();
        await page.GotoAsync("/");
        await page.SignIn(await house.Hire(Roles.Csr));

        await page.Find($"{customer.Name} {customer.Account}", customer.Name);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(customer.Name);

        await page.StartContact(customer);
        await page.ChooseType("hb", "High bill");
        await Expect(page.GetByLabel("What was said")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(Said);
        await Expect(page.GetByLabel("What was said")).ToHaveValueAsync(Said);
        await page.TabTo(page.GetByLabel("Day", new() { Exact = true }));
        await page.Keyboard.TypeAsync($"{await Tomorrow():MMddyyyy}");
        await page.TabTo(page.Choice("To whom"));
        await page.Keyboard.TypeAsync(colleague.Name);
        await Expect(page.Locator("#drawer .typeahead-list:visible [role=option]")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await page.TabTo(page.GetByLabel("What is promised"));
        await page.Keyboard.TypeAsync(Promised);
        await page.Keyboard.PressAsync("Control+Enter");

        var reference = await page.SeesItRecorded();
        await Expect(page.Locator("#timeline")).ToContainTextAsync(Said);
        Assert.False(await page.EvaluateAsync<bool>("document.activeElement === document.body"), "The focus was lost.");
        return reference;
    }

    /// <summary>The night of tomorrow, run by hand by the operator.</summary>
    private async Task LetTheNightPass()
    {
        var night = await house.Hire(Roles.Operator);
        await using var browser = await house.Browser();
        var page = await browser.NewPageAsync();
        await page.GotoAsync("/");
        await page.SignIn(night);
        await page.TabTo(page.GetByRole(AriaRole.Link, new() { Name = "Operations" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Operations" })).ToBeVisibleAsync();
        // A key is heard once the page's scripts are there.
        await page.WaitForLoadStateAsync();
        await page.Keyboard.PressAsync("r");
        await Expect(page.Locator("#drawer").GetByLabel("Batch")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("TD-CCCB");
        await page.TabTo(page.Locator("#drawer").GetByLabel("Business date"));
        await page.Keyboard.TypeAsync($"{await Tomorrow():MMddyyyy}");
        await page.Keyboard.PressAsync("Control+Enter");
        var run = page.GetByRole(AriaRole.Row, new() { Name = "TD-CCCB" }).Filter(new() { HasText = night.Name });
        await Expect(run).ToContainTextAsync("completed");
    }

    private async Task KeepThePromise(Colleague colleague, Customer customer, string reference)
    {
        await using var browser = await house.Browser();
        var page = await browser.NewPageAsync();
        await page.GotoAsync("/");
        await page.SignIn(colleague);
        var toDo = page.Locator("#my-work a", new() { HasText = Promised });
        await page.TabTo(toDo);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#drawer h1")).ToContainTextAsync(Promised);
        await Expect(page.Locator("#drawer")).ToContainTextAsync(customer.Name);
        await page.Keyboard.PressAsync("d");
        await Expect(page.GetByLabel("How it ended")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(Ended);
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator("#toasts")).ToContainTextAsync("To Do completed");
        await Expect(toDo).ToHaveCountAsync(0);

        await page.Find(reference, reference);
        var log = page.Locator(".card", new() { Has = page.GetByRole(AriaRole.Heading, new() { Name = "Log" }) });
        await Expect(log).ToContainTextAsync(Ended);
        await Expect(log).ToContainTextAsync(colleague.Name);
        await Expect(log).ToContainTextAsync(Said);
    }

    private async Task<DateOnly> Tomorrow()
    {
        await using var scope = house.As(Roles.Operator);
        return (await scope.Get<IUtilityClock>().Today(CancellationToken.None)).AddDays(1);
    }
}

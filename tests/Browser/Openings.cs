using Microsoft.Playwright;

namespace Tieline.Tests.Browser;

/// <summary>Something that opens upon a page.</summary>
/// <param name="Within">CSS selector of what opened; the page below is looked at by itself.</param>
/// <param name="Open">Begins on the page of a customer, and waits until it stands there.</param>
internal sealed record Opening(string Within, Func<IPage, Task> Open);

internal static class Openings
{
    public static readonly IReadOnlyDictionary<string, Opening> All = new Dictionary<string, Opening>(StringComparer.Ordinal)
    {
        ["recording a contact"] = new("#drawer", Record),
        ["why a To Do is there"] = new("#drawer", async page =>
        {
            await page.GotoAsync("/todos?scope=All&size=6");
            await page.Locator("a.row-link").First.ClickAsync();
            await page.Locator("#drawer h1").WaitForAsync();
            await page.Keyboard.PressAsync("Y");
            await page.Locator("#drawer .why-line").First.WaitForAsync();
        }),
        ["a choice of types"] = new("#drawer", async page =>
        {
            await Record(page);
            await page.Choice("What is it about?").PressSequentiallyAsync("b");
            await page.Locator("#drawer [role=option]").First.WaitForAsync();
        }),
        ["a choice of colleagues"] = new("#drawer", async page =>
        {
            await Record(page);
            await page.Choice("To whom").PressSequentiallyAsync("a");
            await page.Locator("#drawer [role=option]").First.WaitForAsync();
        }),
        ["a type with values"] = new("form[data-record]", async page =>
        {
            await page.GotoAsync("/contacts/record?type=es");
            await page.GetByLabel("Reading on the meter").WaitForAsync();
        }),
        ["a refused contact"] = new("#drawer", async page =>
        {
            await Record(page);
            await page.Locator("#drawer [data-submit]").ClickAsync();
            await page.Locator("#drawer [data-problems]").WaitForAsync();
        }),
        ["a warning of a holiday"] = new("#drawer", async page =>
        {
            await Record(page);
            await page.GetByLabel("Day", new() { Exact = true }).FillAsync($"{NextNewYear:yyyy-MM-dd}");
            await page.Locator("#drawer .promise-warnings .callout").WaitForAsync();
        }),
        ["what has happened to a customer"] = new("#drawer", async page =>
        {
            await page.Keyboard.PressAsync("f");
            await page.Locator("#drawer .flow-kinds").WaitForAsync();
        }),
        ["two people side by side"] = new("#main", async page =>
        {
            await page.GotoAsync("/duplicates?kind=Person");
            await page.Keyboard.PressAsync("n");
            await page.WaitForURLAsync("**/duplicates/*");
            await page.Keyboard.PressAsync("m");
            await page.GetByText("What follows to the survivor").WaitForAsync();
        }),
        ["two premises side by side"] = new("#main", async page =>
        {
            await page.GotoAsync("/duplicates?kind=Premise");
            await page.Keyboard.PressAsync("n");
            await page.WaitForURLAsync("**/duplicates/*");
            await page.Keyboard.PressAsync("m");
            await page.GetByText("What follows to the survivor").WaitForAsync();
        }),
        ["a contact"] = new("#drawer", async page =>
        {
            await page.Locator("#timeline a[data-drawer]").First.ClickAsync();
            await page.Locator("#drawer h1").WaitForAsync();
        }),
        ["a To Do"] = new("#drawer", async page =>
        {
            await page.GotoAsync("/todos?scope=All&size=6");
            await page.Locator("a.row-link").First.ClickAsync();
            await page.Locator("#drawer h1").WaitForAsync();
        }),
        ["a note"] = new("#drawer", async page =>
        {
            await page.Keyboard.PressAsync("n");
            await page.Locator("#drawer h1").WaitForAsync();
        }),
        ["a call in hand"] = new("#in-hand", Call),
        ["a call handed over"] = new("#drawer", async page =>
        {
            await Call(page);
            await page.Keyboard.PressAsync("u");
            await page.Locator("#drawer h1", new() { HasText = "Hand over" }).WaitForAsync();
        }),
        ["a call that ends with nothing"] = new("#drawer", async page =>
        {
            await Call(page);
            await page.Keyboard.PressAsync("w");
            await page.Locator("#drawer h1", new() { HasText = "End the call" }).WaitForAsync();
        }),
        ["what is an emergency"] = new("#drawer", Emergency),
        ["the script of an emergency"] = new("#drawer", async page =>
        {
            await Emergency(page);
            await page.Keyboard.PressAsync("w");
            await page.Locator("#drawer .script").WaitForAsync();
        }),
        ["an urgent notice"] = new("#urgent", async page =>
        {
            await page.EvaluateAsync("""
                document.querySelector('.bell-count').innerHTML = '1<data class="urgent-item" value="1" hidden>Smell of gas: corner of Elm and 5th</data>';
                htmx.trigger(document.querySelector('.bell-count'), 'htmx:afterSwap', { target: document.querySelector('.bell-count') });
                """);
            await page.Locator("#urgent .urgent-note").WaitForAsync();
        }),
        ["all keys"] = new("dialog[open]", async page =>
        {
            await page.Keyboard.PressAsync("?");
            await page.Locator("dialog[open]").WaitForAsync();
        }),
        ["found while typing"] = new(".search", async page =>
        {
            await page.Locator("#search").PressSequentiallyAsync("ma");
            await page.Locator("#search-panel [role=option]").First.WaitForAsync();
            await page.Keyboard.PressAsync("ArrowDown");
        }),
        ["found nobody"] = new(".search", async page =>
        {
            await page.Locator("#search").PressSequentiallyAsync("zzzzzz");
            await page.Locator("#search-panel .found-none").WaitForAsync();
        }),
        ["the menu of the user"] = new(".user-menu", async page =>
        {
            await page.Locator(".user-menu summary").ClickAsync();
            await page.Locator(".user-menu .menu-list").WaitForAsync();
        }),
        ["a question before something is thrown away"] = new("dialog[open]", async page =>
        {
            await Record(page);
            await page.GetByLabel("What was said").FillAsync("Half a sentence");
            await page.Keyboard.PressAsync("Escape");
            await page.Locator("dialog[open]").WaitForAsync();
        }),
        ["a failure, said at the edge"] = new("#toasts", async page =>
        {
            await page.EvaluateAsync("Tieline.toast('Not stored yet.', { bad: true }); Tieline.toast('Stored.')");
            await page.Locator(".note-bad").WaitForAsync();
        }),
    };

    private static DateOnly NextNewYear => new(DateTime.UtcNow.Year + 1, 1, 1);

    private static async Task Call(IPage page)
    {
        await page.Keyboard.PressAsync("o");
        await page.Locator("[data-interaction-in-hand]").WaitForAsync();
    }

    private static async Task Emergency(IPage page)
    {
        await page.Keyboard.PressAsync("!");
        await page.Locator("#drawer h1", new() { HasText = "Emergency" }).WaitForAsync();
    }

    private static async Task Record(IPage page)
    {
        await page.Locator("[data-person-in-hand]").WaitForAsync();
        await page.Keyboard.PressAsync("c");
        await page.Locator("#drawer h1", new() { HasText = "Record a contact" }).WaitForAsync();
    }
}

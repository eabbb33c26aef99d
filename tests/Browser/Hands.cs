using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Tieline.Tests.Browser;

/// <summary>What people do at a page, by keyboard wherever it says nothing else; each ends when the page has answered.</summary>
internal static class Hands
{
    private const int MostStops = 200;

    /// <summary>Tabs on until something has the focus, as one does who has no mouse.</summary>
    public static async Task TabTo(this IPage page, ILocator target)
    {
        for (var stop = 0; stop < MostStops; stop++)
        {
            if (await target.EvaluateAsync<bool>("e => e === document.activeElement"))
                return;
            await page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"{target} cannot be reached with {MostStops} tabs on {page.Url}.");
    }

    /// <summary>A field with a list below it, which has the same name.</summary>
    public static ILocator Choice(this IPage page, string label) => page.GetByRole(AriaRole.Combobox, new() { Name = label });

    /// <summary>Signs in on the page that asks for it, which has the focus where one types.</summary>
    public static async Task SignIn(this IPage page, Colleague colleague)
    {
        await Expect(page.GetByLabel("User name")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(colleague.UserName);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(colleague.Password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "My work" })).ToBeVisibleAsync();
    }

    /// <summary>Types into the search box, goes down to what is looked for, however many there are, and opens it.</summary>
    public static async Task Find(this IPage page, string typed, string shown)
    {
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("#search")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(typed);
        await Expect(page.Locator("#search-panel")).ToHaveAttributeAsync("data-for", typed);
        var found = await page.Locator("#search-panel [role=option]").AllInnerTextsAsync();
        var at = found.Index().Where(f => f.Item.Contains(shown, StringComparison.Ordinal)).Select(f => f.Index + 1).FirstOrDefault();
        Assert.True(at > 0, $"{typed}: {string.Join(" / ", found)}");
        for (var i = 0; i < at; i++)
            await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Opens the drawer that records a contact of the customer in hand.</summary>
    /// <param name="restored">Something was typed there before.</param>
    public static async Task StartContact(this IPage page, Customer customer, bool restored = false)
    {
        await Expect(page.Locator($"[data-person-in-hand='{customer.Id}']")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("c");
        await Expect(page.Locator("#drawer h1")).ToHaveTextAsync("Record a contact");
        if (!restored)
            await Expect(page.Choice("What is it about?")).ToBeFocusedAsync();
    }

    /// <summary>Types a shorthand and takes the type it means; the type says its own words first.</summary>
    public static async Task ChooseType(this IPage page, string shorthand, string name)
    {
        await page.Keyboard.TypeAsync(shorthand);
        await Expect(page.Locator("#drawer .typeahead-list:visible [role=option]").First).ToContainTextAsync(name);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Choice("What is it about?")).ToHaveValueAsync(name);
        await Expect(page.GetByLabel("What was said")).Not.ToHaveValueAsync("");
    }

    /// <summary>A contact about a high bill, ready to be sent.</summary>
    public static async Task TypeContact(this IPage page, Customer customer, string comment)
    {
        await page.GotoAsync($"/customers/{customer.Id}");
        await page.StartContact(customer);
        await page.ChooseType("hb", "High bill");
        await page.GetByLabel("What was said").FillAsync(comment);
    }

    /// <summary>Waits for the word that a contact is stored.</summary>
    /// <returns>Its reference number.</returns>
    public static async Task<string> SeesItRecorded(this IPage page)
    {
        var note = page.Locator("#toasts .note", new() { HasTextRegex = new(@"^Contact \S+ recorded\.", default, TimeSpan.FromSeconds(1)) });
        await Expect(note).ToBeVisibleAsync();
        await Expect(page.Locator("#drawer")).ToBeHiddenAsync();
        return (await note.InnerTextAsync()).Split(' ')[1];
    }
}

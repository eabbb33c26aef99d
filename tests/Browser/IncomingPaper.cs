using Tieline.Correspondence.Incoming;
using Tieline.Platform.Security;
using static Microsoft.Playwright.Assertions;

namespace Tieline.Tests.Browser;

/// <summary>A clerk indexes the morning's post with a keyboard and nothing else; the pages are drawn by pdf.js under our Content-Security-Policy.</summary>
public sealed class IncomingPaper(OpenHouse house)
{
    /// <summary>
    /// Twenty seconds for a page are ten for reading it and typing some words, and ten for every other key, at a second each: whoever finds a key to press
    /// thinks before it.
    /// </summary>
    private const int MostPresses = 10;

    [Fact]
    public async Task A_letter_is_read_indexed_and_taken_back_by_keyboard_only()
    {
        var customer = house.NextCustomer();
        var (browser, _) = await house.SignedIn(Roles.BackOffice);
        await using var _2 = browser;
        var page = await browser.NewPageAsync();
        var broken = new List<string>();
        page.Console += (_, said) =>
        {
            if (said.Type == "error")
                broken.Add(said.Text);
        };
        await page.GotoAsync("/incoming");
        await page.WaitForLoadStateAsync();
        await page.Keyboard.PressAsync("n");
        await Expect(page.Locator("[data-scan][data-drawn='1'] canvas")).ToBeVisibleAsync();
        Assert.True(await page.EvaluateAsync<bool>("""
            () => { const c = document.querySelector('[data-scan] canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return d.some((v, i) => i % 4 < 3 && v < 100); }
            """), "The page is empty.");
        var first = await page.Locator("h1").InnerTextAsync();
        // Of keys that go down from here on only those count that are no letter of a word.
        await page.EvaluateAsync("""
            () => {
              window.presses = 0;
              document.addEventListener('keydown', e => { if (!['Alt', 'Control', 'Shift'].includes(e.key) && (e.key.length > 1 || e.altKey || e.ctrlKey)) sessionStorage.presses = ++window.presses; }, true);
            }
            """);

        await Expect(page.Choice("Who")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync($"{customer.Name} {customer.Account}");
        await Expect(page.Locator(".typeahead-list:visible [role=option]")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#record-parts select[name=AccountId]")).Not.ToHaveValueAsync("");
        await page.Keyboard.PressAsync("Alt+r");
        await page.TabTo(page.Choice("What is it about?"));
        await page.Keyboard.TypeAsync("hb");
        await Expect(page.Locator(".typeahead-list:visible [role=option]").First).ToContainTextAsync("High bill");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByLabel("What it says")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Wants the meter read again");
        await page.Keyboard.PressAsync("Control+Enter");

        await Expect(page.GetByText("here is the next one")).ToBeVisibleAsync();
        await Expect(page.Locator("h1")).Not.ToHaveTextAsync(first);
        Assert.Equal(1, await house.Recorded("Wants the meter read again"));
        Assert.InRange(await page.EvaluateAsync<int>("Number(sessionStorage.presses)"), 1, MostPresses);
        await page.TabTo(page.Locator("button[data-key=u]"));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync(first);
        await Expect(page.Locator("[data-scan] canvas")).ToBeVisibleAsync();
        Assert.Equal(0, await house.Ask<long>("select count(*) from contact where person_id = @id and channel = 'Letter'", new { id = customer.Id }));
        Assert.Empty(broken);
    }

    [Fact]
    public async Task A_TIFF_is_drawn_by_the_page_itself()
    {
        long id;
        await using (var scope = house.As(Roles.BackOffice))
            id = (await scope.Get<Inbox>().Take("fax.tif", BlackAndWhite(40, 20), DocumentSource.Fax, CancellationToken.None)).Value.Id;
        var (browser, _) = await house.SignedIn(Roles.BackOffice);
        await using var _2 = browser;
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"/incoming/{id}");
        await Expect(page.Locator("[data-scan][data-drawn='1'] canvas")).ToBeVisibleAsync();
        // Black on the left, white on the right.
        var shades = await page.EvaluateAsync<int[]>("""
            () => { const c = document.querySelector('[data-scan] canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return [d[4 * 2], d[4 * (c.width - 3)]]; }
            """);
        Assert.Equal(0, shades[0]);
        Assert.Equal(255, shades[1]);
    }

    /// <summary>A TIFF without compression, of one strip.</summary>
    private static byte[] BlackAndWhite(int width, int height)
    {
        using var stream = new MemoryStream();
        using var file = new BinaryWriter(stream);
        (short Tag, int Value)[] tags = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8 + 2 + (9 * 12) + 4), (277, 1), (278, height), (279, width * height)];
        file.Write("II*\0"u8);
        file.Write(8);
        file.Write((short)tags.Length);
        foreach (var (tag, value) in tags)
        {
            file.Write(tag);
            file.Write((short)4);
            file.Write(1);
            file.Write(value);
        }
        file.Write(0);
        for (var i = 0; i < width * height; i++)
            file.Write((byte)(i % width < width / 2 ? 0 : 255));
        return stream.ToArray();
    }
}

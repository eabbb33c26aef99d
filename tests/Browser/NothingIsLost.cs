using Microsoft.Playwright;
using Tieline.Platform.Security;
using static Microsoft.Playwright.Assertions;

namespace Tieline.Tests.Browser;

/// <summary>Whatever breaks while someone types: nothing typed is lost, and nothing is stored twice.</summary>
public sealed class NothingIsLost(OpenHouse house)
{
    [Fact]
    public async Task The_session_ends_while_a_contact_is_typed()
    {
        const string Comment = "Typed while the session ended.";
        var (browser, csr) = await house.SignedIn(Roles.Csr);
        await using var _ = browser;
        var page = await browser.NewPageAsync();
        await page.TypeContact(house.NextCustomer(), Comment);

        await house.EndSessions(csr);
        await page.Keyboard.PressAsync("Control+Enter");
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "You have been signed out" });
        await Expect(dialog).ToContainTextAsync("nothing you typed is lost");
        Assert.Equal(0, await house.Recorded(Comment));

        var signIn = await browser.RunAndWaitForPageAsync(() => dialog.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync());
        await signIn.SignIn(csr);
        await page.BringToFrontAsync();
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(page.GetByLabel("What was said")).ToHaveValueAsync(Comment);
        await page.Locator("#drawer [data-submit]").ClickAsync();
        await page.SeesItRecorded();
        Assert.Equal(1, await house.Recorded(Comment));
    }

    [Fact]
    public async Task The_answer_is_lost_after_the_server_has_stored_it()
    {
        const string Comment = "Stored, but nobody heard of it.";
        await Breaks(Comment, stored: 1, async page => await page.RouteAsync("**/contacts/record*", async route =>
        {
            if (route.Request.Method != "POST")
            {
                await route.ContinueAsync();
                return;
            }
            await route.FetchAsync();
            await route.AbortAsync("connectionreset");
        }), page => page.UnrouteAllAsync());
    }

    [Fact]
    public Task The_line_is_down() =>
        Breaks("Sent into a dead line.", stored: 0, page => page.Context.SetOfflineAsync(true), page => page.Context.SetOfflineAsync(false));

    [Fact]
    public async Task Rights_are_ticked_and_then_filtered_away()
    {
        var (browser, _) = await house.SignedIn(Roles.TechnicalAdministrator);
        await using var _2 = browser;
        var page = await browser.NewPageAsync();
        await page.GotoAsync("/admin/rights");
        var tick = page.Locator($"input[name=Grants][value='{Roles.Csr}/{PlatformPermissions.RotateKeys}']");
        var (filter, note) = (page.GetByLabel("Name or words"), page.Locator("form [data-unsaved][role=status]"));
        var found = 0;
        page.Request += (_, request) => found += request.Url.Contains("?q=", StringComparison.Ordinal) ? 1 : 0;
        await tick.CheckAsync();
        await filter.FillAsync("contacts.record");
        await Expect(note).ToContainTextAsync("1 change is not saved yet, in rows that the filters hide.");
        await filter.FillAsync("");
        await Expect(tick).ToBeCheckedAsync();
        await filter.FillAsync("contacts.record");
        await Expect(tick).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the rights shown" }).ClickAsync();
        await Expect(page.Locator("#toasts")).ToContainTextAsync("Rights saved");
        // Three times by typing, and once when it was saved: not again when the button took the focus, and the form with it.
        Assert.Equal(4, found);
        await page.GotoAsync("/admin/rights");
        await Expect(tick).ToBeCheckedAsync();
        await tick.UncheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the rights" }).ClickAsync();
        await Expect(page.Locator("#toasts")).ToContainTextAsync("Rights saved");
        await Expect(note).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("Clicked twice.", true)]
    [InlineData("Ctrl+Enter pressed twice.", false)]
    public async Task Sent_twice_at_once(string comment, bool mouse)
    {
        var (browser, _) = await house.SignedIn(Roles.Csr);
        await using var _2 = browser;
        var page = await browser.NewPageAsync();
        await page.TypeContact(house.NextCustomer(), comment);
        if (mouse)
        {
            await page.Locator("#drawer [data-submit]").DblClickAsync();
        }
        else
        {
            await page.Keyboard.PressAsync("Control+Enter");
            await page.Keyboard.PressAsync("Control+Enter");
        }
        await page.SeesItRecorded();
        Assert.Equal(1, await house.Recorded(comment));
    }

    [Fact]
    public async Task A_draft_outlives_reload_and_tab_but_not_the_sign_out()
    {
        const string Comment = "Half a sentence";
        var customer = house.NextCustomer();
        var (browser, csr) = await house.SignedIn(Roles.Csr);
        await using var _ = browser;
        var page = await browser.NewPageAsync();
        await page.GotoAsync($"/customers/{customer.Id}");
        await page.StartContact(customer);
        // A type that asks for more: what was typed there is part of the draft.
        await page.ChooseType("es", "Estimated bill questioned");
        await page.GetByLabel("Reading on the meter").FillAsync("48213");
        await page.GetByLabel("What was said").FillAsync(Comment);

        await page.ReloadAsync();
        await page.StartContact(customer);
        await SeesTheDraft(page, Comment);
        await page.CloseAsync();
        page = await browser.NewPageAsync();
        await page.GotoAsync($"/customers/{customer.Id}");
        await page.StartContact(customer);
        await SeesTheDraft(page, Comment);

        await page.ReloadAsync();
        await page.Locator(".user-menu summary").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.SignIn(csr);
        Assert.Empty(await page.EvaluateAsync<string[]>("Object.keys(localStorage).filter(n => n.startsWith('tieline-draft:'))"));
        await page.GotoAsync($"/customers/{customer.Id}");
        await page.StartContact(customer);
        await Expect(page.GetByLabel("What was said")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task Two_change_the_same_person()
    {
        var customer = house.NextCustomer();
        var (firstBrowser, first) = await house.SignedIn(Roles.Supervisor);
        var (secondBrowser, _) = await house.SignedIn(Roles.Supervisor);
        await using var _2 = firstBrowser;
        await using var _3 = secondBrowser;
        var winner = await firstBrowser.NewPageAsync();
        var loser = await secondBrowser.NewPageAsync();
        foreach (var page in new[] { winner, loser })
            await page.GotoAsync($"/customers/{customer.Id}/change");

        await winner.GetByLabel("Language").SelectOptionAsync("vi");
        await winner.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(winner).ToHaveURLAsync($"{house.Address}/customers/{customer.Id}");

        await loser.GetByLabel("Born").FillAsync("1971-04-05");
        await loser.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        // An emergency of another test may ring beside it.
        var said = loser.Locator("[data-problems]");
        await Expect(said).ToContainTextAsync(first.Name);
        await Expect(said).ToContainTextAsync("language", new() { IgnoreCase = true });
        await Expect(loser.GetByLabel("Born")).ToHaveValueAsync("1971-04-05");
        Assert.Equal("vi", await house.Ask<string>("select language from person where id = @Id", customer));

        // Having read that, the second saves again, with the first one's language.
        await loser.GetByLabel("Language").SelectOptionAsync("vi");
        await loser.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(loser).ToHaveURLAsync($"{house.Address}/customers/{customer.Id}");
        Assert.Equal("vi 1971-04-05", await house.Ask<string>("select language || ' ' || born_on from person where id = @Id", customer));
    }

    [Fact]
    public async Task Hostile_text_is_shown_as_text()
    {
        const string Comment = "<script>window.hit = 1</script><img src=x onerror=\"window.hit = 1\"> '; drop table contact; -- {{7*7}} \u202Egnorw\u202C עברית 𐐷 😀 end";
        var customer = house.NextCustomer();
        var (browser, _) = await house.SignedIn(Roles.Csr);
        await using var _2 = browser;
        var page = await browser.NewPageAsync();
        await page.TypeContact(customer, Comment);
        await page.Keyboard.PressAsync("Control+Enter");
        await page.SeesItRecorded();
        var line = page.Locator("#timeline .as-typed", new() { HasText = "drop table" });
        await Expect(line).ToContainTextAsync("<script>window.hit = 1</script><img src=x onerror=\"window.hit = 1\"> '; drop table contact; -- {{7*7}}");
        await Expect(line).ToContainTextAsync("עברית 𐐷 😀 end");
        await page.Locator("#timeline a[data-drawer]").First.ClickAsync();
        await Expect(page.Locator("#drawer p.as-typed")).ToContainTextAsync("<script>window.hit = 1</script>");
        Assert.False(await page.EvaluateAsync<bool>("'hit' in window || document.querySelector('img[src=x]') !== null"));
    }

    [Fact]
    public async Task A_comment_of_a_megabyte_is_refused_at_its_field()
    {
        var (browser, _) = await house.SignedIn(Roles.Csr);
        await using var _2 = browser;
        var page = await browser.NewPageAsync();
        var comment = $"{string.Concat(Enumerable.Repeat("and so on ", 1024 * 1024 / 10))}𐐷😀";
        await page.TypeContact(house.NextCustomer(), "short");
        // Pasted: nobody types that.
        await page.GetByLabel("What was said").EvaluateAsync("(field, text) => { field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })); }", comment);
        await page.Locator("#drawer [data-submit]").ClickAsync();
        var field = page.Locator("#drawer .field.has-problem", new() { Has = page.GetByLabel("What was said") });
        await Expect(field.Locator(".field-problem")).ToContainTextAsync("20,000");
        await Expect(page.GetByLabel("What was said")).ToBeFocusedAsync();
        Assert.Equal(comment.Length, await page.GetByLabel("What was said").EvaluateAsync<int>("e => e.value.length"));
    }

    /// <summary>The first try ends in silence and says so, the second succeeds, and one contact is there.</summary>
    private async Task Breaks(string comment, long stored, Func<IPage, Task> breaks, Func<IPage, Task> mends)
    {
        var (browser, _) = await house.SignedIn(Roles.Csr);
        await using var _2 = browser;
        var page = await browser.NewPageAsync();
        await page.TypeContact(house.NextCustomer(), comment);
        await breaks(page);
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator("#toasts")).ToContainTextAsync("What you typed is still here; try again.");
        await Expect(page.GetByLabel("What was said")).ToHaveValueAsync(comment);
        Assert.Equal(stored, await house.Recorded(comment));
        await mends(page);
        await page.Locator("#drawer [data-submit]").ClickAsync();
        await page.SeesItRecorded();
        Assert.Equal(1, await house.Recorded(comment));
    }

    private static async Task SeesTheDraft(IPage page, string comment)
    {
        await Expect(page.Locator("#drawer .draft-notice")).ToContainTextAsync("Restored what you had typed.");
        await Expect(page.Choice("What is it about?")).ToHaveValueAsync("Estimated bill questioned");
        await Expect(page.GetByLabel("What was said")).ToHaveValueAsync(comment);
        await Expect(page.GetByLabel("Reading on the meter")).ToHaveValueAsync("48213");
    }
}

using System.Text;
using Microsoft.Playwright;
using Tieline.Platform.Security;
using static Microsoft.Playwright.Assertions;

namespace Tieline.Tests.Browser;

/// <summary>A file that came with a contact can be had again, byte for byte, and is never opened in Tieline's name.</summary>
public sealed class AttachedFiles(OpenHouse house)
{
    [Fact]
    public async Task A_file_is_saved_and_never_shown()
    {
        var content = Encoding.UTF8.GetBytes("<script>document.title = 'hit'</script>Résumé of the bill");
        var (browser, _) = await house.SignedIn(Roles.Supervisor);
        await using var _2 = browser;
        var page = await browser.NewPageAsync();
        await page.TypeContact(house.NextCustomer(), "Sends a copy of the bill.");
        await page.GetByLabel("Attach files").SetInputFilesAsync(new FilePayload { Name = "bill copy.html", MimeType = "text/html", Buffer = content });
        await page.Keyboard.PressAsync("Control+Enter");
        await page.SeesItRecorded();

        await page.Locator("#timeline a[data-drawer]").First.ClickAsync();
        var link = page.Locator("#drawer .files a", new() { HasText = "bill copy.html" });
        var saved = await page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        Assert.Equal("bill copy.html", saved.SuggestedFilename);
        Assert.Equal(content, await File.ReadAllBytesAsync(await saved.PathAsync()));

        // Opened by its address, as a link in a mail would: still saved, and the page stays.
        var address = await link.GetAttributeAsync("href");
        var title = await page.TitleAsync();
        await page.RunAndWaitForDownloadAsync(() => page.EvaluateAsync("address => { location.href = address }", address));
        Assert.Equal(title, await page.TitleAsync());
        var answer = await page.APIRequest.GetAsync(address!);
        Assert.StartsWith("attachment", answer.Headers["content-disposition"], StringComparison.Ordinal);
        Assert.Equal(("application/octet-stream", "nosniff"), (answer.Headers["content-type"], answer.Headers["x-content-type-options"]));
    }
}

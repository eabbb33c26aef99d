using Microsoft.Playwright;
using Tieline.Platform.Security;

namespace Tieline.Tests.Browser;

/// <summary>Every page of the house, found in its assemblies, so that none can be forgotten. In three parts, which run beside each other.</summary>
public abstract class EveryPage(Window window) : IClassFixture<Window>
{
    protected async Task Looked(string template) => await Looks.At(
        window.Page, await window.AddressOf(template), template switch { "/about/ui/broken" => 500, "/about/ui/forbidden" => 403, _ => 200 });

    protected static TheoryData<string> Of(Func<string, bool> part) => [.. Routes.Pages.Where(p => part(p))];

    protected static bool IsAdministration(string template) => IsBelow(template, "admin", "operations", "about", "employees", "history");

    protected static bool IsCustomers(string template) => IsBelow(template, "customers", "accounts", "premises", "agreements");

    private static bool IsBelow(string template, params string[] first) => first.Contains(template.Split('/')[1], StringComparer.Ordinal);
}

public sealed class PagesOfAdministration(Window window) : EveryPage(window)
{
    public static TheoryData<string> Pages => Of(IsAdministration);

    [Theory, MemberData(nameof(Pages))]
    public Task Page(string template) => Looked(template);
}

public sealed class PagesOfCustomers(Window window) : EveryPage(window)
{
    public static TheoryData<string> Pages => Of(IsCustomers);

    [Theory, MemberData(nameof(Pages))]
    public Task Page(string template) => Looked(template);
}

public sealed class PagesOfTheDesk(Window window) : EveryPage(window)
{
    public static TheoryData<string> Pages => Of(p => !IsAdministration(p) && !IsCustomers(p));

    [Theory, MemberData(nameof(Pages))]
    public Task Page(string template) => Looked(template);
}

/// <summary>What opens upon pages, and pages before those who see little of them.</summary>
public sealed class Accessibility(Window window, OpenHouse house) : IClassFixture<Window>
{
    [Fact]
    public void Routes_that_are_no_more_are_not_spoken_of() => Assert.Empty(Routes.Forgotten);

    [Theory]
    [InlineData("/sign-in", 200)]
    [InlineData("/set-up?token=gone", 404)]
    public async Task Before_a_stranger(string path, int status)
    {
        await using var browser = await house.Browser();
        await Looks.At(await browser.NewPageAsync(), path, status);
    }

    [Theory]
    [InlineData("/nowhere", 404)]
    [InlineData("/contacts/999999999", 404)]
    [InlineData("/admin/users", 403)]
    [InlineData("/", 200)]
    [InlineData("/todos", 200)]
    [InlineData("/search?q=zzzzzz", 200)]
    public async Task With_nothing_to_show(string path, int status)
    {
        var (browser, _) = await house.SignedIn(Roles.Csr);
        await Looks.At(await browser.NewPageAsync(), path, status);
        await browser.DisposeAsync();
    }

    public static TheoryData<string> Things => [.. Openings.All.Keys];

    [Theory, MemberData(nameof(Things))]
    public async Task Opened(string what)
    {
        var page = window.Page;
        await page.SetViewportSizeAsync(OpenHouse.Width, OpenHouse.Height);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.GotoAsync(await window.AddressOf("/customers/{Id:long}"));
        // What the opening before left half typed.
        await page.EvaluateAsync("localStorage.clear()");
        await Openings.All[what].Open(page);
        await Looks.At(page, Openings.All[what].Within);
    }
}

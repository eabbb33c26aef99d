using Dapper;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Tieline.Customers.Files;
using Tieline.Platform.Batch;
using Tieline.Platform.Configuration;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;

namespace Tieline.Tests.Browser;

/// <summary>
/// Every page, and what opens upon pages, in light and dark: no violation of WCAG 2.2 AA that axe can see, and no scrolling sideways on a
/// telephone. The pages are found in the assemblies, so none can be forgotten.
/// </summary>
public sealed class Accessibility(Accessibility.Everybody everybody) : IClassFixture<Accessibility.Everybody>
{
    private const int Telephone = 390;
    private const int Smallest = 320;

    // Run in the page itself: RunAxe, which also looks into frames of other origins, opens a window each time, and pages have no frames.
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();
    // Colours fade and columns slide, those of a parent before those of its children: all is judged when it has come to rest.
    private const string AtRest = """
        window.atRest = async () => {
          do await new Promise(requestAnimationFrame);
          while (document.getAnimations().some(a => a.effect.getComputedTiming().iterations !== Infinity));
        }
        """;
    // What has nothing to do with colours is the same in the dark.
    private const string Rules = """
        async ([dark, within]) => {
          await atRest();
          return (await axe.run(document.querySelector(within), {
            runOnly: dark ? { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
            resultTypes: ['violations'], iframes: false, preload: false,
        })).violations.flatMap(v => v.nodes.map(n => `${v.id} (${v.help}) at ${n.target}: ${n.html}\n    ${n.failureSummary}`));
        }
        """;

    public static TheoryData<string> Pages => [.. Routes.Pages];

    [Fact]
    public void Routes_that_are_no_more_are_not_spoken_of() => Assert.Empty(Routes.Forgotten);

    [Theory, MemberData(nameof(Pages))]
    public async Task Page(string template) => await Looks(
        everybody.Page, await everybody.AddressOf(template), template switch { "/about/ui/broken" => 500, "/about/ui/forbidden" => 403, _ => 200 });

    [Theory]
    [InlineData("/sign-in", 200)]
    [InlineData("/set-up?token=gone", 404)]
    public Task Before_a_stranger(string path, int status) => Looks(everybody.Stranger, path, status);

    [Theory]
    [InlineData("/nowhere", 404)]
    [InlineData("/contacts/999999999", 404)]
    [InlineData("/admin/users", 403)]
    [InlineData("/", 200)]
    [InlineData("/todos", 200)]
    [InlineData("/search?q=zzzzzz", 200)]
    public Task With_nothing_to_show(string path, int status) => Looks(everybody.Newcomer, path, status);

    public static TheoryData<string> Things => [.. Openings.All.Keys];

    [Theory, MemberData(nameof(Things))]
    public async Task Opened(string what)
    {
        var page = everybody.Page;
        await page.SetViewportSizeAsync(OpenHouse.Width, OpenHouse.Height);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.GotoAsync(await everybody.AddressOf("/customers/{Id:long}"));
        // What the opening before left half typed.
        await page.EvaluateAsync("localStorage.clear()");
        await Openings.All[what].Open(page);
        await Looks(page, Openings.All[what].Within);
    }

    private static async Task Looks(IPage page, string path, int status)
    {
        await page.SetViewportSizeAsync(OpenHouse.Width, OpenHouse.Height);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        Assert.Equal(status, (await page.GotoAsync(path))!.Status);
        await Looks(page);
    }

    /// <summary>Light, then dark: the colours follow what the browser prefers, so nothing is loaded twice. Then on a telephone.</summary>
    private static async Task Looks(IPage page, string within = "html")
    {
        var failures = new List<string>();
        await page.EvaluateAsync(Axe);
        await page.EvaluateAsync(AtRest);
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.WaitForFunctionAsync("scheme => document.documentElement.dataset.bsTheme === scheme", scheme == ColorScheme.Dark ? "dark" : "light");
            failures.AddRange((await page.EvaluateAsync<string[]>(Rules, new object[] { scheme == ColorScheme.Dark, within })).Select(f => $"{scheme}: {f}"));
        }
        foreach (var width in new[] { Telephone, Smallest })
            failures.AddRange(await Sideways(page, width));
        Assert.True(failures.Count == 0, $"{page.Url}\n{string.Join('\n', failures)}");
    }

    private static async Task<string[]> Sideways(IPage page, int width)
    {
        await page.SetViewportSizeAsync(width, OpenHouse.Height);
        return await page.EvaluateAsync<string[]>("""
            async () => {
              await atRest();
              const root = document.documentElement;
              const clipped = e => e !== root && (getComputedStyle(e).overflowX !== 'visible' || clipped(e.parentElement));
              return root.scrollWidth <= innerWidth ? [] : [`scrolls sideways: ${root.scrollWidth} px of ${innerWidth}`,
                ...[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth && !clipped(e.parentElement)).slice(0, 5).map(e => e.outerHTML.slice(0, 200))];
            }
            """);
    }

    /// <summary>A browser of somebody who may do everything, and a town in which every page has something to show.</summary>
    public sealed class Everybody(OpenHouse house) : IAsyncLifetime
    {
        /// <summary>A window costs as much as a page: one serves all.</summary>
        public IPage Page { get; private set; } = null!;
        public IPage Newcomer { get; private set; } = null!;
        public IPage Stranger { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Page = await (await house.SignedIn(Roles.All)).Browser.NewPageAsync();
            Newcomer = await (await house.SignedIn(Roles.Csr)).Browser.NewPageAsync();
            Stranger = await (await house.Browser()).NewPageAsync();
            await using var scope = house.As(Roles.Operator);
            scope.Db.Add(new Job
            {
                Id = scope.Db.NextId(), Kind = "example", Payload = "{\"id\":4711}", State = JobState.Dead, RunAt = scope.Db.Now, Attempts = 8, EnqueuedBy = $"{scope.Db.Actor.Ref}",
                CreatedAt = scope.Db.Now, FinishedAt = scope.Db.Now, LastError = "The mail server said no.\n   at its door",
            });
            var run = await scope.Get<SubmitBatch>().Handle(new("TD-CCCB", null, null), CancellationToken.None);
            Assert.True(run.Ok, run.ToString());
            await using var office = house.As(Roles.BusinessAdministrator);
            var brought = await office.Get<BringConfiguration>().Handle(new("""
                {"tieline":"configuration","version":1,"parts":{"skills":[{"code":"WELSH","name":"Welsh"},{"code":"ODD"}],"contact-classes":[{"code":"BILLING","name":"Bills and payments"}]}}
                """, "from-test.json"), CancellationToken.None);
            Assert.True(brought.Ok, brought.ToString());
            var customers = await office.Get<BringCustomerFile>().Handle(new("customers.csv", "Customer No;Name;Phone;Address;City;Odd\n1;Ada Byron;5415550101;12 Elm St;Springfield;x\n2;;;;;\n"u8.ToArray()), CancellationToken.None);
            Assert.True(customers.Ok, customers.ToString());
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var page in new[] { Page, Newcomer, Stranger })
                await page.Context.DisposeAsync();
        }

        public async Task<string> AddressOf(string template)
        {
            if (template == "/set-up")
                return await SetUpLink();
            if (Routes.ExampleOf(template) is not { } query)
                return Routes.Address(template, []);
            await using var scope = house.As(Roles.Supervisor);
            var row = (IDictionary<string, object?>?)(await (await scope.Connection()).QueryAsync(query)).FirstOrDefault();
            Assert.True(row is not null && row.Values.All(v => v is not null), $"The town has no example of {template}: {query}");
            return Routes.Address(template, [.. row.Values.Select(v => v!)]);
        }

        private async Task<string> SetUpLink()
        {
            await using var scope = house.As(Roles.TechnicalAdministrator);
            var link = await scope.Get<SetUpLinks>().Create(null, CancellationToken.None);
            await scope.Db.SaveChangesAsync(CancellationToken.None);
            return link;
        }
    }
}

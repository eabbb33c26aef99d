using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Tieline.Tests.Browser;

/// <summary>
/// A page, or what opens upon it, in light and dark: no violation of WCAG 2.2 AA that axe can see, and no scrolling sideways on a
/// telephone.
/// </summary>
internal static class Looks
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

    public static async Task At(IPage page, string path, int status)
    {
        await page.SetViewportSizeAsync(OpenHouse.Width, OpenHouse.Height);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        Assert.Equal(status, (await page.GotoAsync(path))!.Status);
        await At(page);
    }

    /// <summary>Light, then dark: the colours follow what the browser prefers, so nothing is loaded twice. Then on a telephone.</summary>
    public static async Task At(IPage page, string within = "html")
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
}

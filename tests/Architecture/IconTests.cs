using System.Text.RegularExpressions;

namespace Tieline.Tests.Architecture;

/// <summary>An icon that is not drawn into the sheet is an empty place on the page.</summary>
public sealed partial class IconTests
{
    [Fact]
    public void Every_icon_that_is_named_is_in_the_sheet()
    {
        var sheet = File.ReadLines(Path.Combine(House.Src, "Platform", "Ui", "icons.txt")).Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.StartsWith("filled/", StringComparison.Ordinal) ? $"{l["filled/".Length..]}-filled" : l).ToHashSet(StringComparer.Ordinal);
        var named = House.Files(House.Src, ".razor", ".cs", ".js").SelectMany(f => Named(File.ReadAllText(f)).Select(icon => (Icon: icon, Where: House.Relative(f))))
            .Concat(Host.House.Modules.Modules.SelectMany(m => m.Menu.Select(e => (e.Icon, Where: m.Name)))).ToList();

        Assert.True(named.Count > 100);
        Assert.Empty(named.Where(n => !sheet.Contains(n.Icon)).Select(n => $"{n.Icon} ({n.Where})").Distinct());
    }

    private static IEnumerable<string> Named(string text) =>
        Plain().Matches(text).Select(m => m.Groups["name"].Value)
            .Concat(Chosen().Matches(text).Concat(Method().Matches(text)).SelectMany(m => Literal().Matches(m.Groups["choice"].Value)).Select(m => m.Groups["name"].Value));

    /// <summary><c>Icon="check"</c>, <c>&lt;Icon Name="check"</c>, and <c>icon('check')</c> in a script.</summary>
    [GeneratedRegex(@"\bIcon(\s+Name)?=""(?<name>[a-z][a-z0-9-]*)""|\bicon\('(?<name>[a-z][a-z0-9-]*)'\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plain();

    /// <summary><c>Icon="@(done ? "check" : "x")"</c></summary>
    [GeneratedRegex(@"\bIcon(\s+Name)?=""@\((?<choice>.*?)\)""[\s/>]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Chosen();

    /// <summary>A method that gives an icon: the arms of its switch.</summary>
    [GeneratedRegex(@"string (Icon|Glyph)\w*\([^)]*\) => [^{;]*switch\s*\{(?<choice>.*?)\};", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Method();

    /// <summary>What is chosen, not what it is chosen by.</summary>
    [GeneratedRegex(@"(=>|\?|:)\s*""(?<name>[a-z][a-z0-9-]*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Literal();
}

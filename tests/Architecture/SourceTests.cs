using System.Text.RegularExpressions;

namespace Tieline.Tests.Architecture;

public sealed partial class SourceTests
{
    private static readonly string[] Vague = ["Helpers", "Common", "Utils", "Services", "Managers"];

    [Fact]
    public void Only_Platform_Data_asks_which_database_it_is()
    {
        var data = Path.Combine(House.Src, "Platform", "Data") + Path.DirectorySeparatorChar;
        var found =
            from file in House.Files(House.Src, ".cs", ".razor")
            where !file.StartsWith(data, StringComparison.Ordinal)
            from line in File.ReadLines(file).Select((text, i) => (Text: text, Number: i + 1))
            where ProviderCheck().IsMatch(line.Text)
            select $"{House.Relative(file)}:{line.Number}: {line.Text.Trim()}";
        Assert.Empty(found);
    }

    [Fact]
    public void Nothing_has_a_name_that_says_nothing()
    {
        var found = House.Entries(House.Src)
            .Where(e => Vague.Contains(e.Name.Split('.')[0], StringComparer.OrdinalIgnoreCase))
            .Select(e => House.Relative(e.FullName));
        Assert.Empty(found);
    }

    [GeneratedRegex(@"\bIs(Npgsql|Sqlite)\s*\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProviderCheck();
}

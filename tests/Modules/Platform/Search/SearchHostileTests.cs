using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Search;

/// <summary>Text that is an operator to somebody else is text here.</summary>
public class SearchHostileTests
{
    public static readonly string[] Texts =
    [
        "", " ", "\t\r\n", "\0", "a\0b", "'", "''", "\"", "\"\"", "\\", "'smith'", "\"smith\"", "smith'", "smith\"", "smith\\", "' or 1=1 --", "'; drop table search_row; --",
        "smith & | ! ( ) : * <-> elm", "smith:*", "smith:A", "!smith", "smith <2> elm", "(smith", "smith)", "smith AND elm", "smith OR elm", "NOT smith", "NEAR(smith elm)", "smith*", "*smith", "*", "^smith", "keys:smith", "+smith", "-smith", "{keys}: smith",
        "%", "_", "%smith%", "sm_th", "smith\u202Eelm", "\u202E\u202D", "smith\u200F", "\uD83D\uDE00", "smith \uD83D\uDE00", "\uD800", "a\uDC00b", "\uFFFF", "\uFDD0 smith", "@", "@@", "a@", "@b", "!@!", "'@'", "\"@\"", "a'b@c", "*@*", "a@b*", "~", "~2410", "#", "#3f0a", "+", "++", "+1", "-", "--", "- -", "(", "()", "(541", "541)", ".", "...", "/", "-.-", ".5", "5.", "1/2", "½", "٣٤٥", "１２３",
        "!!!???...,,,;;;", "&&&& ||||", "\u0301", "\u0301\u0301smith", "कि", "ि", "<script>alert(1)</script>", "${jndi}", "{{x}}", "0", "00000000000000000000", "9999999999999999999999999999", "1e400", "-1", "0x7F",
    ];

    [Theory, BothDatabases]
    public async Task Nothing_typed_breaks_the_search(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await People.Add(house, "Ana", "Smith", "12 Elm St, Springfield, OR 97477", phone: "+15415550142", email: "ana@example.com");
        string[] long_ones = [new('a', 10_000), new('1', 10_000), new('\'', 10_000), new('@', 10_000), string.Join(' ', Enumerable.Repeat("smith", 2_000)), string.Join(' ', Enumerable.Range(1000, 2_000)), string.Concat(Enumerable.Repeat("𠀋", 5_000)), string.Concat(Enumerable.Repeat("a@b ", 2_500)), string.Concat(Enumerable.Repeat("é\u0301", 5_000))];
        foreach (var typed in Texts.Concat(long_ones))
        {
            var result = await People.Find(house, typed);
            Assert.True(result.Total is 0 or 1, typed);
            Assert.Equal(result.Total, await People.Count(house, typed));
        }
        foreach (var typed in new[] { "smith:*", "(smith", "\"smith\"", "smith\u200F", "smith \uD83D\uDE00", "'smith' & \"elm\"", "smith\\", "%smith%", "smith\0", "\u202Esmith" })
            Assert.Equal([ana], await People.Found(house, typed));
        foreach (var typed in new[] { "", " ", "!!!", "\0", "\u202E", "%", "*" })
            Assert.True((await People.Find(house, typed)).Query.IsEmpty, typed);
    }

    [Theory, BothDatabases]
    public async Task Names_made_to_break_it_are_kept_and_found(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        foreach (var name in new[] { "Robert'); drop table person;--", "\"Quo\" \\Ted\\", "a\u0301 'b':* & !c | (d)", "<script>alert(1)</script>", "%%% ___ Percent", "𠀋𠀋 Kan", "x\u202Ey Mark", "AND OR NOT NEAR" })
        {
            var id = await People.Add(house, "Zed", name, "1 Oak St, Springfield, OR 97477");
            Assert.Contains(id, await People.Found(house, name));
        }
        Assert.Equal(8, (await People.Find(house, "zed oak")).Total);
        await People.Add(house, "Long", string.Join(' ', Enumerable.Range(0, 500).Select(i => $"name{i}")), "1 Oak St, Springfield, OR 97477", email: new string('x', 3_000) + "@example.com", mailing: new string('y', 5_000));
        Assert.Equal(1, (await People.Find(house, "name3 long")).Total);
    }
}

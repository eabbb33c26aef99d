using System.Text.RegularExpressions;
using Tieline.Platform.Demo;

namespace Tieline.Tests.Modules.Platform.Demo;

public sealed class DemoWorldTests
{
    private static readonly DemoPlan s_plan = new(new DateOnly(2026, 11, 20));
    private static readonly DemoWorld s_world = new(s_plan);

    [Fact]
    public void SameSeedSameWorldInAnyOrder()
    {
        var again = new DemoWorld(s_plan);
        for (var i = 2_000; i >= 0; i--)
        {
            Assert.Equal(s_world.Premise(i), again.Premise(i));
            Assert.Equal(s_world.Person(i), again.Person(i));
            Assert.Equal(Written(s_world.Contact(i * 29)), Written(again.Contact(i * 29)));
        }
        for (var i = 499; i >= 0; i--)
            Assert.Equal(string.Join(' ', s_world.Employee(i), string.Join(',', s_world.Employee(i).Skills)), string.Join(' ', again.Employee(i), string.Join(',', again.Employee(i).Skills)));
        Assert.NotEqual(s_world.Person(0), new DemoWorld(s_plan with { Seed = 4712 }).Person(0));
    }

    /// <summary>What stands in installed demonstrations, documentation and screenshots: a change here changes everybody's world.</summary>
    [Fact]
    public void TheWorldOfTheStandardSeedStaysAsItIs()
    {
        Assert.Equal("434 Quartz Ct, Springfield OR 97477", s_world.Premise(0).ToString());
        Assert.Equal("Alma Henderson", s_world.Person(0).DisplayName);
        Assert.Equal("tbrown1", s_world.Employee(0).SignIn);
        Assert.Equal("Half the house is out, breakers are on. Crew order W949037.", s_world.Contact(0).Entries[0].Text);
    }

    [Fact]
    public void MorePeopleDoNotChangeThoseBefore()
    {
        var large = new DemoWorld(s_plan with { People = 1_000_000 });
        for (var i = 0; i < 1_000; i++)
            Assert.Equal((s_world.Person(i), s_world.Premise(i)), (large.Person(i), large.Premise(i)));
    }

    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(900_000, 100_000)]
    [InlineData(3_000_000, 50_000)]
    public void PremisesAreDistinct(int from, int count)
    {
        var seen = new HashSet<string>(count, StringComparer.Ordinal);
        for (var i = 0; i < 50_000; i++)
            seen.Add(s_world.Premise(i).ToString());
        for (long i = Math.Max(from, 50_000); i < from + count; i++)
            Assert.True(seen.Add(s_world.Premise(i).ToString()), $"Premise {i} stands twice: {s_world.Premise(i)}");
    }

    [Fact]
    public void PremisesAreWellFormedAndSpread()
    {
        var premises = Enumerable.Range(0, 20_000).Select(i => s_world.Premise(i)).ToArray();
        Assert.All(premises, p =>
        {
            Assert.InRange(p.HouseNumber, 100, 9_999);
            Assert.Matches(new Regex("^97[34][0-9]{2}$", RegexOptions.NonBacktracking), p.PostalCode);
            Assert.NotEmpty(p.StreetName);
            Assert.NotEmpty(p.StreetType);
        });
        Assert.Equal(13, premises.Select(p => p.City).Distinct(StringComparer.Ordinal).Count());
        Assert.InRange(premises.Count(p => p.Unit.Length > 0) / 20_000.0, 0.12, 0.19);
        Assert.Contains(premises, p => p is { StreetName: "Elm", StreetType: "St", PostalCode: "97477" });
    }

    [Fact]
    public void SurnamesComeAsOftenAsTheCensusFoundThem()
    {
        const int draws = 500_000;
        var random = new DemoStream(1, "surnames").At(0);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < draws; i++)
        {
            var name = random.PickWeighted(DemoNames.Surnames).Text;
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }
        var cells = DemoNames.Surnames.Items.Zip(DemoNames.Surnames.Shares).Where(e => e.Second * draws >= 20).ToArray();
        var chiSquare = cells.Sum(e => Math.Pow(counts.GetValueOrDefault(e.First.Text) - (e.Second * draws), 2) / (e.Second * draws));
        // Mean = degrees of freedom, variance twice that: five standard deviations.
        Assert.InRange(chiSquare, 0, cells.Length + (5 * Math.Sqrt(2 * cells.Length)));
        Assert.True(cells.Length > 1_000);
    }

    [Fact]
    public void EveryNameIsWellFormed()
    {
        var names = DemoNames.Surnames.Items.Concat(DemoNames.Female.Items).Concat(DemoNames.Male.Items).ToArray();
        var form = new Regex(@"^\p{Lu}[\p{L}'.]*([ -]\p{L}[\p{L}']*)*$", RegexOptions.NonBacktracking);
        Assert.All(names, n => Assert.Matches(form, n.Text));
        Assert.All(names, n => Assert.Matches(new Regex("^[a-z]+$", RegexOptions.NonBacktracking), n.Plain));
        Assert.Equal(DemoNames.Surnames.Items.Count, DemoNames.Surnames.Items.Select(n => n.Text).Distinct(StringComparer.Ordinal).Count());
        Assert.All(["García", "O'Brien", "McDonald", "De la Cruz", "Müller", "Wójcik", "Nguyen"], n => Assert.Contains(DemoNames.Surnames.Items, i => i.Text == n));
    }

    [Fact]
    public void PeopleAreAsManifoldAsATown()
    {
        const int count = 20_000;
        var people = Enumerable.Range(0, count).Select(i => s_world.Person(i)).ToArray();
        double Share(Func<DemoPerson, bool> test) => people.Count(test) / (double)count;
        Assert.InRange(Share(p => p.IsOrganization), 0.05, 0.07);
        Assert.InRange(Share(p => p.Language == "es"), 0.10, 0.14);
        Assert.InRange(Share(p => p.Email.Length > 0), 0.62, 0.69);
        Assert.InRange(Share(p => p.FormerName.Length > 0), 0.02, 0.04);
        Assert.InRange(Share(p => p.LifeSupport), 0.003, 0.009);
        Assert.InRange(Share(p => p.LargePrint), 0.005, 0.025);
        Assert.InRange(Share(p => p.NeedsInterpreter), 0.008, 0.03);
        Assert.InRange(Share(p => p.DisplayName.Any(c => c > 127)), 0.02, 0.08);
        var reserved = new Regex(@"@([a-z0-9]+\.)*example\.(com|net|org)$", RegexOptions.NonBacktracking);
        var phone = new Regex(@"^\+1[2-9][0-9]{2}[2-9][0-9]{6}$", RegexOptions.NonBacktracking);
        Assert.All(people.Where(p => p.Email.Length > 0), p => Assert.Matches(reserved, p.Email));
        Assert.All(people, p => Assert.Matches(phone, p.Phone.Number));
        var identifiers = people.Where(p => p.NationalId.Length > 0).Select(p => p.NationalId).ToArray();
        Assert.InRange(identifiers.Length / (double)count, 0.17, 0.22);
        Assert.All(identifiers, n => Assert.Matches(new Regex("^9[0-9]{2}-[1-4][0-9]-[0-9]{4}$", RegexOptions.NonBacktracking), n));
        Assert.Equal(identifiers.Length, identifiers.Distinct(StringComparer.Ordinal).Count());
    }

    private static string Written(DemoContact c) =>
        $"{c.Index} {c.Type.Code} {c.PersonIndex} {c.PremiseIndex} {c.Channel} {c.At:O} {string.Join('|', c.Entries.Select(e => e.ToString()))} {c.Reminder} {c.ClosedAt:O}";
}

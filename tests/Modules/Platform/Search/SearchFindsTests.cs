using Tieline.Customers.Finding;
using Tieline.Platform.Data;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Search;

/// <summary>What a person behind a counter types, and whom it must find.</summary>
public class SearchFindsTests
{
    private const string Hash = "3F0A6C6FA2D14C1B9E55AA8E0C1122334455667788990011AABBCCDDEEFF0011";

    private sealed class Known : ISecretNumbers
    {
        public IEnumerable<string> HashesOf(string typed) => typed == "123456789" ? [Hash] : [];
    }

    [Theory, BothDatabases]
    public async Task Whatever_part_of_a_customer_is_typed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on, services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<ISecretNumbers>(services, new Known()));
        var ana = await People.Add(house, "Ana María", "Ruiz-Ortega", "12 N Elm St Apt 4B, Springfield, OR 97477-1234", former: "López", phone: "+15415550142", email: "Ana.Ruiz+bills@example.com", mailing: "PO Box 77, Eugene OR 97401", hash: Hash);
        var brien = await People.Add(house, "Seán", "O'Brien", "120 Elm St, Springfield, OR 97477", phone: "+442079460958");
        var mac = await People.Add(house, "Ronald", "McDonald", "104-27 5th Ave, Queens, NY 11375", phone: "+14155552671");
        var cruz = await People.Add(house, "José", "de la Cruz", "7 Avenida Río, Springfield, OR 97478");
        var reference = ReferenceNumber.Format(ana, "P");
        var account = ReferenceNumber.Format(ana + 40_000_000);
        (string Typed, long[] Owners)[] expected =
        [
            ("ana", [ana]), ("ruiz ana", [ana]), ("Ruiz, Ana", [ana]), ("ANA RUIZ", [ana]), ("maria ana", [ana]), ("an ru", [ana]), ("ortega", [ana]),
            ("ruiz-ortega", [ana]), ("ruizortega", [ana]), ("lopez", [ana]), ("ana lópez", [ana]), ("áná rûiz", [ana]), ("jose cruz", [cruz]), ("delacruz", [cruz]), ("dela cruz", [cruz]),
            ("obrien", [brien]), ("o'brien", [brien]), ("o’brien sean", [brien]), ("o brien", [brien]), ("brien", [brien]), ("mc donald", [mac]), ("mcdonald", [mac]), ("donald", [mac]),
            ("12 elm", [ana]), ("elm 12 ruiz", [ana]), ("12 n elm st", [ana]), ("12 north elm street", [ana]), ("120 elm", [brien]), ("elm", [brien, ana]), ("97477", [brien, ana]), ("97477-1234", [ana]),
            ("12 elm st apt 4b springfield or 97477-1234 ruiz", [ana]), ("apartment 4b elm", [ana]), ("ruiz elm 97477", [ana]), ("97477 ruiz 12", [ana]), ("po box 77", [ana]), ("eugene ruiz", [ana]),
            ("104-27 5th", [mac]), ("fifth ave queens", [mac]), ("rio cruz", [cruz]),
            ("5415550142", [ana]), ("541-555-0142", [ana]), ("(541) 555-0142", [ana]), ("541.555.0142", [ana]), ("541/555-0142", [ana]), ("541 555 0142", [ana]), ("541 5550142", [ana]), ("+1 541 555 0142", [ana]),
            ("1-541-555-0142", [ana]), ("1 541 555 0142", [ana]), ("0142", [ana]), ("550142", [ana]), ("555 0142", [ana]), ("555-0142", [ana]), ("ruiz 0142", [ana]), ("0142 ruiz", [ana]), ("tel:+15415550142", [ana]),
            ("+44 20 7946 0958", [brien]), ("020 7946 0958", [brien]), ("+442079460958", [brien]), ("0958", [brien]), ("+1 (415) 555-2671", [mac]), ("541 555 0142 97477", [ana]), ("(541) 555-0142 elm", [ana]),
            ("ana.ruiz+bills@example.com", [ana]), ("ANA.RUIZ+BILLS@EXAMPLE.COM", [ana]), ("ana.ruiz", [ana]), ("bills", [ana]), ("@example.com", [ana]), ("ana.ruiz+bills@exam", [ana]), ("<ana.ruiz+bills@example.com>,", [ana]), ("mailto:ana.ruiz+bills@example.com", [ana]),
            (account, [ana]), (account.Replace("-", "", StringComparison.Ordinal), [ana]), (account.Replace('-', ' '), [ana]), (account + " ruiz", [ana]), (account + " 97477", [ana]), (account[..6], [ana, brien, mac, cruz]),
            (reference, [ana]), (reference.ToLowerInvariant(), [ana]), (reference.Replace("-", "", StringComparison.Ordinal), [ana]), (reference[2..], [ana]), (reference.Replace('-', ' '), [ana]),
            ("123456789", [ana]), ("123-45-6789", [ana]), ("123 45 6789", [ana]), ("123456780", []),
            ("riuz", [ana]), ("ruix ana", [ana]), ("ortegga", [ana]), ("brein", [brien]), ("mcdonlad", [mac]), ("springfeild cruz", [cruz]), ("cruz sprinfield", [cruz]), ("rnald mcdonlad", [mac]),
            ("nobody", []), ("ana mcdonald", []), ("99999 elm", []), ("1 elm", []),
        ];
        var wrong = new List<string>();
        foreach (var (typed, owners) in expected)
        {
            var found = await People.Found(house, typed);
            if (!found.Distinct().Order().SequenceEqual(owners.Order()))
                wrong.Add($"\"{typed}\": {string.Join(",", found)} instead of {string.Join(",", owners)}");
        }

        Assert.True(wrong.Count == 0, $"ana {ana} brien {brien} mac {mac} cruz {cruz}\n" + string.Join("\n", wrong));
    }

    [Theory, BothDatabases]
    public async Task A_changed_customer_is_found_by_the_new_and_no_longer_by_what_is_gone(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var id = await People.Add(house, "Ana", "Ruiz", "12 Elm St, Springfield, OR 97477", phone: "+15415550142");
        await using (var scope = house.As(Actor.Process("test")))
        {
            var person = await Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.SingleAsync(
                Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.Include(Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.Include(scope.Db.Set<Tieline.Customers.People.Person>(), p => p.Names), p => p.Phones), p => p.Id == id);
            person.AddName(new(scope.Db.NextId(), id, Tieline.Customers.People.NameKind.Main, "Ana", "Berg", "Ana Berg", null), People.Since);
            person.RemovePhone(person.Phones[0].Id);
            scope.Get<CustomerIndex>().PersonChanges(id);
            await scope.Db.SaveChangesAsync();
        }

        Assert.Equal([id], await People.Found(house, "berg"));
        Assert.Equal([id], await People.Found(house, "ruiz"));
        Assert.Empty(await People.Found(house, "0142"));
    }

    [Theory, BothDatabases]
    public async Task Letters_of_every_script(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        (string Given, string Family, string Typed)[] people =
        [
            ("철수", "김", "김 철"), ("Сергей", "Чайковский", "чайк серг"), ("Ελένη", "Παπαδάκη", "παπαδακη"), ("कुमारी", "शर्मा", "शर्मा कुमारी"), ("कुमार", "वर्मा", "वर्म"), ("محمد", "الأحمد", "محمد"),
            ("𠀋一", "田中", "𠀋"), ("Łukasz", "Żółć", "zolc lukasz"), ("สมชาย", "ใจดี", "สมชาย"), ("Þór", "Æsir", "thor aesir"), ("ꓡꓲ", "𞤀𞤣𞤤𞤢𞤥", "𞤀𞤣"),
        ];
        foreach (var (given, family, typed) in people)
        {
            var id = await People.Add(house, given, family, "1 Oak St, Springfield, OR 97477");
            Assert.Equal([id], await People.Found(house, typed));
        }
    }

    [Theory, BothDatabases]
    public async Task What_is_searched_instead_is_told(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await People.Add(house, "Ana", "Smith", "12 Elm St, Springfield, OR 97477");
        var result = await People.Find(house, "smiht ana");

        Assert.Equal(1, result.Total);
        Assert.Equal(["smith"], result.Corrections["smiht"]);
        Assert.Empty((await People.Find(house, "smith")).Corrections);
        Assert.Equal(1, await People.Count(house, "smiht ana"));
    }
}

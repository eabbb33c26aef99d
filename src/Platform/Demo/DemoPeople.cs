namespace Tieline.Platform.Demo;

/// <summary>The people of the world; person i depends only on the seed, the year looked back from and i.</summary>
public sealed class DemoPeople(ulong seed, DateOnly asOf)
{
    private const double OrganizationShare = 0.06;
    private readonly DemoStream _people = new(seed, "people");
    private readonly long _identifierOffset = new DemoStream(seed, "identifiers").At(0).Next(Identifiers);
    private const int Identifiers = 100 * 40 * 10_000;

    public DemoPerson Person(long i)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(i);
        var random = _people.At(i);
        return random.Chance(OrganizationShare) ? Organization(ref random, i) : Individual(ref random, i);
    }

    private DemoPerson Individual(ref DemoRandom random, long i)
    {
        var family = DemoNames.Surnames.Pick(ref random);
        var female = random.Chance(0.51);
        var given = DemoNames.Given(ref random, female, family);
        var middle = random.Chance(0.22) ? s_initials[random.Next(s_initials.Length)] : "";
        var familyName = family.Text;
        var former = "";
        if (random.Chance(0.02))
            familyName = $"{familyName}{(family.Origin == "es" ? " " : "-")}{DemoNames.Surnames.Pick(ref random).Text}";
        if (random.Chance(female ? 0.05 : 0.01))
            former = DemoNames.Surnames.Pick(ref random).Text;
        var age = Age(ref random);
        var language = Language(ref random, family.Origin);
        var interpreter = random.Chance(language == "en" ? 0.001 : 0.14);
        var old = age >= 65;
        var largePrint = random.Chance(old ? 0.05 : 0.004);
        var tty = random.Chance(old ? 0.025 : 0.006);
        var needsTime = random.Chance(old ? 0.04 : 0.008);
        var lifeSupport = random.Chance(old ? 0.012 : 0.003);
        var email = random.Chance(0.65) ? Email(ref random, given.Plain, family.Plain, asOf.Year - age) : "";
        var phone = Phone(ref random, old && random.Chance(0.4) ? "home" : "mobile");
        DemoPhone? second = random.Chance(0.35) ? Phone(ref random, random.Chance(0.5) ? "home" : "work") : null;
        var identifier = random.Chance(0.2) ? NationalId(i) : "";
        var preferred = random.NextDouble() switch
        {
            < 0.36 => "phone",
            < 0.66 => email.Length > 0 ? "email" : "phone",
            < 0.88 => "text",
            _ => "letter",
        };
        var gender = random.Chance(0.015) ? "" : female ? "F" : "M";
        return new DemoPerson(i, given.Text, middle, familyName, gender, "", former, asOf.Year - age, language, interpreter,
            largePrint, tty, needsTime, lifeSupport, email, phone, second, identifier, preferred, PostBox(ref random));
    }

    private static DemoPerson Organization(ref DemoRandom random, long i)
    {
        var name = DemoNames.Organization(ref random);
        var former = random.Chance(0.03) ? DemoNames.Organization(ref random) : "";
        var email = random.Chance(0.8) ? $"{random.Pick(s_mailboxes)}@{Domain(name)}.{random.Pick(s_tops)}" : "";
        var phone = Phone(ref random, "work");
        DemoPhone? second = random.Chance(0.4) ? Phone(ref random, random.Chance(0.5) ? "mobile" : "work") : null;
        var lifeSupport = name.Contains("Assisted", StringComparison.Ordinal);
        return new DemoPerson(i, "", "", "", "", name, former, 0, "en", false, false, false, false, lifeSupport, email, phone, second,
            "", email.Length > 0 && random.Chance(0.6) ? "email" : "phone", PostBox(ref random));
    }

    private static string PostBox(ref DemoRandom random) => random.Chance(0.05) ? $"PO Box {random.Between(11, 4990)}" : "";

    private static int Age(ref DemoRandom random) => random.NextDouble() switch
    {
        < 0.12 => random.Between(19, 26),
        < 0.36 => random.Between(27, 39),
        < 0.62 => random.Between(40, 54),
        < 0.82 => random.Between(55, 67),
        < 0.96 => random.Between(68, 82),
        _ => random.Between(83, 101),
    };

    private static string Language(ref DemoRandom random, string origin)
    {
        var own = random.NextDouble();
        if (origin == "es")
            return own < 0.88 ? "es" : "en";
        if (origin.Length > 0)
            return own < 0.6 ? origin : "en";
        return own < 0.028 ? "es" : own < 0.033 ? "vi" : own < 0.038 ? "ru" : own < 0.04 ? "zh" : "en";
    }

    /// <summary>Addresses stand under the domains that RFC 2606 reserves: nobody receives them.</summary>
    private static string Email(ref DemoRandom random, string given, string family, int birthYear)
    {
        var domain = random.Pick(s_domains);
        return random.Next(7) switch
        {
            0 => $"{given}.{family}@{domain}",
            1 => $"{given[0]}{family}{birthYear % 100:00}@{domain}",
            2 => $"{given}{family}{random.Between(1, 999)}@{domain}",
            3 => $"{given}_{family[0]}{random.Between(10, 9999)}@{domain}",
            4 => $"{family}.{given}{random.Between(1, 99)}@{domain}",
            5 => $"{random.Pick(s_handles)}{given}{random.Between(2, 99)}@{domain}",
            _ => $"{given}.{family}{random.Between(2, 99)}@{domain}",
        };
    }

    private static string Domain(string organization)
    {
        var plain = DemoText.Plain(organization);
        return (plain.Length > 24 ? plain[..24] : plain) + ".example";
    }

    private static DemoPhone Phone(ref DemoRandom random, string kind)
    {
        var area = random.NextDouble() switch { < 0.74 => 541, < 0.92 => 458, < 0.96 => 503, < 0.98 => 971, _ => 206 };
        // Service codes (211 to 911) and 555 are no exchanges.
        var exchange = 200 + random.Next(800);
        if (exchange % 100 == 11 || exchange == 555)
            exchange++;
        var line = random.Next(10_000);
        var number = $"+1{area}{exchange}{line:0000}";
        var typed = random.Next(8) switch
        {
            0 => $"{area}.{exchange}.{line:0000}",
            1 => $"{area}{exchange}{line:0000}",
            2 => $"1-{area}-{exchange}-{line:0000}",
            3 => number,
            4 or 5 => $"({area}) {exchange}-{line:0000}",
            _ => $"{area}-{exchange}-{line:0000}",
        };
        return new DemoPhone(number, typed, kind);
    }

    /// <summary>Groups 10 to 49 keep clear of taxpayer numbers, which share the area 900-999.</summary>
    private string NationalId(long i)
    {
        var n = (int)(((i * 15_485_863) + _identifierOffset) % Identifiers);
        return $"{900 + (n / 400_000)}-{10 + (n / 10_000 % 40)}-{n % 10_000:0000}";
    }

    private static readonly string[] s_initials = ["A", "A", "B", "C", "D", "E", "E", "F", "G", "H", "I", "J", "J", "K", "L", "L", "M", "M", "N", "O", "P", "R", "R", "S", "T", "V", "W"];
    private static readonly string[] s_domains = ["example.com", "example.com", "example.net", "example.org", "mail.example.com", "post.example.net", "valley.example.org", "inbox.example.com", "river.example.net"];
    private static readonly string[] s_tops = ["com", "com", "org", "net"];
    private static readonly string[] s_mailboxes = ["office", "info", "accounts", "ap", "billing", "frontdesk", "manager"];
    private static readonly string[] s_handles = ["mrs", "the", "its", "oregon", "duck", "fishing", "grandma", "coach", "mckenzie"];
}

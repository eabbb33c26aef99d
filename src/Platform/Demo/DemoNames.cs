namespace Tieline.Platform.Demo;

/// <summary>One name of the list; <c>Origin</c> is a language code, or empty where the name tells none; <c>Plain</c> is its lower-case ASCII form.</summary>
public sealed record DemoName(string Text, string Origin, string Plain);

/// <summary>Names with their real frequency, and organisations composed of parts.</summary>
public static class DemoNames
{
    public static Weighted<DemoName> Surnames { get; } = Load("surnames.txt");
    public static Weighted<DemoName> Female { get; } = Load("given-female.txt");
    public static Weighted<DemoName> Male { get; } = Load("given-male.txt");

    private static readonly Dictionary<string, Weighted<DemoName>> s_femaleByOrigin = ByOrigin(Female);
    private static readonly Dictionary<string, Weighted<DemoName>> s_maleByOrigin = ByOrigin(Male);

    /// <summary>A given name that goes with a family name: three of four follow the family's language where the lists know names of it.</summary>
    public static DemoName Given(ref DemoRandom random, bool female, DemoName family)
    {
        var follows = random.Chance(0.75);
        if (follows && family.Origin.Length > 0
            && (female ? s_femaleByOrigin : s_maleByOrigin).TryGetValue(family.Origin, out var own))
            return own.Pick(ref random);
        return (female ? Female : Male).Pick(ref random);
    }

    /// <summary>The name of a business, church, school, landlord or public body.</summary>
    public static string Organization(ref DemoRandom random)
    {
        switch (random.Next(20))
        {
            case < 6:
                return $"{random.Pick(s_places)} {random.Pick(s_trades)}";
            case < 9:
                return $"{Surnames.Pick(ref random).Text} {random.Pick(s_partners)} {random.Pick(s_crafts)} {random.Pick(s_forms)}";
            case < 11:
                return $"{Surnames.Pick(ref random).Text}'s {random.Pick(s_shops)}";
            case < 14:
                return $"{Surnames.Pick(ref random).Text} {random.Pick(s_landlords)}";
            case < 15:
                return $"{Surnames.Pick(ref random).Text}, {Surnames.Pick(ref random).Text} & {Surnames.Pick(ref random).Text} {random.Pick(s_offices)}";
            case < 16:
                return $"{random.Pick(s_saints)} {random.Pick(s_churches)}";
            case < 17:
                return $"{random.Pick(s_places)} {random.Pick(s_schools)}";
            case < 18:
                return $"{random.Pick(s_places)} {random.Pick(s_associations)}";
            case < 19:
                return $"{Given(ref random, true, Surnames.Pick(ref random)).Text}'s {random.Pick(s_shops)}";
            default:
                return $"{random.Pick(s_places)} {random.Pick(s_crafts)} {random.Pick(s_forms)}";
        }
    }

    private static readonly string[] s_places =
        ["Elm Street", "Main Street", "Riverbend", "Willamette", "McKenzie", "Centennial", "Gateway", "Thurston", "Cascade", "Three Rivers", "Mohawk", "Oak Hill", "Fern Ridge", "Row River", "Emerald", "Booth-Kelly", "Camas", "Filbert Grove", "Old Mill", "Blue Heron", "Harlow", "Laurel Hill", "Santa Clara", "River Road", "Whiteaker", "Delta", "Marcola Valley", "Coburg Hills", "Valley", "North Fork", "Pioneer", "Amazon Creek", "Spencer Butte", "Mount Pisgah"];
    private static readonly string[] s_trades =
        ["Dental", "Family Dentistry", "Veterinary Clinic", "Pharmacy", "Bakery", "Coffee Roasters", "Hardware", "Auto Repair", "Laundromat", "Bicycles", "Brewing Company", "Cold Storage", "Nursery & Garden", "Physical Therapy", "Self Storage", "Tire Center", "Market", "Motel", "Car Wash", "Optical", "Child Care Center", "Credit Union", "Print Shop", "Orchards", "Dairy", "Lumber Company", "Urgent Care", "Mobile Home Park", "Assisted Living", "Books"];
    private static readonly string[] s_partners = ["& Sons", "& Daughters", "Brothers", "Family", "& Co.", "Bros."];
    private static readonly string[] s_crafts = ["Plumbing", "Electric", "Roofing", "Heating & Air", "Excavation", "Trucking", "Landscaping", "Painting", "Masonry", "Machine Works", "Welding", "Flooring", "Cabinetry", "Farms", "Logging", "Well Drilling", "Janitorial", "Construction"];
    private static readonly string[] s_forms = ["LLC", "Inc.", "LLC", "Co.", "LLC"];
    private static readonly string[] s_shops = ["Diner", "Taqueria", "Barber Shop", "Flowers", "Café", "Salon", "Deli", "Garage", "Pizza", "Tavern", "Bakery", "Tailoring", "Pet Grooming", "Thrift Store", "Nails"];
    private static readonly string[] s_landlords = ["Properties LLC", "Property Management", "Rentals", "Apartments LP", "Holdings LLC", "Realty Trust", "Homes Inc."];
    private static readonly string[] s_offices = ["LLP", "Attorneys at Law", "CPAs", "Engineers PC", "Architects"];
    private static readonly string[] s_saints = ["St. Mark's", "St. Mary", "St. Alice", "Grace", "First", "Trinity", "Calvary", "Holy Cross", "Our Lady of Guadalupe", "Emmanuel", "Bethel", "New Hope", "Good Shepherd", "Zion"];
    private static readonly string[] s_churches = ["Church", "Lutheran Church", "Catholic Church", "Baptist Church", "Methodist Church", "Community Church", "Presbyterian Church", "Pentecostal Church", "Fellowship"];
    private static readonly string[] s_schools = ["Elementary School", "Middle School", "High School", "Charter School", "Montessori School", "Preschool", "Community College Annex"];
    private static readonly string[] s_associations = ["Homeowners Association", "Grange Hall", "Fire District", "Food Pantry", "Irrigation District", "Little League", "Senior Center", "Museum", "Community Garden", "Park & Recreation District", "Condominium Association", "Housing Cooperative"];

    private static Weighted<DemoName> Load(string file) => new(DemoText.Lines(file).Select(line =>
    {
        var parts = line.Split('\t');
        return (new DemoName(parts[1], parts.Length > 2 ? parts[2] : "", DemoText.Plain(parts[1])), double.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture));
    }));

    private static Dictionary<string, Weighted<DemoName>> ByOrigin(Weighted<DemoName> all) =>
        all.Items.Zip(all.Shares).Where(e => e.First.Origin.Length > 0)
            .GroupBy(e => e.First.Origin)
            .ToDictionary(g => g.Key, g => new Weighted<DemoName>(g.Select(e => (e.First, e.Second))), StringComparer.Ordinal);
}

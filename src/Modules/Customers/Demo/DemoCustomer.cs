using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;

namespace Tieline.Customers.Demo;

/// <summary>Turns the world's people and places into records.</summary>
internal sealed class DemoCustomer(DemoStart start, Func<long> nextId, IProtectedValues secrets)
{
    private const string IdentifierPurpose = "customers.identifier";

    private readonly DateTime createdAt = DemoHistory.Noon(start.World.Plan.AsOf.AddYears(-2));

    public Person Person(DemoPerson from, in DemoPremise place)
    {
        var id = start.FirstPerson + from.Index;
        var (given, family) = from.IsOrganization ? (null, null) : (from.Given, from.Family);
        var person = new Person(
            id, ReferenceNumber.Format(from.Index + 1, "P"), from.IsOrganization ? PersonKind.Organization : PersonKind.Individual,
            new PersonName(nextId(), id, NameKind.Main, given, family, from.DisplayName, null), createdAt);
        if (from.FormerName.Length > 0)
        {
            var until = start.World.Plan.AsOf.AddDays(-(int)(200 + (from.Index * 37 % 4_000)));
            person.AddName(
                from.IsOrganization
                    ? new PersonName(nextId(), id, NameKind.Former, null, null, from.FormerName, null, until)
                    : new PersonName(nextId(), id, NameKind.Former, from.Given, from.FormerName, $"{from.Given} {from.FormerName}", null, until),
                start.World.Plan.AsOf);
        }
        person.AddPhone(Phone(id, from.Phone, primary: true));
        if (from.SecondPhone is { } second)
            person.AddPhone(Phone(id, second, primary: false));
        if (from.Email.Length > 0)
            person.AddEmail(new PersonEmail(nextId(), id, from.Email, isPrimary: true));
        if (from.MailingLine.Length > 0)
            person.AddAddress(new PersonAddress(nextId(), id, AddressKind.Mailing, $"{from.MailingLine}, {place.City}, {place.State} {place.PostalCode}", null, null, everyYear: false));
        if (from.NationalId.Length > 0)
        {
            var number = new string([.. from.NationalId.Where(char.IsAsciiDigit)]);
            person.AddIdentifier(new PersonIdentifier(
                nextId(), id, IdentifierKind.NationalId, secrets.Protect(IdentifierPurpose, number), secrets.Hash(IdentifierPurpose, number), number[^3..]));
        }
        DateOnly? born = from.BirthYear == 0 ? null : new DateOnly(from.BirthYear, 1, 1).AddDays((int)(from.Index * 131 % 365));
        person.Describe(born, from.Language, from.NeedsInterpreter, from.UsesTty, from.LargePrint, from.NeedsTime, from.Preferred switch
        {
            "phone" => PreferredChannel.Phone,
            "text" => PreferredChannel.Text,
            "email" => PreferredChannel.Email,
            _ => PreferredChannel.Letter,
        });
        if (from.LifeSupport)
            person.Flag(lifeSupport: true, sensitiveLoad: false);
        return person;
    }

    public static Premise Premise(long id, in DemoPremise place) => new(id, PremiseKind.Address, new AddressParts(
        $"{place.HouseNumber}", Text(place.PreDirection), place.StreetName, place.StreetType, null, Text(place.Unit), place.City, place.State, place.PostalCode,
        IsIntersection: false, null));

    public static IEnumerable<ServiceType> TypesAt(DemoPremise place)
    {
        if (place.Services.HasFlag(DemoServices.Electricity))
            yield return ServiceType.Electricity;
        if (place.Services.HasFlag(DemoServices.Water))
            yield return ServiceType.Water;
        if (place.Services.HasFlag(DemoServices.Sewer))
            yield return ServiceType.Sewer;
        if (place.Services.HasFlag(DemoServices.Gas))
            yield return ServiceType.Gas;
    }

    public static CustomerClass ClassOf(DemoPerson person) =>
        !person.IsOrganization ? CustomerClass.Residential
        : Has(person, "School", "College", "Fire District", "Park &", "Irrigation") ? CustomerClass.Municipal
        : Has(person, "Farms", "Orchards", "Dairy", "Nursery") ? CustomerClass.Agricultural
        : Has(person, "Machine Works", "Lumber", "Cold Storage", "Welding") ? CustomerClass.Industrial
        : CustomerClass.Commercial;

    public static bool LetsHomes(DemoPerson person) =>
        person.IsOrganization && Has(person, "Properties", "Property Management", "Rentals", "Apartments", "Holdings", "Realty", "Homes Inc");

    private static bool Has(DemoPerson person, params string[] words) => Array.Exists(words, w => person.OrganizationName.Contains(w, StringComparison.Ordinal));

    private PersonPhone Phone(long personId, DemoPhone phone, bool primary) => new(
        nextId(), personId, phone.Kind switch { "home" => PhoneKind.Home, "work" => PhoneKind.Work, _ => PhoneKind.Mobile }, phone.Number, null, phone.Typed, primary);

    private static string? Text(string text) => text.Length == 0 ? null : text;
}

using Tieline.Platform.Uses;

namespace Tieline.Customers.Premises;

/// <summary>An address as one line, or in parts; the line goes first.</summary>
internal sealed record PremiseInput(
    PremiseKind? Kind = null, string? Line = null, string? HouseNumber = null, string? PreDirection = null, string? StreetName = null, string? StreetType = null,
    string? PostDirection = null, string? Unit = null, string? City = null, string? State = null, string? PostalCode = null, string? CrossStreet = null)
{
    public (PremiseKind Kind, AddressParts Parts) Read(Problems problems)
    {
        var parts = string.IsNullOrWhiteSpace(Line) ? InParts(problems) : AddressText.Parse(problems.Text(nameof(Line), "Address", Line, 300));
        var isAddress = parts.HouseNumber is not null || (parts.StreetName is not null && !parts.IsIntersection && Kind == PremiseKind.Address);
        var kind = problems.Choice(nameof(Kind), "Kind of place", (PremiseKind?)(Kind ?? (isAddress ? PremiseKind.Address : PremiseKind.Location)));
        var field = string.IsNullOrWhiteSpace(Line) ? null : nameof(Line);
        if (problems.Any)
            return (kind, parts);
        if (parts.OneLine.Length == 0)
            problems.List.Add(Problem.Required(string.IsNullOrWhiteSpace(Line) && HouseNumber is null ? nameof(Line) : nameof(StreetName), "Address"));
        else if (kind == PremiseKind.Address && parts.StreetName is null)
            problems.Add(field ?? nameof(StreetName), "A service address has a street; an intersection, a park or a neighbourhood is a location.", "premise.street.missing");
        else if (kind == PremiseKind.Address && parts.IsIntersection)
            problems.Add(field ?? nameof(CrossStreet), "An intersection is a location, no service address.", "premise.intersection");
        return (kind, parts);
    }

    private AddressParts InParts(Problems problems)
    {
        string? Part(string field, string label, string? typed, int max) => problems.Text(field, label, typed, max, required: false) is { Length: > 0 } text ? text : null;
        var cross = Part(nameof(CrossStreet), "Cross street", CrossStreet, 100);
        return new AddressParts(
            Part(nameof(HouseNumber), "House number", HouseNumber, 20), Part(nameof(PreDirection), "Direction", PreDirection, 10), Part(nameof(StreetName), "Street", StreetName, 100),
            Part(nameof(StreetType), "Street type", StreetType, 20), Part(nameof(PostDirection), "Direction", PostDirection, 10), Part(nameof(Unit), "Unit", Unit, 30),
            Part(nameof(City), "City", City, 100), Part(nameof(State), "State", State, 30), Part(nameof(PostalCode), "ZIP code", PostalCode, 20), cross is not null, cross);
    }
}

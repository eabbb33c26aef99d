namespace Tieline.Customers.Premises;

/// <summary>
/// A service address in parts. Street type and directions are the postal abbreviations ("Ave", "NE"); a post-office box
/// stands whole in <see cref="StreetName"/>; <see cref="CrossStreet"/> is the second street of an intersection, on one line.
/// Parts the text did not have are null.
/// </summary>
internal sealed record AddressParts(
    string? HouseNumber,
    string? PreDirection,
    string? StreetName,
    string? StreetType,
    string? PostDirection,
    string? Unit,
    string? City,
    string? State,
    string? PostalCode,
    bool IsIntersection,
    string? CrossStreet)
{
    public static AddressParts Empty { get; } = new(null, null, null, null, null, null, null, null, null, IsIntersection: false, null);

    /// <summary>Direction, name, type, direction.</summary>
    public string Street => Join(" ", PreDirection, StreetName, StreetType, PostDirection);

    /// <summary>House number, street and unit; for an intersection both streets.</summary>
    public string StreetLine => IsIntersection ? Join(" & ", Street, CrossStreet) : Join(" ", HouseNumber, Street, Unit);

    /// <summary>"12 N Elm St Apt 4B, Springfield, OR 97477-1234".</summary>
    public string OneLine => Join(", ", StreetLine, City, Join(" ", State, PostalCode));

    private static string Join(string separator, params ReadOnlySpan<string?> parts)
    {
        var joined = string.Empty;
        foreach (var part in parts)
        {
            if (!string.IsNullOrEmpty(part))
            {
                joined = joined.Length == 0 ? part : joined + separator + part;
            }
        }
        return joined;
    }
}

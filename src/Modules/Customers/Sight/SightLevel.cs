namespace Tieline.Customers;

/// <summary>What the actor may see of a person now.</summary>
public enum SightLevel
{
    /// <summary>Nothing: a restricted person, or the employee's own or a relative's record.</summary>
    Closed,

    /// <summary>Name and service address, to tell them from others; contact data and the like only masked, as nobody has said who is calling.</summary>
    Masked,

    Full,
}

/// <summary>What is masked while nobody has said who is calling; the setting <c>customers.masked</c> names those that are.</summary>
[Flags]
public enum MaskedValues
{
    Nothing = 0,
    Phones = 1,
    Emails = 2,
    Born = 4,
    Mailing = 8,
    Identifiers = 16,
    Balance = 32,
    /// <summary>Notes as a whole; what is masked in the words of a note is in any case.</summary>
    Notes = 64,
}

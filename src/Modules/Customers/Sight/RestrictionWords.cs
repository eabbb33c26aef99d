using Tieline.Customers.People;

namespace Tieline.Customers.Sight;

/// <summary>Why a customer is restricted, as people say it.</summary>
internal static class RestrictionWords
{
    public static string Of(PersonRestriction restriction) => restriction switch
    {
        PersonRestriction.None => "none",
        PersonRestriction.Employee => "an employee",
        PersonRestriction.Vip => "in the public eye",
        _ => "protected by an order",
    };
}

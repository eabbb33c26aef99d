namespace Tieline.Customers.Accounts;

/// <summary>Somebody who is or was on an account.</summary>
internal sealed record OnAccount(long AccountId, long PersonId, AccountRole Role, DateOnly? ToOn, long Id)
{
    /// <summary>Whose record an account is a part of: its main person, or who was that last.</summary>
    /// <param name="people">Of one account.</param>
    public static long? Main(IEnumerable<OnAccount> people) =>
        people.Where(p => p.Role == AccountRole.Main).OrderBy(p => p.ToOn is not null).ThenByDescending(p => p.Id).FirstOrDefault()?.PersonId;
}

using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Authorisations;

/// <summary>Checks of what is said about an authorisation, when it is given and when it is changed.</summary>
internal static class AuthorisationInputs
{
    public const int MaxComment = 1_000;

    public static IReadOnlyList<AuthorisationScope> Scopes(this Problems problems, string field, IReadOnlyList<AuthorisationScope>? said)
    {
        if (said is null or { Count: 0 })
            problems.List.Add(Problem.Required(field, "What they may do"));
        else if (said.Any(s => !Enum.IsDefined(s)))
            problems.Add(field, $"What they may do is none of {string.Join(", ", Enum.GetNames<AuthorisationScope>())}.", "choice.unknown");
        return said ?? [];
    }

    /// <param name="from">The first day.</param>
    /// <param name="today">An end before it would be a revocation without a word.</param>
    public static DateOnly End(this Problems problems, string field, DateOnly? to, DateOnly from, DateOnly today)
    {
        problems.Day(field, to);
        if (to is not { } end)
            problems.List.Add(Problem.Required(field, "Last day"));
        else if (end < from)
            problems.Add(field, "The authorisation would end before it starts.", "authorisation.ends_before_start");
        else if (end < today)
            problems.Add(field, "This day is over: the authorisation would never be in force.", "date.past");
        return to ?? default;
    }

    /// <summary>One of the accounts the person is on.</summary>
    public static async Task Account(this Problems problems, string field, AppDb db, long personId, long? accountId, CancellationToken ct)
    {
        if (accountId is { } id && !await db.Set<AccountPerson>().AnyAsync(m => m.AccountId == id && m.PersonId == personId && m.ToOn == null, ct))
            problems.Add(field, "This person is not on the account.", "account.not_of_person");
    }
}

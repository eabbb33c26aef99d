using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Accounts;

internal static class AccountInputs
{
    /// <summary>Codes such as C05: letters, digits and hyphens, upper case.</summary>
    public static string BillCycle(Problems problems, string field, string? typed)
    {
        var cycle = problems.Text(field, "Bill cycle", typed, 20).ToUpperInvariant();
        if (cycle.Length is > 0 and <= 20 && !cycle.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            problems.Add(field, "A bill cycle is a code of letters, digits and hyphens.", "bill_cycle.unreadable");
        return cycle;
    }

    public static Task<Account?> Account(this AppDb db, long id, CancellationToken ct) =>
        db.Set<Account>().Include(a => a.People).SingleOrDefaultAsync(a => a.Id == id, ct);
}

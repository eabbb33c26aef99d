using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Platform.Data;
using Tieline.Platform.Time;

namespace Tieline.Customers.Merging;

/// <summary>
/// A person's places on accounts. Where both stand on one account, one entry is left: the survivor's, with the stronger role and the
/// responsibility of either; the other's ends.
/// </summary>
internal sealed class AccountsFollow(AppDb db, IUtilityClock clock) : IFollowsMerge
{
    private const string Person = "account_person.person_id";
    /// <summary>Role and responsibility before, whether it had ended, and the entry's version after.</summary>
    private const string Entry = "account_person.role";
    private const string Status = "account.status";

    public string Kind => "person";
    public int Order => 100;
    public IReadOnlyCollection<string> Covers => [Person, Entry, Status];

    public async Task<IReadOnlyList<MergeCount>> Count(long from, long into, CancellationToken ct)
    {
        var count = await db.Set<AccountPerson>().Where(p => p.PersonId == from).Select(p => p.AccountId).Distinct().CountAsync(ct);
        return count == 0 ? [] : [new("accounts", count)];
    }

    public async Task<IReadOnlyList<MergeConflict>> Conflicts(long from, long into, CancellationToken ct)
    {
        var accounts = await Read(db.Set<Account>().AsNoTracking(), from, ct);
        var conflicts = new List<MergeConflict>();
        foreach (var account in accounts)
        {
            if (Both(account, from, into) is { } both)
                conflicts.Add(new($"Both are on account {account.Number}, as {Words(both.Of.Role)} and {Words(both.Kept.Role)}: one entry is left, as {Words(Stronger(both.Of.Role, both.Kept.Role))}."));
        }
        return conflicts;
    }

    public async Task<IReadOnlyList<MovedRow>> Move(long from, long into, CancellationToken ct)
    {
        var today = await clock.Today(ct);
        var moved = new List<MovedRow>();
        foreach (var account in await Read(db.Set<Account>(), from, ct))
        {
            var both = Both(account, from, into);
            if (both is { } pair)
            {
                var (of, kept) = (Words(pair.Of), Words(pair.Kept));
                var (role, responsible) = (Stronger(pair.Of.Role, pair.Kept.Role), pair.Of.FinanciallyResponsible || pair.Kept.FinanciallyResponsible);
                if (pair.Of.Role == AccountRole.Main)
                    pair.Of.Change(AccountRole.CoHolder, pair.Of.FinanciallyResponsible);
                pair.Of.End(today);
                pair.Kept.Change(role, responsible);
                moved.Add(new(Entry, pair.Of.Id, of + Version(pair.Of)));
                moved.Add(new(Entry, pair.Kept.Id, kept + Version(pair.Kept)));
            }
            foreach (var entry in account.People.Where(p => p.PersonId == from && p != both?.Of))
            {
                entry.Follow();
                db.Entry(entry).Property(e => e.PersonId).CurrentValue = into;
                moved.Add(new(Person, entry.Id, Version(entry)));
            }
            account.MembersChange();
            moved.Add(new(Status, account.Id, account.Status.ToString()));
        }
        return moved;
    }

    public async Task<IReadOnlyList<string>> Contradicts(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var accounts = await Of(moved, ct);
        var entries = accounts.SelectMany(a => a.People.Select(p => (Account: a, Entry: p))).ToDictionary(x => x.Entry.Id);
        var closed = from row in moved
                     where row.Field == Status && row.Before == nameof(AccountStatus.Active)
                     join account in accounts on row.Id equals account.Id
                     where account.Status == AccountStatus.Closed
                     select $"Account {account.Number} was closed since.";
        var changed = from row in moved
                      where row.Field != Status && row.Before is not null && entries.ContainsKey(row.Id)
                      let there = entries[row.Id]
                      where !row.Before!.EndsWith(Version(there.Entry), StringComparison.Ordinal)
                      select $"Who is on account {there.Account.Number} as what was changed since.";
        return [.. closed.Concat(changed).Distinct(StringComparer.Ordinal)];
    }

    public async Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var accounts = await Of(moved, ct);
        var entries = accounts.SelectMany(a => a.People).ToDictionary(e => e.Id);
        foreach (var row in moved.Where(m => m.Field != Status))
        {
            var entry = entries[row.Id];
            if (row.Field == Person)
            {
                entry.Follow();
                db.Entry(entry).Property(e => e.PersonId).CurrentValue = from;
            }
            else
            {
                var words = row.Before!.Split('|');
                entry.Restore(Enum.Parse<AccountRole>(words[0]), bool.Parse(words[1]));
            }
        }
        accounts.ForEach(a => a.MembersChange());
    }

    private static Task<List<Account>> Read(IQueryable<Account> accounts, long person, CancellationToken ct) =>
        accounts.Include(a => a.People).Where(a => a.People.Any(p => p.PersonId == person)).OrderBy(a => a.Id).AsSplitQuery().ToListAsync(ct);

    private Task<List<Account>> Of(IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var ids = moved.Where(m => m.Field == Status).Select(m => m.Id).ToArray();
        return db.Set<Account>().Include(a => a.People).Where(a => ids.Contains(a.Id)).AsSplitQuery().ToListAsync(ct);
    }

    private static (AccountPerson Of, AccountPerson Kept)? Both(Account account, long from, long into) =>
        account.Standing.FirstOrDefault(p => p.PersonId == from) is { } of && account.Standing.FirstOrDefault(p => p.PersonId == into) is { } kept ? (of, kept) : null;

    /// <summary>Roles are listed by their weight.</summary>
    private static AccountRole Stronger(AccountRole one, AccountRole other) => one < other ? one : other;

    private static string Words(AccountPerson entry) => $"{entry.Role}|{entry.FinanciallyResponsible}";

    private static string Version(AccountPerson entry) => string.Create(CultureInfo.InvariantCulture, $"|{entry.Version}");

    private static string Words(AccountRole role) => Platform.Ui.Option.InWords(role.ToString()).ToLowerInvariant();
}

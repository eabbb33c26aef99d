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
    /// <summary>Role and responsibility before.</summary>
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
                var (of, kept) = (Says(pair.Of), Says(pair.Kept));
                var (left, stays) = After(of, kept);
                if (left != of)
                    pair.Of.Change(left.Role, left.Responsible);
                pair.Of.End(today);
                pair.Kept.Change(stays.Role, stays.Responsible);
                moved.Add(new(Entry, pair.Of.Id, Text(of)));
                moved.Add(new(Entry, pair.Kept.Id, Text(kept)));
            }
            foreach (var entry in account.People.Where(p => p.PersonId == from && p != both?.Of))
            {
                entry.Follow();
                db.Entry(entry).Property(e => e.PersonId).CurrentValue = into;
                moved.Add(new(Person, entry.Id));
            }
            account.MembersChange();
            moved.Add(new(Status, account.Id, account.Status.ToString()));
        }
        return moved;
    }

    public async Task<IReadOnlyList<string>> Contradicts(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var rows = moved.ToDictionary(m => (m.Field, m.Id), m => m.Before);
        var madeOne = await MadeOneSince(from, into, ct);
        var reasons = new List<string>();
        foreach (var account in await Of(moved, ct))
        {
            if (account.People.Any(p => madeOne.Contains(p.Id) && (rows.ContainsKey((Person, p.Id)) || rows.ContainsKey((Entry, p.Id)))))
                reasons.Add($"Who is on account {account.Number} was merged with somebody else on it since: undo that first.");
            var both = account.People.Where(p => rows.ContainsKey((Entry, p.Id))).ToArray();
            if (both.Length == 0)
                continue;
            if (account.Status == AccountStatus.Closed && rows[(Status, account.Id)] == nameof(AccountStatus.Active))
                reasons.Add($"Account {account.Number} was closed since.");
            if (Array.Find(both, p => p.PersonId == from) is not { } of || Array.Find(both, p => p.PersonId == into) is not { } kept
                || (of.ToOn, kept.ToOn) is not ({ }, null) || (Says(of), Says(kept)) != After(Read(rows[(Entry, of.Id)]!), Read(rows[(Entry, kept.Id)]!)))
                reasons.Add($"Who is on account {account.Number} as what was changed since.");
        }
        return reasons;
    }

    /// <summary>
    /// Entries of which a later merge into the survivor, not undone, made one as well: they say what they say for somebody else, too.
    /// </summary>
    private async Task<HashSet<long>> MadeOneSince(long from, long into, CancellationToken ct)
    {
        var merges = db.Set<Merge>().Where(m => m.Kind == MergeKind.Person && m.IntoId == into && m.UndoneAt == null);
        var later = merges.Where(l => merges.Any(m => m.FromId == from && (m.MergedAt < l.MergedAt || (m.MergedAt == l.MergedAt && m.Id < l.Id)))).Select(l => l.Id);
        return await db.Set<MergeMoved>().Where(m => m.Field == Entry && later.Contains(m.MergeId)).Select(m => m.RecordId).ToHashSetAsync(ct);
    }

    public async Task MoveBack(long from, long into, IReadOnlyCollection<MovedRow> moved, CancellationToken ct)
    {
        var accounts = await Of(moved, ct);
        var entries = accounts.SelectMany(a => a.People).ToDictionary(e => e.Id);
        foreach (var row in moved.Where(m => m.Field != Status))
        {
            var entry = entries[row.Id];
            if (row.Field == Entry)
            {
                var before = Read(row.Before!);
                entry.Restore(before.Role, before.Responsible);
            }
            else if (entry.PersonId == into)
            {
                entry.Follow();
                db.Entry(entry).Property(e => e.PersonId).CurrentValue = from;
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

    /// <summary>What is left of the two entries on one account, the first of which ends. By this it is known at undoing whether they still say so.</summary>
    private static ((AccountRole Role, bool Responsible) Of, (AccountRole Role, bool Responsible) Kept) After((AccountRole Role, bool Responsible) of, (AccountRole Role, bool Responsible) kept) =>
        ((of.Role == AccountRole.Main ? AccountRole.CoHolder : of.Role, of.Responsible), (Stronger(of.Role, kept.Role), of.Responsible || kept.Responsible));

    /// <summary>Roles are listed by their weight.</summary>
    private static AccountRole Stronger(AccountRole one, AccountRole other) => one < other ? one : other;

    private static (AccountRole Role, bool Responsible) Says(AccountPerson entry) => (entry.Role, entry.FinanciallyResponsible);

    private static string Text((AccountRole Role, bool Responsible) says) => $"{says.Role}|{says.Responsible}";

    private static (AccountRole Role, bool Responsible) Read(string text) => text.Split('|') is var words ? (Enum.Parse<AccountRole>(words[0]), bool.Parse(words[1])) : default;

    private static string Words(AccountRole role) => Platform.Ui.Option.InWords(role.ToString()).ToLowerInvariant();
}

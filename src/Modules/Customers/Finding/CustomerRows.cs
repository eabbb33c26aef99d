using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;
using Tieline.Platform.Search;

namespace Tieline.Customers.Finding;

/// <summary>What a search result shows, kept with the row so that finding needs one statement.</summary>
internal sealed record CustomerDetail(
    long? PersonId, string? Reference, string Name, bool Organization, bool LifeSupport,
    long? AccountId, string? Account, string? AccountStatus, long? PremiseId, string? Premise,
    IReadOnlyList<string>? OtherNames, IReadOnlyList<string>? Phones, IReadOnlyList<string>? Emails,
    IReadOnlyList<string>? Addresses, IReadOnlyList<string>? Identifiers)
{
    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>As it is shown to somebody to whom the account is closed: the person and the place stay.</summary>
    public CustomerDetail WithoutAccount() => this with { AccountId = null, Account = null, AccountStatus = null };

    public static CustomerDetail Read(string json) => JsonSerializer.Deserialize<CustomerDetail>(json, Json)!;

    /// <returns>Null where somebody has spoilt it.</returns>
    public static CustomerDetail? TryRead(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<CustomerDetail>(json, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What was merged into a person, and into a premise that is shown with them.</summary>
internal sealed record MergedBefore(IEnumerable<string> References, IEnumerable<Premise> Places);

/// <summary>Builds the search rows: one for each person x account x premise, and one for each premise without an agreement.</summary>
internal static class CustomerRows
{
    public const string PersonKind = "customer";
    public const string PremiseKind = "premise";

    /// <param name="before">References of records that were merged into this one, and premises that were into its premise: both still are asked for.</param>
    public static SearchRow OfPerson(long id, Person person, Account? account, Premise? premise, MergedBefore? before = null)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in person.Names)
            keys.UnionWith(SearchText.NameWords(name.FullName));
        foreach (var phone in person.Phones)
            keys.Add(SearchKeys.OfPhone(phone.E164.TrimStart('+')));
        foreach (var email in person.Emails)
        {
            keys.Add(email.AddressKey);
            keys.UnionWith(SearchText.Words(email.Address));
        }
        foreach (var identifier in person.Identifiers)
            keys.Add(SearchKeys.OfHash(identifier.Hash));
        foreach (var address in person.Addresses)
            keys.UnionWith(AddressText.SearchWords(address.OneLine));
        keys.Add(Digits(person.Reference));
        keys.UnionWith((before?.References ?? []).Select(Digits));
        foreach (var place in before?.Places ?? [])
            keys.UnionWith(AddressText.SearchWords(place.Parts).Concat(SearchText.Words(place.OneLine)));
        if (account is not null)
            keys.Add(Digits(account.Number));
        if (premise is not null)
        {
            keys.UnionWith(AddressText.SearchWords(premise.Parts));
            keys.UnionWith(SearchText.Words(premise.OneLine));
        }
        var detail = new CustomerDetail(
            person.Id, person.Reference, person.DisplayName, person.Kind == People.PersonKind.Organization, person.LifeSupport || premise is { LifeSupport: true },
            account?.Id, account?.Number, account?.Status.ToString(), premise?.Id, premise?.OneLine,
            List(person.Names.Where(n => n.Kind != NameKind.Main).Select(n => $"{n.Kind.ToString().ToLowerInvariant()} {n.FullName}").Concat((before?.References ?? []).Select(r => $"merged {r}"))),
            List(person.Phones.Select(p => p.E164)), List(person.Emails.Select(e => e.Address)), List(person.Addresses.Select(a => a.OneLine)),
            List(person.Identifiers.Select(i => $"{i.Hash.ToLowerInvariant()}|{i.Kind}|{i.LastDigits}")));
        return new SearchRow(id, PersonKind, person.Id, person.SortName, detail.Write(), keys);
    }

    public static SearchRow OfPremise(long id, Premise premise, IEnumerable<Premise>? before = null)
    {
        var keys = new[] { premise }.Concat(before ?? []).SelectMany(p => AddressText.SearchWords(p.Parts).Concat(SearchText.Words(p.OneLine))).ToHashSet(StringComparer.Ordinal);
        var detail = new CustomerDetail(null, null, premise.OneLine, false, premise.LifeSupport, null, null, null, premise.Id, premise.OneLine, null, null, null, null, null);
        return new SearchRow(id, PremiseKind, premise.Id, SearchText.Cut(SearchText.Fold(premise.OneLine), PersonNameText.MaxSortLength), detail.Write(), keys);
    }

    private static string Digits(string number) => new([.. number.Where(char.IsAsciiDigit)]);

    private static string[]? List(IEnumerable<string> texts) => texts.ToArray() is { Length: > 0 } some ? some : null;
}

/// <summary>Keeps the search rows true, in the transaction of the change.</summary>
/// <remarks>
/// Whoever rewrites holds first what the rows are made of: two changes at once would each leave out the other's. Always in the order
/// premises, accounts, people, and all of a transaction in one step, so that no two wait for each other.
/// </remarks>
internal sealed class CustomerIndex(AppDb db, ISearch search)
{
    private readonly HashSet<long> people = [];
    private readonly HashSet<long> premises = [];
    private readonly HashSet<long> accounts = [];
    private readonly HashSet<long> leaving = [];

    /// <summary>The person, or something that is shown or found with them, changes in this transaction.</summary>
    public void PersonChanges(long personId) => Changes(people, personId);

    /// <summary>The person was merged into another in this transaction: nothing leads to them any more.</summary>
    public void PersonMerges(long personId)
    {
        leaving.Add(personId);
        Changes(people, personId);
    }

    public void PremiseMerges(long premiseId)
    {
        leaving.Add(premiseId);
        Changes(premises, premiseId);
    }

    /// <summary>The premise, or who is supplied there, changes: everyone there is shown with another address.</summary>
    public void PremiseChanges(long premiseId) => Changes(premises, premiseId);

    public void AccountChanges(long accountId) => Changes(accounts, accountId);

    private void Changes(HashSet<long> changed, long id)
    {
        changed.Add(id);
        db.BeforeCommit("find customers", RewriteChanged);
    }

    private async Task RewriteChanged(CancellationToken ct)
    {
        var (changedPeople, changedPremises, changedAccounts) = (people.ToHashSet(), premises.ToArray(), accounts.ToHashSet());
        var (ownPeople, ownPremises) = (people.Except(leaving).ToArray(), premises.Except(leaving).ToArray());
        leaving.Clear();
        people.Clear();
        premises.Clear();
        accounts.Clear();
        if (changedPremises.Length > 0)
        {
            await db.Hold("premise", changedPremises, ct);
            changedAccounts.UnionWith(await db.Set<ServiceAgreement>().Where(s => changedPremises.Contains(s.PremiseId)).Select(s => s.AccountId).Distinct().ToListAsync(ct));
        }
        if (changedAccounts.Count > 0)
        {
            await db.Hold("account", changedAccounts, ct);
            changedPeople.UnionWith(await db.Set<AccountPerson>().Where(p => changedAccounts.Contains(p.AccountId)).Select(p => p.PersonId).Distinct().ToListAsync(ct));
        }
        await db.Hold("person", changedPeople, ct);
        if (ownPremises.Length > 0 && await db.Set<Premise>().AnyAsync(p => ownPremises.Contains(p.Id) && p.MergedIntoId != null, ct))
            throw Merged();
        await Rewritten(changedPeople, changedPremises, ownPeople, ct);
    }

    /// <summary>Of these alone, nobody else at the premises: what is imported changes no address.</summary>
    public async Task Rewrite(IReadOnlyCollection<long> people, IReadOnlyCollection<long> premises, CancellationToken ct)
    {
        await Hold(people, premises, ct);
        await Rewritten(people, premises, people, ct);
    }

    /// <summary>Whoever changes it does not know yet that it is found as another: told like any other change in the meantime.</summary>
    private static DbUpdateConcurrencyException Merged() => new("A person or premise was merged into another while it was changed.");

    /// <summary>What is wrong with the rows of these, by their ids; nothing else of them is asked than what is on record now.</summary>
    /// <param name="gone">Whatever has rows, and is none of the people and premises.</param>
    public async Task<IReadOnlyDictionary<long, string>> Compare(IReadOnlyCollection<long> people, IReadOnlyCollection<long> premises, IReadOnlyCollection<long> gone, CancellationToken ct) =>
        await search.Compare([.. people, .. premises, .. gone], await Rows(people, premises, [], ct), ct);

    /// <summary>Holds them as whoever changes one does: what is seen of them afterwards stays so until the commit, or is written by whoever comes after.</summary>
    public async Task Hold(IReadOnlyCollection<long> people, IReadOnlyCollection<long> premises, CancellationToken ct)
    {
        await db.Hold("premise", premises, ct);
        await db.Hold("person", people, ct);
    }

    /// <summary>Writes the rows of these anew, whatever there is; they are held.</summary>
    /// <inheritdoc cref="Compare"/>
    public async Task Mend(IReadOnlyCollection<long> people, IReadOnlyCollection<long> premises, IReadOnlyCollection<long> gone, CancellationToken ct) =>
        await search.Mend([.. people, .. premises, .. gone], await Rows(people, premises, [], ct), ct);

    /// <inheritdoc cref="Rows"/>
    private async Task Rewritten(IReadOnlyCollection<long> people, IReadOnlyCollection<long> premises, IReadOnlyCollection<long> alive, CancellationToken ct) =>
        await search.Replace([.. people, .. premises], await Rows(people, premises, alive, ct), ct);

    /// <summary>The rows that there should be; one that there is keeps its id.</summary>
    /// <param name="alive">Those of the people who must not have been merged into others.</param>
    private async Task<List<SearchRow>> Rows(IReadOnlyCollection<long> people, IReadOnlyCollection<long> premises, IReadOnlyCollection<long> alive, CancellationToken ct)
    {
        var rows = new List<SearchRow>();
        var before = (await search.RowsOf([.. people, .. premises], ct)).ToLookup(r => r.OwnerId);
        var persons = await db.Set<Person>().AsNoTracking().AsSplitQuery().Where(p => people.Contains(p.Id))
            .Include(p => p.Names.OrderBy(n => n.Id)).Include(p => p.Phones.OrderBy(n => n.Id)).Include(p => p.Emails.OrderBy(n => n.Id))
            .Include(p => p.Addresses.OrderBy(n => n.Id)).Include(p => p.Identifiers.OrderBy(n => n.Id))
            .ToListAsync(ct);
        var places = (await (from ap in db.Set<AccountPerson>()
                             join a in db.Set<Account>() on ap.AccountId equals a.Id
                             join s in db.Set<ServiceAgreement>().Where(s => s.State != AgreementState.Cancelled) on a.Id equals s.AccountId into agreements
                             from s in agreements.DefaultIfEmpty()
                             join p in db.Set<Premise>() on s.PremiseId equals p.Id into supplied
                             from p in supplied.DefaultIfEmpty()
                             where people.Contains(ap.PersonId)
                             select new { ap.PersonId, Account = a, Premise = p }).AsNoTracking().ToListAsync(ct)).ToLookup(x => x.PersonId);
        var references = (await db.Set<Person>().Where(p => people.Contains(p.MergedIntoId!.Value)).OrderBy(p => p.Id).Select(p => new { p.MergedIntoId, p.Reference }).ToListAsync(ct))
            .ToLookup(p => p.MergedIntoId!.Value, p => p.Reference);
        long[] shown = [.. premises, .. places.SelectMany(g => g).Select(x => x.Premise?.Id).OfType<long>().Distinct()];
        var mergedPlaces = (await db.Set<Premise>().AsNoTracking().Where(p => shown.Contains(p.MergedIntoId!.Value)).ToListAsync(ct)).ToLookup(p => p.MergedIntoId!.Value);
        if (persons.Exists(p => p.MergedIntoId is not null && alive.Contains(p.Id)))
            throw Merged();
        // Who was merged has no rows any more: the survivor's are found by what was theirs.
        // Restricted people are found by their exact numbers only, and not through the index: RestrictedByReference.
        foreach (var person in persons.Where(p => p is { MergedIntoId: null, Restriction: PersonRestriction.None }))
        {
            MergedBefore BeforeOf(Premise? premise) => new(references[person.Id], premise is null ? [] : mergedPlaces[premise.Id]);
            var pairs = places[person.Id].DistinctBy(x => (x.Account.Id, x.Premise?.Id)).ToArray();
            var ids = before[person.Id].OrderBy(r => r.Id).Select(r => (r.Id, Detail: CustomerDetail.TryRead(r.Detail))).Where(r => r.Detail is not null)
                .DistinctBy(r => (r.Detail!.AccountId, r.Detail.PremiseId)).ToDictionary(r => (r.Detail!.AccountId, r.Detail.PremiseId), r => r.Id);
            long IdOf(Account? account, Premise? premise) => ids.TryGetValue((account?.Id, premise?.Id), out var id) ? id : db.NextId();
            if (pairs.Length == 0)
                rows.Add(CustomerRows.OfPerson(IdOf(null, null), person, null, null, BeforeOf(null)));
            rows.AddRange(pairs.Select(x => CustomerRows.OfPerson(IdOf(x.Account, x.Premise), person, x.Account, x.Premise, BeforeOf(x.Premise))));
        }
        var empty = await db.Set<Premise>().AsNoTracking()
            .Where(p => premises.Contains(p.Id) && p.MergedIntoId == null && !(
                from s in db.Set<ServiceAgreement>()
                join ap in db.Set<AccountPerson>() on s.AccountId equals ap.AccountId
                join x in db.Set<Person>() on ap.PersonId equals x.Id
                where s.PremiseId == p.Id && s.State != AgreementState.Cancelled && x.Restriction == PersonRestriction.None
                select s).Any())
            .ToListAsync(ct);
        rows.AddRange(empty.Select(p => CustomerRows.OfPremise(before[p.Id].OrderBy(r => r.Id).Select(r => (long?)r.Id).FirstOrDefault() ?? db.NextId(), p, mergedPlaces[p.Id])));
        return rows;
    }
}

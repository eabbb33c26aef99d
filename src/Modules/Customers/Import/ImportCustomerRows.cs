using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Finding;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Import;

/// <summary>
/// Imports a chunk of a customers file in one transaction. People, accounts and premises are known again by (source, key): what is
/// there stays as it is, what is missing is added, so that a file may be imported again, whole or mended.
/// </summary>
internal sealed class ImportCustomerRows(AppDb db, CurrentActor actor, CustomerIndex index, PeopleInSight sight, RecordsInSight records, ISettings settings, IUtilityClock clock)
    : IUse<ImportCustomerRows.Input, ImportCustomerRows.Imported>
{
    /// <param name="Source">Name of the system the file comes from.</param>
    public sealed record Input(string? Source, IReadOnlyList<ImportRow> Rows);
    public sealed record Imported(IReadOnlyList<RowResult> Results);

    public async Task<Outcome<Imported>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Import);
        var problems = new Problems();
        var source = problems.Text(nameof(Input.Source), "Source", input.Source, 50);
        if (input.Rows is null || input.Rows.Any(r => r?.Values is null))
            return new Problem(nameof(Input.Rows), "A row is missing.", "import.row.missing");
        if (input.Rows.Count > 5_000)
            problems.Add(nameof(Input.Rows), "At most 5,000 rows at once.", "import.too_many");
        if (problems.Any)
            return problems;
        TypedNumbers.Refuse(await settings.SecretOnes(ct));
        return await db.InTransaction(async () => Outcome<Imported>.Of(new Imported(await Import(source, input.Rows, ct))), ct);
    }

    private async Task<IReadOnlyList<RowResult>> Import(string source, IReadOnlyList<ImportRow> rows, CancellationToken ct)
    {
        var dates = new ImportDates(null, await clock.Zone(ct));
        var (country, today) = (await settings.Get(HouseSettings.Country, ct), await clock.Today(ct));
        var read = rows.Select(r => (r.Line, Row: CustomerRow.Read(r, dates, country, today))).ToList();
        var known = await Known(source, [.. read.Where(r => r.Row.Ok).Select(r => r.Row.Value)], ct);
        var closed = await Closed(known, ct);
        var (touched, added) = (new Touched([], []), new Added());
        var results = new List<RowResult>(rows.Count);
        foreach (var (line, row) in read)
        {
            if (!row.Ok)
                results.Add(new RowResult(line, RowOutcome.Rejected, row.ToString()));
            else if (closed(row.Value))
                results.Add(new RowResult(line, RowOutcome.Rejected, "This customer or account is closed to you: it is your own or a relative's, or a restricted customer's."));
            else if (known.Refuses(row.Value, today) is { } reason)
                results.Add(new RowResult(line, RowOutcome.Rejected, reason));
            else
                results.Add(await Add(source, row.Value, known, touched, added, today, ct));
        }
        if (touched.People.Count > 0)
        {
            db.BeforeCommit($"find imported {touched.People.First()}", token => index.Rewrite([.. touched.People], [.. touched.Premises], token));
            await records.AddedTo(touched.People, ct);
            await Write(added, ct);
        }
        db.ChangeTracker.Clear();
        return results;
    }

    /// <summary>What an employee who sends the file must not add to; a machine's may be about everybody.</summary>
    private async Task<Func<CustomerRow, bool>> Closed(KnownCustomers known, CancellationToken ct)
    {
        if (sight.Me is null || known.People.Count + known.Accounts.Count == 0)
            return _ => false;
        var levels = await sight.Of([.. known.People.Values.Concat(known.Accounts.Values.SelectMany(a => a.Standing).Select(p => p.PersonId)).Distinct()], ct);
        var own = await sight.OwnAccounts(ct);
        var people = known.People.Where(p => levels[p.Value] == SightLevel.Closed).Select(p => p.Key).ToHashSet(StringComparer.Ordinal);
        var accounts = known.Accounts.Where(a => own.Contains(a.Value.Id) || a.Value.Standing.Any(p => p.Role == AccountRole.Main && levels[p.PersonId] == SightLevel.Closed))
            .Select(a => a.Key).ToHashSet(StringComparer.Ordinal);
        return row => people.Contains(row.PersonKey) || (row.AccountKey is { } account && accounts.Contains(account));
    }

    /// <summary>What is new goes in by the database's bulk way; what was there and changes is tracked.</summary>
    private async Task Write(Added added, CancellationToken ct)
    {
        await db.BulkInsertAudited(added.People, ct);
        await db.BulkInsertAudited([.. added.People.SelectMany(p => p.Names)], ct);
        await db.BulkInsertAudited([.. added.People.SelectMany(p => p.Phones)], ct);
        await db.BulkInsertAudited([.. added.People.SelectMany(p => p.Emails)], ct);
        await db.BulkInsertAudited([.. added.People.SelectMany(p => p.Addresses)], ct);
        await db.BulkInsertAudited(added.Accounts, ct);
        await db.BulkInsertAudited([.. added.Accounts.SelectMany(a => a.People)], ct);
        await db.BulkInsertAudited(added.Premises, ct);
        await db.BulkInsertAudited(added.Agreements, ct);
        await db.SaveChangesAsync(ct);
    }

    private async Task<RowResult> Add(string source, CustomerRow row, KnownCustomers known, Touched touched, Added all, DateOnly today, CancellationToken ct)
    {
        var added = false;
        if (!known.People.TryGetValue(row.PersonKey, out var person))
        {
            var newcomer = await NewPerson(source, row, today, ct);
            all.People.Add(newcomer);
            known.People[row.PersonKey] = person = newcomer.Id;
            added = true;
        }
        if (row.AccountKey is { } accountKey)
        {
            if (!known.Accounts.TryGetValue(accountKey, out var account))
            {
                // What is agreed on for later is agreed on today.
                var openedOn = row.StartOn < today ? row.StartOn.Value : today;
                account = new Account(db.NextId(), ReferenceNumber.Format(await db.NextNumber("account", ct)), row.CustomerClass, row.BillCycle, openedOn, source, accountKey);
                all.Accounts.Add(account);
                known.Accounts[accountKey] = account;
                added = true;
            }
            if (!account.People.Any(p => p.PersonId == person))
            {
                var role = row.Role ?? (account.Standing.Any(p => p.Role == AccountRole.Main) ? AccountRole.CoHolder : AccountRole.Main);
                account.Add(new AccountPerson(db.NextId(), account.Id, person, role, row.Responsible, row.StartOn < today ? row.StartOn.Value : today));
                added = true;
            }
            if (row is { Address: not null, Service: not null } && known.AgreementOf(row) is null)
            {
                AddAgreement(source, row, account, known, touched, all, today);
                // Everyone on the account is now found at the address, too.
                touched.People.UnionWith(account.People.Select(p => p.PersonId));
                added = true;
            }
        }
        if (added)
            touched.People.Add(person);
        return new RowResult(row.Line, added ? RowOutcome.Imported : RowOutcome.AlreadyThere);
    }

    private async Task<Person> NewPerson(string source, CustomerRow row, DateOnly today, CancellationToken ct)
    {
        var id = db.NextId();
        var main = new PersonName(db.NextId(), id, NameKind.Main, row.Given, row.Family, row.FullName, null);
        var person = Person.Imported(id, ReferenceNumber.Format(await db.NextNumber("person", ct), "P"), row.Kind, main, db.Now, source, row.PersonKey);
        person.Describe(row.BornOn, row.Language, false, false, false, false, PreferredChannel.None);
        person.Flag(row.LifeSupport, false);
        if (row.FormerName is { } former)
        {
            var (given, family) = PersonNameText.Split(former, row.Kind == PersonKind.Organization);
            person.AddName(new PersonName(db.NextId(), id, NameKind.Former, given, family, former, null), today);
        }
        foreach (var (kind, number, typed) in row.Phones)
            person.AddPhone(new PersonPhone(db.NextId(), id, kind, number.E164, number.Extension, typed, false));
        if (row.Email is { } email)
            person.AddEmail(new PersonEmail(db.NextId(), id, email, true));
        if (row.MailingAddress is { } mailing)
            person.AddAddress(new PersonAddress(db.NextId(), id, AddressKind.Mailing, mailing, null, null, false));
        return person;
    }

    private void AddAgreement(string source, CustomerRow row, Account account, KnownCustomers known, Touched touched, Added all, DateOnly today)
    {
        if (!known.Premises.TryGetValue(KnownCustomers.PlaceOf(row), out var premise))
        {
            premise = new Premise(db.NextId(), row.Address!.HouseNumber is null ? PremiseKind.Location : PremiseKind.Address, row.Address, null, source, row.PremiseKey);
            all.Premises.Add(premise);
            known.Premises[KnownCustomers.PlaceOf(row)] = premise;
        }
        else
        {
            premise.Supply();
            touched.Premises.Add(premise.Id);
        }
        var agreement = KnownCustomers.Agreement(row, db.NextId(), account.Id, premise.Id, today);
        all.Agreements.Add(agreement);
        known.Agreements.Add(agreement);
    }

    private async Task<KnownCustomers> Known(string source, IReadOnlyList<CustomerRow> rows, CancellationToken ct)
    {
        var people = rows.Select(r => r.PersonKey).Distinct(StringComparer.Ordinal).ToArray();
        var accounts = rows.Select(r => r.AccountKey).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        var places = rows.Select(r => r.PremiseKey).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        var addresses = rows.Where(r => r.PremiseKey is null && r.Address is not null).Select(KnownCustomers.PlaceOf).Distinct(StringComparer.Ordinal).ToArray();
        await Hold(source, people, accounts, places, addresses, ct);
        // Who and what was merged into another is that one.
        var named = await db.OfSource<Premise>(source, places).AsNoTracking().Select(p => new { Key = p.ExternalKey!, Id = p.MergedIntoId ?? p.Id }).ToListAsync(ct);
        var found = await db.Set<Premise>().AsNoTracking().Where(p => addresses.Contains(p.MatchKey)).OrderBy(p => p.Id).Select(p => new { Key = p.MatchKey, Id = p.MergedIntoId ?? p.Id }).ToListAsync(ct);
        var standing = named.Concat(found).Select(p => p.Id).Distinct().ToArray();
        var premise = await db.Set<Premise>().Where(p => standing.Contains(p.Id)).ToDictionaryAsync(p => p.Id, ct);
        var known = new KnownCustomers(
            await db.OfSource<Person>(source, people).ToDictionaryAsync(p => p.ExternalKey!, p => p.MergedIntoId ?? p.Id, StringComparer.Ordinal, ct),
            await db.OfSource<Account>(source, accounts).Include(a => a.People).ToDictionaryAsync(a => a.ExternalKey!, StringComparer.Ordinal, ct),
            named.ToDictionary(p => p.Key, p => premise[p.Id], StringComparer.Ordinal));
        foreach (var place in found)
            known.Premises.TryAdd(place.Key, premise[place.Id]);
        var premises = known.Premises.Values.Select(p => p.Id).ToArray();
        if (premises.Length > 0)
            (await db.Set<ServiceAgreement>().AsNoTracking().Where(a => premises.Contains(a.PremiseId)).ToListAsync(ct)).ForEach(known.Agreements.Add);
        return known;
    }

    /// <summary>What is there already stays as it is while rows are added to it: nobody merges it away. In the order of the house.</summary>
    private async Task Hold(string source, string[] people, string[] accounts, string[] places, string[] addresses, CancellationToken ct)
    {
        await db.Hold("premise", [.. await db.OfSource<Premise>(source, places).Select(p => p.Id).ToListAsync(ct), .. await db.Set<Premise>().Where(p => addresses.Contains(p.MatchKey)).Select(p => p.Id).ToListAsync(ct)], ct);
        await db.Hold("account", await db.OfSource<Account>(source, accounts).Select(a => a.Id).ToListAsync(ct), ct);
        await db.Hold("person", await db.OfSource<Person>(source, people).Select(p => p.Id).ToListAsync(ct), ct);
    }

    /// <summary>What is new, each with its parts.</summary>
    private sealed record Added
    {
        public List<Person> People { get; } = [];
        public List<Account> Accounts { get; } = [];
        public List<Premise> Premises { get; } = [];
        public List<ServiceAgreement> Agreements { get; } = [];
    }

    /// <summary>Who and what is found in another way than before; of the premises those that were there.</summary>
    private sealed record Touched(HashSet<long> People, HashSet<long> Premises);
}

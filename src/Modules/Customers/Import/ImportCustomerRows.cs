using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Finding;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
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
internal sealed class ImportCustomerRows(AppDb db, CurrentActor actor, CustomerIndex index, ISettings settings, IUtilityClock clock)
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
        return await db.InTransaction(async () => Outcome<Imported>.Of(new Imported(await Import(source, input.Rows, ct))), ct);
    }

    private async Task<IReadOnlyList<RowResult>> Import(string source, IReadOnlyList<ImportRow> rows, CancellationToken ct)
    {
        var dates = new ImportDates(null, await clock.Zone(ct));
        var (country, today) = (await settings.Get(HouseSettings.Country, ct), await clock.Today(ct));
        var read = rows.Select(r => (r.Line, Row: CustomerRow.Read(r, dates, country, today))).ToList();
        var known = await Known(source, [.. read.Where(r => r.Row.Ok).Select(r => r.Row.Value)], ct);
        var changed = new HashSet<long>();
        var results = new List<RowResult>(rows.Count);
        foreach (var (line, row) in read)
        {
            if (!row.Ok)
                results.Add(new RowResult(line, RowOutcome.Rejected, row.ToString()));
            else
                results.Add(await Add(source, row.Value, known, changed, ct));
        }
        if (changed.Count > 0)
        {
            db.BeforeCommit($"find imported {changed.First()}", token => index.Rewrite(changed, [], token));
            await db.SaveChangesAsync(ct);
        }
        db.ChangeTracker.Clear();
        return results;
    }

    private async Task<RowResult> Add(string source, CustomerRow row, KnownCustomers known, HashSet<long> changed, CancellationToken ct)
    {
        var added = false;
        if (!known.People.TryGetValue(row.PersonKey, out var person))
        {
            known.People[row.PersonKey] = person = await AddPerson(source, row, ct);
            added = true;
        }
        if (row.AccountKey is { } accountKey)
        {
            if (!known.Accounts.TryGetValue(accountKey, out var account))
            {
                var opened = new Account(db.NextId(), ReferenceNumber.Format(await db.NextNumber("account", ct)), row.CustomerClass, row.BillCycle, row.StartOn, source, accountKey);
                db.Add(opened);
                known.Accounts[accountKey] = account = opened.Id;
                added = true;
            }
            if (known.OnAccount.Add((account, person)))
            {
                db.Add(new AccountPerson(db.NextId(), account, person, row.Role, row.Responsible, row.StartOn));
                added = true;
            }
            if (row is { Address: not null, Service: { } service })
                added |= AddAgreement(source, row, account, service, known);
        }
        if (added)
            changed.Add(person);
        return new RowResult(row.Line, added ? RowOutcome.Imported : RowOutcome.AlreadyThere);
    }

    private async Task<long> AddPerson(string source, CustomerRow row, CancellationToken ct)
    {
        var id = db.NextId();
        var main = new PersonName(db.NextId(), id, NameKind.Main, row.Given, row.Family, row.FullName, null);
        var person = Person.Imported(id, ReferenceNumber.Format(await db.NextNumber("person", ct), "P"), row.Kind, main, db.Now, source, row.PersonKey);
        person.Describe(row.BornOn, row.Language, false, false, false, false, PreferredChannel.None);
        person.Flag(row.LifeSupport, false);
        if (row.FormerName is { } former)
        {
            var (given, family) = PersonNameText.Split(former, row.Kind == PersonKind.Organization);
            person.AddName(new PersonName(db.NextId(), id, NameKind.Former, given, family, former, null), DateOnly.FromDateTime(db.Now));
        }
        foreach (var (kind, number, typed) in row.Phones)
            person.AddPhone(new PersonPhone(db.NextId(), id, kind, number.E164, number.Extension, typed, false));
        if (row.Email is { } email)
            person.AddEmail(new PersonEmail(db.NextId(), id, email, true));
        if (row.MailingAddress is { } mailing)
            person.AddAddress(new PersonAddress(db.NextId(), id, AddressKind.Mailing, mailing, null, null, false));
        db.Add(person);
        return id;
    }

    private bool AddAgreement(string source, CustomerRow row, long account, ServiceType service, KnownCustomers known)
    {
        var premise = new Premise(db.NextId(), row.Address!.HouseNumber is null ? PremiseKind.Location : PremiseKind.Address, row.Address, null, source, row.PremiseKey);
        var added = false;
        var place = row.PremiseKey ?? premise.MatchKey;
        if (!known.Premises.TryGetValue(place, out var premiseId))
        {
            db.Add(premise);
            known.Premises[place] = premiseId = premise.Id;
            added = true;
        }
        if (!known.Agreements.Add((account, premiseId, service, row.StartOn)))
            return added;
        var agreement = new ServiceAgreement(db.NextId(), account, premiseId, service, row.StartOn);
        if (row.StartOn <= DateOnly.FromDateTime(db.Now))
            agreement.MoveTo(AgreementState.Active, row.StartOn);
        if (row.StopOn is { } stop && agreement.MoveTo(AgreementState.PendingStop, stop) && stop <= DateOnly.FromDateTime(db.Now))
            agreement.MoveTo(AgreementState.Stopped, stop);
        db.Add(agreement);
        return true;
    }

    private async Task<KnownCustomers> Known(string source, IReadOnlyList<CustomerRow> rows, CancellationToken ct)
    {
        var people = rows.Select(r => r.PersonKey).Distinct(StringComparer.Ordinal).ToArray();
        var accounts = rows.Select(r => r.AccountKey).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        var places = rows.Select(r => r.PremiseKey).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        var addresses = rows.Where(r => r.PremiseKey is null && r.Address is not null).Select(r => AddressText.MatchKey(r.Address!)).Distinct(StringComparer.Ordinal).ToArray();
        var known = new KnownCustomers(
            await db.Set<Person>().Where(p => p.Source == source && people.Contains(p.ExternalKey!)).ToDictionaryAsync(p => p.ExternalKey!, p => p.Id, StringComparer.Ordinal, ct),
            await db.Set<Account>().Where(a => a.Source == source && accounts.Contains(a.ExternalKey!)).ToDictionaryAsync(a => a.ExternalKey!, a => a.Id, StringComparer.Ordinal, ct),
            await db.Set<Premise>().Where(p => p.Source == source && places.Contains(p.ExternalKey!)).ToDictionaryAsync(p => p.ExternalKey!, p => p.Id, StringComparer.Ordinal, ct),
            [], []);
        foreach (var place in await db.Set<Premise>().Where(p => addresses.Contains(p.MatchKey)).Select(p => new { p.MatchKey, p.Id }).ToListAsync(ct))
            known.Premises.TryAdd(place.MatchKey, place.Id);
        var ids = known.Accounts.Values.ToArray();
        known.OnAccount.UnionWith((await db.Set<AccountPerson>().Where(p => ids.Contains(p.AccountId)).Select(p => new { p.AccountId, p.PersonId }).ToListAsync(ct)).Select(p => (p.AccountId, p.PersonId)));
        known.Agreements.UnionWith((await db.Set<ServiceAgreement>().Where(a => ids.Contains(a.AccountId)).Select(a => new { a.AccountId, a.PremiseId, a.Type, a.StartOn }).ToListAsync(ct))
            .Select(a => (a.AccountId, a.PremiseId, a.Type, a.StartOn)));
        return known;
    }

    /// <summary>What is there already, by the keys of the file; grows as rows are added.</summary>
    private sealed record KnownCustomers(
        Dictionary<string, long> People, Dictionary<string, long> Accounts, Dictionary<string, long> Premises,
        HashSet<(long Account, long Person)> OnAccount, HashSet<(long Account, long Premise, ServiceType Type, DateOnly StartOn)> Agreements);
}

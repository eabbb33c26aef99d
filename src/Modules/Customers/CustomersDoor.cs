using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Callers;
using Tieline.Customers.Consents;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Customers.Reviews;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Customers;

internal sealed class CustomersDoor(
    AppDb db, CurrentActor actor, ISettings settings, PersonFacts facts, PersonAccounts accounts, Import.KnownPlaces known, RecordedConsents consents, DueReviews reviews,
    PeopleInSight sight, KnownCallers callers, Warnings.WarningsOnTheWay warnings) : ICustomers
{
    public Task<IReadOnlyDictionary<long, SightLevel>> Sight(IReadOnlyCollection<long> personIds, CancellationToken ct) => sight.Of(personIds, ct);

    public Task<Maskings> Masking(IEnumerable<(long? PersonId, long? AccountId)> records, CancellationToken ct) => sight.Maskings(records, ct);

    public Task<Maskings> Masking(IEnumerable<(long? PersonId, long? AccountId, long? PremiseId)> records, CancellationToken ct) => sight.Maskings(records, ct);

    public Task EndCallers(RecordRef interaction, CancellationToken ct) => callers.End(interaction, ct);

    public Task ParkCallers(RecordRef interaction, CancellationToken ct) => callers.Park(interaction, ct);

    public Task TakeUpCallers(RecordRef interaction, long employee, CancellationToken ct) => callers.TakenUp(interaction, employee, ct);

    public Task EndCallersOf(long personId, CancellationToken ct) => callers.EndOf(personId, ct);

    public async Task<bool> OfferBringingIn(CancellationToken ct) => actor.May(CustomersPermissions.Import) && !await db.Set<Person>().AnyAsync(ct);

    public async Task<PersonLine?> Person(long id, CancellationToken ct)
    {
        var survivor = db.Set<Person>().SurvivorOf(id);
        var line = await db.Set<Person>().Where(p => survivor.Contains(p.Id)).Select(p => new PersonLine(p.Id, p.Reference, p.DisplayName, p.Kind == PersonKind.Organization)).SingleOrDefaultAsync(ct);
        return line is null || await sight.Of(line.Id, ct) != SightLevel.Closed ? line : new PersonLine(line.Id, "", Masks.Closed, false);
    }

    public async Task<AccountLine?> Account(long id, CancellationToken ct)
    {
        var line = await db.Set<Account>().Where(a => a.Id == id).Select(a => new AccountLine(a.Id, a.Number, a.Status.ToString())).SingleOrDefaultAsync(ct);
        return line is null || await sight.OfAccount(id, ct) != SightLevel.Closed ? line : line with { Number = Masks.Whole };
    }

    public Task<PremiseLine?> Premise(long id, CancellationToken ct)
    {
        var survivor = db.Set<Premise>().SurvivorOf(id);
        return db.Set<Premise>().Where(p => survivor.Contains(p.Id)).Select(p => new PremiseLine(p.Id, p.OneLine)).SingleOrDefaultAsync(ct);
    }

    public async Task<IReadOnlyList<PersonPlace>> PlacesOf(long personId, CancellationToken ct)
    {
        var survivor = db.Set<Person>().SurvivorOf(personId);
        if (await survivor.SingleOrDefaultAsync(ct) is var who && await sight.Of(who, ct) == SightLevel.Closed)
            return [];
        var rows = await (from ap in db.Set<AccountPerson>()
                          join a in db.Set<Account>() on ap.AccountId equals a.Id
                          join s in db.Set<ServiceAgreement>().Where(s => s.State != AgreementState.Cancelled) on a.Id equals s.AccountId into agreements
                          from s in agreements.DefaultIfEmpty()
                          join p in db.Set<Premise>() on s.PremiseId equals p.Id into supplied
                          from p in supplied.DefaultIfEmpty()
                          where survivor.Contains(ap.PersonId)
                          select new { a.Id, a.Number, a.Status, ap.Role, ap.ToOn, PremiseId = (long?)p.Id, p.OneLine }).ToListAsync(ct);
        var own = await sight.OwnAccounts(ct);
        return [.. rows.Where(r => !own.Contains(r.Id)).DistinctBy(r => (r.Id, r.PremiseId))
            .Select(r => new PersonPlace(
                new AccountLine(r.Id, r.Number, r.Status.ToString()), r.PremiseId is { } premise ? new PremiseLine(premise, r.OneLine) : null,
                r.Role.ToString(), r.Status == AccountStatus.Active && r.ToOn is null))
            .OrderByDescending(p => p.Current).ThenBy(p => p.Account.Number, StringComparer.Ordinal)];
    }

    public async Task<Outcome<Belonging>> CheckTogether(long? personId, long? accountId, long? premiseId, CancellationToken ct)
    {
        // Whether somebody lives somewhere is an answer, too.
        await sight.RequireOpen(personId, ct);
        if (personId is null)
            await sight.RequireOpenAccount(accountId, ct);
        else if (accountId is { } theirs)
            await sight.RequireNotOwn(theirs, ct);
        var (connection, transaction) = await db.Sql(ct);
        // The account may still be with the one who was merged, or already with the other: what the lock has waited for is not yet seen by the rest.
        var found = await connection.QuerySingleAsync<Together>(new CommandDefinition($"""
            with place as (select coalesce(merged_into_id, id) as id from premise where id = @premiseId{db.Dialect.Sharing}),
            who as (select coalesce(merged_into_id, id) as id from person where id = @personId{db.Dialect.Sharing})
            select
                (select id from place) as Premise, (select id from who) as Person,
                case when exists (select 1 from account where id = @accountId) then 1 else 0 end as Account,
                case when exists (select 1 from account_person where account_id = @accountId and person_id in (@personId, (select id from who))) then 1 else 0 end as OnAccount,
                case when exists (select 1 from service_agreement where account_id = @accountId and premise_id in (@premiseId, (select id from place))) then 1 else 0 end as AtPremise
            """, new { personId, accountId, premiseId }, transaction, cancellationToken: ct));
        return (personId, accountId, premiseId) switch
        {
            ({ }, _, _) when found.Person is null => new Problem("PersonId", "This person is not known.", "person.unknown"),
            (_, { }, _) when found.Account == 0 => new Problem("AccountId", "This account is not known.", "account.unknown"),
            (_, _, { }) when found.Premise is null => new Problem("PremiseId", "This premise is not known.", "premise.unknown"),
            ({ }, { }, _) when found.OnAccount == 0 => new Problem("AccountId", "This account belongs to someone else.", "account.not_of_person"),
            (_, { }, { }) when found.AtPremise == 0 => new Problem("PremiseId", "The account is not supplied at this premise.", "premise.not_of_account"),
            _ => new Belonging(found.Person, accountId, found.Premise),
        };
    }

    public async Task KeepFromMerging(long? personId, long? premiseId, CancellationToken ct)
    {
        if (premiseId is { } premise)
            await db.Shared("premise", premise, ct);
        // Whoever was merged holds back a merge of the survivor no more.
        if (personId is { } person && await db.Shared("person", person, ct) is { } survivor && survivor != person)
            await db.Shared("person", survivor, ct);
    }

    public async Task<IReadOnlyDictionary<RecordRef, string>> Describe(IReadOnlyCollection<RecordRef> records, CancellationToken ct)
    {
        var described = new Dictionary<RecordRef, string>();
        foreach (var kind in records.GroupBy(r => r.Kind, r => r.Id))
        {
            var ids = kind.Distinct().ToArray();
            var texts = kind.Key switch
            {
                "person" => from p in db.Set<Person>() join now in db.Set<Person>() on p.MergedIntoId ?? p.Id equals now.Id where ids.Contains(p.Id) select new { p.Id, Text = now.DisplayName },
                "account" => db.Set<Account>().Where(a => ids.Contains(a.Id)).Select(a => new { a.Id, Text = a.Number }),
                "premise" => from p in db.Set<Premise>() join now in db.Set<Premise>() on p.MergedIntoId ?? p.Id equals now.Id where ids.Contains(p.Id) select new { p.Id, Text = now.OneLine },
                _ => null,
            };
            if (texts is null)
                continue;
            var levels = kind.Key == "person" ? await sight.Of(ids, ct) : null;
            var own = kind.Key == "account" ? await sight.OwnAccounts(ct) : null;
            foreach (var text in await texts.ToListAsync(ct))
                described[new RecordRef(kind.Key, text.Id)] = levels?[text.Id] == SightLevel.Closed ? Masks.Closed : own?.Contains(text.Id) == true ? Masks.Whole : text.Text;
        }
        return described;
    }

    public async Task<IReadOnlyDictionary<long, AccountLine>> Accounts(IReadOnlyCollection<long> ids, CancellationToken ct) =>
        await db.Set<Account>().Where(a => ids.Contains(a.Id)).Select(a => new AccountLine(a.Id, a.Number, a.Status.ToString())).ToDictionaryAsync(a => a.Id, ct);

    public async Task<IReadOnlyDictionary<string, long>> AccountIds(string? source, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        if (names.Count == 0)
            return new Dictionary<string, long>();
        if (source is not null)
            return await db.OfSource<Account>(source, names).ToDictionaryAsync(a => a.ExternalKey!, a => a.Id, StringComparer.Ordinal, ct);
        var printed = names.Where(n => ReferenceNumber.TryParse(n, out _)).ToDictionary(n => n, n => ReferenceNumber.TryParse(n, out var sequence) ? ReferenceNumber.Format(sequence) : "", StringComparer.Ordinal);
        var numbers = printed.Values.ToArray();
        var ids = await db.Set<Account>().Where(a => numbers.Contains(a.Number)).Select(a => new { a.Number, a.Id }).ToDictionaryAsync(a => a.Number, a => a.Id, StringComparer.Ordinal, ct);
        return printed.Where(p => ids.ContainsKey(p.Value)).ToDictionary(p => p.Key, p => ids[p.Value], StringComparer.Ordinal);
    }

    public async Task<IReadOnlyList<string>> PhonesOf(long personId, CancellationToken ct)
    {
        if (await sight.Of(personId, ct) == SightLevel.Closed)
            return [];
        var masking = await sight.Masking(personId, ct);
        // Nobody could dial a mask, and no form must store it.
        if (masking.Hides(MaskedValues.Phones))
            return [];
        var country = await settings.Get(HouseSettings.Country, ct);
        var survivor = db.Set<Person>().SurvivorOf(personId);
        var phones = await db.Set<PersonPhone>().Where(p => survivor.Contains(p.PersonId)).OrderByDescending(p => p.IsPrimary).ThenBy(p => p.Id)
            .Select(p => new PhoneNumber(p.E164, p.Extension)).ToListAsync(ct);
        return [.. phones.Select(p => p.Display(country))];
    }

    public Task<IReadOnlyDictionary<string, long>> EnsureOrganizations(string source, IReadOnlyCollection<string> names, CancellationToken ct) =>
        known.Organizations(source, names, ct);

    public Task<IReadOnlyDictionary<string, long>> EnsurePlaces(string source, IReadOnlyCollection<string> lines, CancellationToken ct) =>
        known.Places(source, lines, ct);

    public Task<CustomerPerson?> FactsOf(long personId, CancellationToken ct) => facts.Of(personId, ct);

    public async Task<PersonInHand?> InHand(long personId, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        // An account on which the employee or a relative stands is not named, and neither is where it supplies.
        var open = await sight.WithoutOwn("o.id", ct);
        var (connection, transaction) = await db.Sql(ct);
        var found = await connection.QuerySingleOrDefaultAsync<Hand>(new CommandDefinition($"""
            select p.id as Id, p.display_name as Name, c.capacity as Capacity, c.speaker_id as SpeakerId, s.display_name as Speaker, s.restriction as SpeakerRestriction, g.name as AuthorisedName,
                g.organisation as Organisation, g.scopes as Scopes, g.to_on as ToOn, ga.number as AuthorisedAccount, (
                    select min(case when h.role in ('Main', 'CoHolder') then 0 when h.role = 'Payer' then 1 end) from account_person h join account_person m on m.account_id = h.account_id
                    where h.person_id = c.speaker_id and m.person_id = c.person_id and h.to_on is null and m.to_on is null) as Stands,
                case when p.restriction <> 'None' then 1 else 0 end as Restricted, a.number as Account, x.one_line as Premise
            from person p
            left join account a on a.id = (
                select o.id from account_person ap join account o on o.id = ap.account_id where ap.person_id = p.id{open}
                order by case when o.status = 'Active' then 0 else 1 end, o.opened_on desc, o.id desc limit 1)
            left join premise x on x.id = (
                select s.premise_id from service_agreement s where s.account_id = a.id
                order by case when s.state in ('Stopped', 'Closed', 'Cancelled') then 1 else 0 end, s.start_on desc, s.id limit 1)
            left join caller c on c.id = (
                select k.id from caller k where k.employee_id = @me and k.ended_at is null and k.parked_at is null and k.until_at > @now and k.person_id = p.id
                order by k.id desc limit 1)
            left join person s on s.id = c.speaker_id
            left join authorisation g on g.id = c.authorisation_id
            left join account ga on ga.id = g.account_id
            where p.id = (select coalesce(merged_into_id, id) from person where id = @personId)
            """, new { personId, me = sight.Me ?? 0, now = db.Now }, transaction, cancellationToken: ct));
        if (found is null)
            return null;
        // Stands on every page: only of the few who may be closed it costs another statement to know whether they are.
        return await IsClosed(found.Id, found.Restricted == 1, ct) ? null : new PersonInHand(found.Id, found.Name, found.Account, found.Premise, await Speaker(found, ct));
    }

    private async Task<string?> Speaker(Hand found, CancellationToken ct)
    {
        if (found.Capacity is null)
            return null;
        var unnamed = found.SpeakerId is { } id && await IsClosed(id, found.SpeakerRestriction != nameof(PersonRestriction.None), ct);
        return new SpeaksAs(Enum.Parse<CallerCapacity>(found.Capacity), found.Speaker ?? found.AuthorisedName, found.Organisation, found.Scopes, found.AuthorisedAccount, found.ToOn, Holds: found.Stands == 0, Pays: found.Stands == 1).Words(unnamed);
    }

    // Who is neither restricted nor the employee's own is open, and nothing need be asked.
    private async Task<bool> IsClosed(long person, bool restricted, CancellationToken ct) =>
        (await sight.Own(ct)).Contains(person) || (restricted && await sight.Of(person, ct) == SightLevel.Closed);

    public async Task<IReadOnlySet<long>> OwnAccounts(IReadOnlyCollection<long> ids, CancellationToken ct) => (await sight.OwnAccounts(ct)).Intersect(ids).ToHashSet();

    public Task<CustomerAccounts> AccountsOf(long personId, CancellationToken ct) => accounts.OfPerson(personId, ct);

    public Task<bool> MayContact(long personId, ConsentPurpose purpose, ConsentChannel channel, CancellationToken ct) => consents.May(personId, purpose, channel, ct);

    public async Task<Outcome<Done>> StopMessages(long personId, string reason, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        if (await consents.Unknown(personId, ct) is { } unknown)
            return unknown;
        await consents.Stop(personId, reason, ct);
        return Done.It;
    }

    public async Task<Outcome<Done>> ResumeMessages(long personId, string reason, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        if (await consents.Unknown(personId, ct) is { } unknown)
            return unknown;
        await consents.Resume(personId, reason, ct);
        return Done.It;
    }

    public Task<IReadOnlyList<DueReview>> DueReviews(DateOnly on, DateOnly endsBy, long after, int limit, CancellationToken ct) => reviews.By(on, endsBy, after, limit, ct);

    public Task<IReadOnlyList<IReadOnlyList<WarningOnTheWay>>> WarningsFor(IReadOnlyList<Belonging> records, bool sent, CancellationToken ct) => warnings.For(records, sent, ct);

    public Task<bool> AwaitsReview(RecordRef cause, CancellationToken ct) => reviews.Awaits(cause, ct);

    public Task<bool> AwaitsStart(RecordRef agreement, CancellationToken ct) => db.Set<ServiceAgreement>().AnyAsync(a => a.Id == agreement.Id && a.State == AgreementState.PendingStart, ct);

    // Column names as the statements have them.
    private sealed class Hand
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
        public string? Account { get; init; }
        public string? Premise { get; init; }
        public int Restricted { get; init; }
        public string? Capacity { get; init; }
        public long? SpeakerId { get; init; }
        public string? Speaker { get; init; }
        public string? SpeakerRestriction { get; init; }
        public string? AuthorisedName { get; init; }
        public string? Organisation { get; init; }
        public string? Scopes { get; init; }
        public DateOnly? ToOn { get; init; }
        public string? AuthorisedAccount { get; init; }
        /// <summary>0 who holds an account with the customer, 1 who pays for one.</summary>
        public int? Stands { get; init; }
    }

    private sealed class Together
    {
        public long? Person { get; init; }
        public int Account { get; init; }
        public long? Premise { get; init; }
        public int OnAccount { get; init; }
        public int AtPremise { get; init; }
    }
}

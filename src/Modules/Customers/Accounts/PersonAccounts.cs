using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Notes;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;

namespace Tieline.Customers.Accounts;

/// <summary>Accounts with the people on them, their agreements, the premises of these and the notes on all, in one SELECT.</summary>
internal sealed class PersonAccounts(AppDb db, CurrentActor actor, IUtilityClock clock, NoteReader reader, PeopleInSight sight)
{
    private static string AccountsOfPerson(string others) => $$"""
        select a.id, a.status, count(*) over () as total from account a
        where a.id in (select ap.account_id from account_person ap where ap.person_id = (select coalesce(p.merged_into_id, p.id) from person p where p.id = {0})){{others}}
        order by case when a.status = 'Active' then 0 else 1 end, a.id desc limit 100
        """;

    private const string AccountItself = "select a.id, a.status, 1 as total from account a where a.id = {0}";

    private const string AccountsAtPremise = """
        select a.id, a.status, count(*) over () as total from account a
        where a.id in (select s.account_id from service_agreement s where s.premise_id = {0})
        order by case when a.status = 'Active' then 0 else 1 end, a.id desc limit 100
        """;

    /// <summary>Nothing for a closed person; without the accounts on which the employee or a relative is.</summary>
    public async Task<CustomerAccounts> OfPerson(long personId, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        if (await sight.Of(personId, ct) == SightLevel.Closed)
            return new CustomerAccounts([], 0, [], [], []);
        var found = await Read(
            Statement(AccountsOfPerson(await sight.WithoutOwn("a.id", ct)), "1 = 1", "select premise_id from places"), personId, members => Words(personId, members, ct), ct);
        var seen = new List<CustomerAccount>();
        foreach (var account in found.Accounts)
            seen.Add(account with { Sight = await sight.OfAccount(account.Id, personId, OnAccount.Main(account.People.Select(p => new OnAccount(account.Id, p.PersonId, Role(p.Role), p.ToOn, p.Id))) == personId, ct) });
        return found with { Accounts = seen };
    }

    /// <summary>Of a masked person's accounts all of them hide what others hold, else those that are not the person's to open; who is closed stays so on all.</summary>
    private async Task<Masking> Words(long personId, IReadOnlyCollection<OnAccount> members, CancellationToken ct)
    {
        var all = await sight.Of(personId, ct) != SightLevel.Full;
        var (others, beside) = (new HashSet<long>(), new HashSet<long>());
        foreach (var account in members.GroupBy(m => m.AccountId))
        {
            var masked = all || await sight.OfAccount(account.Key, personId, OnAccount.Main(account) == personId, ct) != SightLevel.Full;
            (masked ? others : beside).UnionWith(account.Select(m => m.PersonId));
        }
        return await sight.WithOthers(personId, others, beside, ct);
    }

    /// <summary>Of a note or warning; null for what is about none.</summary>
    private static long? Place(FactLine said) => said.Part == "warning" ? said.Other : RecordRef.Parse(said.C!) is { Kind: "premise" } place ? place.Id : null;

    private static AccountRole Role(string name) => Enum.Parse<AccountRole>(name);

    /// <summary>For an account that is not closed; the caller has asked.</summary>
    public Task<CustomerAccounts> Of(long accountId, CancellationToken ct) => Read(
        Statement(AccountItself, "1 = 1", "select premise_id from places"), accountId,
        async _ => (await sight.Maskings([(null, accountId)], ct)).Of(null, accountId), ct);

    /// <summary>Who is and was supplied at a premise; the premise itself is there also when nobody ever was. Of a closed customer's account there is only that it is one.</summary>
    public async Task<CustomerAccounts> AtPremise(long premiseId, CancellationToken ct)
    {
        var found = await Read(
            Statement(AccountsAtPremise, "s.premise_id = {0}", "{0}"), premiseId,
            members => sight.Together([.. members.Select(m => m.PersonId).Distinct()], ct), ct);
        var own = await sight.OwnAccounts(ct);
        return found with { Accounts = [.. found.Accounts.Select(a => own.Contains(a.Id) || a.People.FirstOrDefault(p => p.Role == nameof(AccountRole.Main)) is { PersonId: 0 } ? Nameless(a) : a)] };
    }

    private static CustomerAccount Nameless(CustomerAccount account) => account with
    {
        Id = 0, Number = Masks.Whole, BillCycle = Masks.Whole,
        People = [.. account.People.Take(1).Select(Closed)],
        Agreements = [.. account.Agreements.Select(s => s with { Id = 0, AccountId = 0 })],
    };

    private static AccountMember Closed(AccountMember member) => member with { PersonId = 0, Reference = "", Name = Masks.Closed, LifeSupport = false };

    private async Task<AccountMember> Seen(AccountMember member, bool restricted, CancellationToken ct) =>
        (await sight.Own(ct)).Contains(member.PersonId) || (restricted && await sight.Of(member.PersonId, ct) == SightLevel.Closed) ? Closed(member) : member;

    private static string Statement(string accounts, string agreements, string premises) => $"""
        with mine as ({accounts}),
        places as (select s.id, s.premise_id from service_agreement s join mine m on m.id = s.account_id where {agreements})
        select 'account' as part, a.id as id, a.customer_class as kind, a.number as a, a.bill_cycle as b, a.status as c,
            cast(null as bigint) as owner, cast(m.total as bigint) as other, 0 as flags, a.opened_on as fromon, a.closed_on as toon,
            {NoInstant} as at, a.version as version
        from mine m join account a on a.id = m.id
        union all
        select 'member', ap.id, ap.role, p.display_name, p.reference, null, ap.account_id, ap.person_id,
            case when ap.financially_responsible then 1 else 0 end + case when p.life_support then 2 else 0 end + case when p.restriction <> 'None' then 4 else 0 end, ap.from_on, ap.to_on, null, ap.version
        from mine m join account_person ap on ap.account_id = m.id join person p on p.id = ap.person_id and p.merged_into_id is null
        union all
        select 'agreement', s.id, s.type, s.state, null, null, s.account_id, s.premise_id, 0, s.start_on, s.stop_on, null, s.version
        from places x join service_agreement s on s.id = x.id
        union all
        select 'premise', p.id, p.kind, p.one_line, null, null, null, p.merged_into_id,
            case when p.life_support then 1 else 0 end + case when p.sensitive_load then 2 else 0 end, null, null, null, p.version
        from premise p where p.id in ({premises})
        union all
        {FactLines.Warnings($"w.premise_id in ({premises})")}
        union all
        {FactLines.Notes($"select 'account:' || id from mine union all select 'premise:' || id from premise where id in ({premises})")}
        """;

    // Notes have instants: on PostgreSQL the first row of a union says of which type.
    private const string NoInstant = "(select created_at from note where 1 = 0)";

    /// <param name="masking">Of the notes, given who is on the accounts.</param>
    private async Task<CustomerAccounts> Read(string statement, long id, Func<IReadOnlyCollection<OnAccount>, Task<Masking>> masking, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        var today = await clock.Today(ct);
        var lines = (await db.Database.SqlQueryRaw<FactLine>(statement, id).ToListAsync(ct)).ToLookup(l => l.Part);
        var seen = new List<(long? Account, AccountMember Member)>();
        foreach (var line in lines["member"])
            seen.Add((line.Owner, await Seen(new AccountMember(line.Id, line.Other!.Value, line.B!, line.A!, line.Kind, line.Has(1), line.Has(2), line.From, line.ToOn, line.Version), line.Has(4), ct)));
        var members = seen.ToLookup(s => s.Account, s => s.Member);
        var said = lines["note"].Concat(lines["warning"]).ToArray();
        var words = said.Length > 0 ? await masking([.. lines["member"].Select(l => new OnAccount(l.Owner!.Value, l.Other!.Value, Role(l.Kind), l.ToOn, l.Id))]) : Masking.Open;
        // Others may live there by now, or still.
        var places = said.Length > 0 ? await sight.Maskings(said.Select(Place).Distinct().Select(place => ((long?)null, (long?)null, place)), ct) : null;
        Masking About(RecordRef subject) => subject.Kind == "premise" ? words.And(places!.Of(null, null, subject.Id)) : words;
        var notes = lines["note"].ReadNotes(reader, today, About);
        var warnings = lines["warning"].ReadWarnings(actor, About);
        var agreements = lines["agreement"].ToLookup(l => l.Owner, l => new AgreementFact(l.Id, l.Owner!.Value, l.Other!.Value, l.Kind, l.A!, l.From, l.ToOn, l.Version));
        return new CustomerAccounts(
            [.. lines["account"].OrderByDescending(l => l.C == nameof(AccountStatus.Active)).ThenByDescending(l => l.FromOn).ThenByDescending(l => l.Id)
                .Select(l => new CustomerAccount(
                    l.Id, l.A!, l.Kind, l.B!, l.C!, l.From, l.ToOn, l.Version,
                    [.. members[l.Id].OrderBy(m => m.ToOn is not null).ThenBy(m => m.Role != nameof(AccountRole.Main)).ThenBy(m => m.Id)],
                    [.. agreements[l.Id].OrderByDescending(s => s.Current).ThenByDescending(s => s.StartOn).ThenBy(s => s.Id)]))],
            (int)(lines["account"].FirstOrDefault()?.Other ?? 0),
            [.. lines["premise"].OrderBy(l => l.Id).Select(l => new PremiseFact(l.Id, l.A!, l.Kind, l.Has(1), l.Has(2), l.Version, l.Other))],
            notes, warnings);
    }
}

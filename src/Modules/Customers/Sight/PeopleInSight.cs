using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Callers;
using Tieline.Customers.People;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Sight;

/// <summary>
/// The one place that decides what the actor may see of a person now. One SELECT for any number of people (more only where a restricted
/// one or a caller is among them), none for those who have all rights; what was decided holds for the request.
/// </summary>
internal sealed class PeopleInSight(AppDb db, CurrentActor actor, ReferenceCache<OwnRecords> own, ISettings settings, IUtilityClock clock, HeldValues held)
{
    private readonly Dictionary<long, SightLevel> levels = [];
    private readonly Dictionary<long, Masking> maskings = [];
    private HashSet<long>? mine;
    private HashSet<long>? mineAccounts;
    private HashSet<long>? callers;
    private readonly HashSet<long> opened = [];
    private readonly HashSet<long> withLandlord = [];
    private MaskedValues? hidden;

    /// <summary>The employee who acts; null for machines and processes. Negative: someone who signs in and is no employee.</summary>
    public long? Me => actor.Actor is { Kind: ActorKind.Employee, Id: not 0 and var id } ? id : null;

    // Commands on this machine are those of whoever can read the database anyway.
    private bool SeesAll => actor.Actor is { Kind: ActorKind.ApiKey, Id: 0 };
    private bool MayRestricted => SeesAll || actor.May(CustomersPermissions.Restricted);
    private bool SeesEverybody => MayRestricted && MayUnmasked;
    private bool MayUnmasked => SeesAll || actor.May(CustomersPermissions.Unmasked);

    /// <summary>What was decided before is asked anew: a caller was verified, a reason given.</summary>
    public void Forget()
    {
        levels.Clear();
        maskings.Clear();
        callers = null;
        opened.Clear();
        withLandlord.Clear();
    }

    public async Task<SightLevel> Of(long personId, CancellationToken ct) => (await Of([personId], ct))[personId];

    public async Task<IReadOnlyDictionary<long, SightLevel>> Of(IReadOnlyCollection<long> people, CancellationToken ct)
    {
        var asked = people.Where(id => !levels.ContainsKey(id)).Distinct().ToArray();
        if (asked.Length > 0)
            await Decide(asked, ct);
        return levels;
    }

    public async Task<bool> AnyClosed(IReadOnlyCollection<long> people, CancellationToken ct)
    {
        var levels = await Of(people, ct);
        return people.Any(id => levels[id] == SightLevel.Closed);
    }

    /// <summary>Records of the employee and of their relatives, which nothing opens to them.</summary>
    public async Task<IReadOnlySet<long>> Own(CancellationToken ct) =>
        mine ??= Me is > 0 and { } me ? [.. (await own.Get(ct)).Of(me, await clock.Today(ct))] : [];

    /// <summary>Accounts on which the employee or a relative stands, in whatever role: closed to them like their own record. One SELECT for the few who have such records.</summary>
    public async Task<IReadOnlySet<long>> OwnAccounts(CancellationToken ct)
    {
        var people = await Own(ct);
        return mineAccounts ??= people.Count == 0 ? []
            : [.. await db.Set<AccountPerson>().Where(p => people.Contains(p.PersonId) && p.ToOn == null).Select(p => p.AccountId).ToListAsync(ct)];
    }

    /// <summary>Without them, as a part of a larger statement: <c> and a.id not in (12)</c>; nothing for nearly everybody.</summary>
    public async Task<string> WithoutOwn(string account, CancellationToken ct) =>
        await OwnAccounts(ct) is { Count: > 0 } own ? $" and {account} not in ({string.Join(',', own)})" : "";

    /// <summary>Who of them shares or shared an account with the employee or a relative, or is or was related to them: words that go over all of a customer's accounts and people are not for this employee.</summary>
    public async Task<IReadOnlySet<long>> BesideOwn(IReadOnlyCollection<long> people, CancellationToken ct)
    {
        if (people.Count == 0 || await Own(ct) is not { Count: > 0 } own)
            return new HashSet<long>();
        var theirs = db.Set<AccountPerson>().Where(p => own.Contains(p.PersonId)).Select(p => p.AccountId);
        return (await db.Set<AccountPerson>().Where(p => people.Contains(p.PersonId) && theirs.Contains(p.AccountId)).Select(p => p.PersonId)
            .Union(db.Set<Relationship>().Where(r => people.Contains(r.PersonId) && r.RelatedPersonId != null && own.Contains(r.RelatedPersonId.Value)).Select(r => r.PersonId))
            .Union(db.Set<Authorisation>().Where(a => people.Contains(a.PersonId) && a.OtherPersonId != null && own.Contains(a.OtherPersonId.Value)).Select(a => a.PersonId))
            .ToListAsync(ct)).ToHashSet();
    }

    /// <exception cref="ForbiddenException">The employee or a relative stands on it.</exception>
    public async Task RequireNotOwn(long accountId, CancellationToken ct)
    {
        if ((await OwnAccounts(ct)).Contains(accountId))
            throw Closed;
    }

    /// <summary>All who are closed to the actor, as a part of a larger statement; null when nobody is.</summary>
    public async Task<IQueryable<long>?> AllClosed(CancellationToken ct)
    {
        var mine = (await Own(ct)).ToArray();
        if (MayRestricted && mine.Length == 0)
            return null;
        var (me, now) = (Me ?? 0, db.Now);
        var opened = db.Set<GlassBreak>().Where(g => g.EmployeeId == me && g.UntilAt > now).Select(g => g.PersonId);
        var own = db.Set<Person>().Where(p => mine.Contains(p.Id)).Select(p => p.Id);
        if (MayRestricted)
            return own;
        var restricted = db.Set<Person>().Where(p => p.Restriction != PersonRestriction.None && !opened.Contains(p.Id));
        var merged = db.Set<Person>().Where(p => p.MergedIntoId != null && restricted.Any(s => s.Id == p.MergedIntoId)).Select(p => p.Id);
        return restricted.Select(p => p.Id).Union(merged).Union(own);
    }

    /// <exception cref="ForbiddenException">The record is closed to the actor.</exception>
    public async Task RequireOpen(long? personId, CancellationToken ct)
    {
        if (personId is { } id && await Of(id, ct) == SightLevel.Closed)
            throw Closed;
    }

    /// <summary>What is kept of a look that showed nothing.</summary>
    public const string LookAtClosed = "closed, nothing was shown";

    public static readonly Problem ClosedProblem = Problem.Closed("A restricted customer. Give a reason on their page to open it for a while.");

    public static ForbiddenException Closed => new(CustomersPermissions.Restricted);

    /// <summary>Of an account: as its main person, and closed when that is, or when the employee or a relative is on it; open, too, to who speaks with somebody who opens it (<see cref="OpenedAccounts"/>).</summary>
    public async Task<SightLevel> OfAccount(long accountId, CancellationToken ct) =>
        (await OwnAccounts(ct)).Contains(accountId) ? SightLevel.Closed
        : await Governing([accountId], ct) is var people && people.TryGetValue(accountId, out var main) ? await OfAccount(accountId, main, true, ct) : SightLevel.Full;

    /// <summary>Whose caller must be verified before an account is changed; null when nobody's, and when their landlord speaks, who starts and stops service and sees nothing.</summary>
    public async Task<long?> ToVerify(long accountId, CancellationToken ct) =>
        await OfAccount(accountId, ct) == SightLevel.Masked && await MainOf(accountId, ct) is { } main && !await LandlordSpeaks(main, ct) ? main : null;

    /// <summary>The landlord of a person is verified: they change what is theirs to change, and the person stays masked.</summary>
    private async Task<bool> LandlordSpeaks(long personId, CancellationToken ct) => await Of(personId, ct) == SightLevel.Masked && withLandlord.Contains(personId);

    /// <summary>Of an account on the page of a person.</summary>
    /// <param name="main">It is a part of their record: they are its main person, or were that last.</param>
    public async Task<SightLevel> OfAccount(long accountId, long personId, bool main, CancellationToken ct) =>
        await Of(personId, ct) is var level && level == SightLevel.Closed ? level
        : MayUnmasked || opened.Contains(accountId) || (main && level == SightLevel.Full) ? SightLevel.Full : SightLevel.Masked;

    /// <summary>Which of a person's accounts <c>ap.account_id</c> may be shown with what is owed on them, as a part of a larger statement; null for none.</summary>
    public async Task<string?> Owing(long personId, CancellationToken ct)
    {
        var level = await Of(personId, ct);
        if (level == SightLevel.Closed)
            return null;
        if (MayUnmasked || !(await Hidden(ct)).HasFlag(MaskedValues.Balance))
            return "1 = 1";
        string?[] parts = [level == SightLevel.Full ? "ap.role = 'Main'" : null, opened.Count > 0 ? $"ap.account_id in ({string.Join(',', opened)})" : null];
        return parts.OfType<string>().ToArray() is { Length: > 0 } some ? $"({string.Join(" or ", some)})" : null;
    }

    /// <summary>The person whose record an account is a part of.</summary>
    public async Task<long?> MainOf(long accountId, CancellationToken ct) => (await Governing([accountId], ct)).TryGetValue(accountId, out var main) ? main : null;

    /// <exception cref="ForbiddenException">The account is a closed person's.</exception>
    public async Task RequireOpenAccount(long? accountId, CancellationToken ct)
    {
        if (accountId is { } id && await OfAccount(id, ct) == SightLevel.Closed)
            throw Closed;
    }

    public async Task<Masking> Masking(long personId, CancellationToken ct) => (await Maskings([(personId, null)], ct)).Of(personId);

    /// <param name="records">To whom each of the records belongs.</param>
    public Task<Maskings> Maskings(IEnumerable<(long? PersonId, long? AccountId)> records, CancellationToken ct) =>
        Maskings(records.Select(r => (r.PersonId, r.AccountId, (long?)null)), ct);

    /// <param name="records">To whom each of the records belongs, or at which place it is: words about a place may name who lives there.</param>
    public async Task<Maskings> Maskings(IEnumerable<(long? PersonId, long? AccountId, long? PremiseId)> records, CancellationToken ct)
    {
        var asked = records.ToArray();
        var people = asked.Select(r => r.PersonId).OfType<long>().ToHashSet();
        var accounts = asked.Where(r => r.PersonId is null).Select(r => r.AccountId).OfType<long>().Distinct().ToArray();
        var standing = accounts.Length == 0 ? [] : await Standing(accounts, ct);
        var governing = Governing(standing);
        people.UnionWith(governing.Values);
        await Prepare(people, ct);
        var open = accounts.Where(a => !governing.TryGetValue(a, out var main) || (levels[main] == SightLevel.Masked && opened.Contains(a))).ToHashSet();
        var others = standing.Where(s => !governing.TryGetValue(s.AccountId, out var main) || (s.PersonId != main && levels[main] != SightLevel.Closed)).ToArray();
        await Of([.. others.Select(s => s.PersonId)], ct);
        // Whoever is closed stays so beside whom one sees in full.
        var beside = await Beside(others.Where(s => levels[s.PersonId] == SightLevel.Closed || !(open.Contains(s.AccountId) || levels[governing[s.AccountId]] == SightLevel.Full)), ct);
        Masking OfMain(long account) => open.Contains(account) ? Tieline.Customers.Masking.Open : maskings[governing[account]];
        var own = await OwnAccounts(ct);
        var premises = SeesEverybody && (await Own(ct)).Count == 0 ? [] : asked.Where(r => r is { PersonId: null, AccountId: null }).Select(r => r.PremiseId).OfType<long>().Distinct().ToArray();
        return new Maskings(
            maskings, accounts.ToDictionary(a => a, a => beside.TryGetValue(a, out var theirs) ? OfMain(a).And(theirs) : OfMain(a)),
            premises.Length == 0 ? [] : await AtPlaces(premises, ct), own);
    }

    /// <summary>Of words about a person's accounts: on masked ones what others hold is hidden, too, and on open ones what closed others hold.</summary>
    /// <param name="others">On masked accounts.</param>
    /// <param name="beside">On open ones.</param>
    public async Task<Masking> WithOthers(long personId, IReadOnlyCollection<long> others, IReadOnlyCollection<long> beside, CancellationToken ct)
    {
        var masking = await Masking(personId, ct);
        if (masking.IsClosed)
            return masking;
        await Of(beside, ct);
        var hidden = others.Concat(beside.Where(b => levels[b] == SightLevel.Closed)).Where(o => o != personId).Select(o => new OnAccount(0, o, default, null, 0));
        return !(await Beside(hidden, ct)).TryGetValue(0, out var theirs) ? masking : masking.Level == SightLevel.Full && others.Count > 0 ? theirs : masking.And(theirs);
    }

    /// <summary>What the others on accounts hold, and of closed ones their name as well.</summary>
    private async Task<Dictionary<long, Masking>> Beside(IEnumerable<OnAccount> others, CancellationToken ct)
    {
        var found = new Dictionary<long, Masking>();
        var all = others.Select(o => (o.AccountId, o.PersonId)).Distinct().ToArray();
        if (all.Length == 0)
            return found;
        var people = all.Select(o => o.PersonId).Distinct().ToArray();
        await Of(people, ct);
        var values = await held.Of(people, ct);
        var closed = people.Where(p => levels[p] == SightLevel.Closed).ToArray();
        var names = closed.Length == 0 ? null : await held.NamesByPerson(closed, ct);
        foreach (var account in all.GroupBy(o => o.AccountId, o => o.PersonId))
            found[account.Key] = await Make([.. account.SelectMany(p => values[p].Concat(names?[p] ?? []))], ct);
        return found;
    }

    /// <summary>Of words about all of these at once, a place where they live: what any of them hides is hidden, and of closed ones their name as well.</summary>
    public async Task<Masking> Together(IReadOnlyCollection<long> people, CancellationToken ct)
    {
        await Of(people, ct);
        var hidden = people.Where(p => levels[p] != SightLevel.Full).ToArray();
        if (hidden.Length == 0)
            return Tieline.Customers.Masking.Open;
        var values = (await held.Of(hidden, ct)).SelectMany(v => v);
        var closed = hidden.Where(p => levels[p] == SightLevel.Closed).ToArray();
        return closed.Length == 0 ? await Make(values, ct) : await Make([.. values, .. await held.NamesOf(closed, ct)], ct);
    }

    /// <summary>Of words about places: what those who live there hold is hidden, but for the address itself, which whoever goes there must know.</summary>
    private async Task<Dictionary<long, Masking>> AtPlaces(long[] premises, CancellationToken ct)
    {
        var living = await (from s in db.Set<Agreements.ServiceAgreement>()
                            join ap in db.Set<AccountPerson>() on s.AccountId equals ap.AccountId
                            join p in db.Set<Premises.Premise>() on s.PremiseId equals p.Id
                            where premises.Contains(s.PremiseId) && s.State != Agreements.AgreementState.Cancelled
                            select new { s.PremiseId, p.OneLine, ap.PersonId }).Distinct().ToListAsync(ct);
        await Of([.. living.Select(l => l.PersonId).Distinct()], ct);
        living.RemoveAll(l => levels[l.PersonId] == SightLevel.Full);
        var maskings = new Dictionary<long, Masking>();
        if (living.Count == 0)
            return maskings;
        var values = await held.Of([.. living.Select(l => l.PersonId).Distinct()], ct);
        var closed = living.Where(l => levels[l.PersonId] == SightLevel.Closed).Select(l => l.PersonId).Distinct().ToArray();
        var names = closed.Length == 0 ? null : await held.NamesByPerson(closed, ct);
        foreach (var place in living.GroupBy(l => (l.PremiseId, l.OneLine)))
        {
            var words = place.SelectMany(l => values[l.PersonId].Concat(names?[l.PersonId] ?? [])).Where(w => !place.Key.OneLine.Contains(w.Word, StringComparison.OrdinalIgnoreCase));
            maskings[place.Key.PremiseId] = await Make([.. words], ct);
        }
        return maskings;
    }

    /// <summary>What a person holds, as it was read just now: their masking needs no statement of its own.</summary>
    public async Task Know(long personId, IEnumerable<(MaskedValues Kind, string Word)> values, CancellationToken ct)
    {
        if (await Of(personId, ct) == SightLevel.Masked)
            maskings.TryAdd(personId, await Make(values, ct));
    }

    public async Task<MaskedValues> Hidden(CancellationToken ct) => hidden ??= SightSettings.Read(await settings.Get(SightSettings.Masked, ct)) ?? (MaskedValues)(-1);

    private async Task Prepare(HashSet<long> people, CancellationToken ct)
    {
        people.ExceptWith(maskings.Keys);
        if (people.Count == 0)
            return;
        await Of(people, ct);
        var masked = people.Where(p => levels[p] == SightLevel.Masked).ToArray();
        var values = masked.Length == 0 ? null : await held.Of(masked, ct);
        foreach (var person in people)
        {
            maskings[person] = levels[person] switch
            {
                SightLevel.Full => Tieline.Customers.Masking.Open,
                SightLevel.Masked => await Make(values![person], ct),
                _ => Tieline.Customers.Masking.OfClosed,
            };
        }
    }

    private async Task<Masking> Make(IEnumerable<(MaskedValues Kind, string Word)> values, CancellationToken ct)
    {
        var kinds = await Hidden(ct);
        // Names are hidden whatever the setting says.
        if (values.Any(v => v.Kind == HeldValues.Name))
            kinds |= HeldValues.Name;
        return new(
            SightLevel.Masked, kinds,
            [.. values.Where(v => (kinds & v.Kind) != 0 && v.Word.Length > 2).Select(v => v.Word).Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(v => v.Length)],
            await clock.Today(ct));
    }

    private async Task Decide(long[] people, CancellationToken ct)
    {
        var closed = await Own(ct);
        var parts = new List<IQueryable<Mark>>();
        if (!MayRestricted)
            parts.Add(Restricted().Where(p => people.Contains(p.Id)).Select(p => new Mark { What = "restricted", PersonId = p.Id }));
        if (!MayUnmasked && callers is null)
            parts.Add(Speaking().Select(c => new Mark { What = c.Capacity == CallerCapacity.Customer ? "customer" : "spoken for", PersonId = c.PersonId }));
        var marks = parts.Count == 0 ? [] : await parts.Aggregate((a, b) => a.Concat(b)).ToListAsync(ct);
        var restricted = marks.Where(m => m.What == "restricted").Select(m => m.PersonId).ToHashSet();
        if (restricted.Count > 0 && Me is { } me)
        {
            var now = db.Now;
            restricted.ExceptWith(await db.Set<GlassBreak>().Where(g => g.EmployeeId == me && g.UntilAt > now).Select(g => g.PersonId).ToListAsync(ct));
        }
        callers ??= await Callers([.. marks.Where(m => m.What == "customer").Select(m => m.PersonId)], marks.Exists(m => m.What == "spoken for"), ct);
        foreach (var id in people)
        {
            levels[id] = closed.Contains(id) || actor.Actor.Kind == ActorKind.Customer || restricted.Contains(id) ? SightLevel.Closed
                : MayUnmasked || callers.Contains(id) ? SightLevel.Full
                : SightLevel.Masked;
        }
    }

    /// <summary>Whose whole record callers open; which accounts they open beside is noted. Only what there can be is asked for: nearly every caller speaks for themselves.</summary>
    private async Task<HashSet<long>> Callers(HashSet<long> customers, bool spokenFor, CancellationToken ct)
    {
        // Only the customer's own record is theirs. A landlord and a guardian without authorisation open nothing.
        if (!spokenFor)
        {
            if (customers.Count > 0)
                opened.UnionWith(await OpenedAccounts.ToCustomers(db, Speaking()).Select(o => o.AccountId).ToListAsync(ct));
            return customers;
        }
        var today = await clock.Today(ct);
        // What was revoked meanwhile opens nothing any more.
        var authorised = from c in Speaking()
                         join a in db.Set<Authorisation>().InForce(today) on c.AuthorisationId equals (long?)a.Id
                         where a.AccountId == null
                         select c.PersonId;
        opened.UnionWith(await OpenedAccounts.Of(db, Speaking(), today).Select(o => o.AccountId).ToListAsync(ct));
        withLandlord.UnionWith(await KnownCallers.Landlords(db, Speaking(), today).Select(c => c.PersonId).ToListAsync(ct));
        return [.. customers, .. await authorised.ToListAsync(ct)];
    }

    /// <summary>Those whom the employee knows to speak now.</summary>
    private IQueryable<Caller> Speaking()
    {
        var me = Me ?? 0;
        return db.Set<Caller>().Live(db.Now).Where(c => c.EmployeeId == me && c.Capacity != CallerCapacity.Unverified);
    }

    /// <summary>Those who are, and those who were merged into one of them: an old id tells no more than the survivor's.</summary>
    private IQueryable<Person> Restricted() => db.Set<Person>().Where(p => p.Restriction != PersonRestriction.None
        || (p.MergedIntoId != null && db.Set<Person>().Any(s => s.Id == p.MergedIntoId && s.Restriction != PersonRestriction.None)));

    /// <summary>Account to the person whose record it is a part of: its main person, or who was that last.</summary>
    private async Task<Dictionary<long, long>> Governing(IReadOnlyCollection<long> accounts, CancellationToken ct) => Governing(await Standing(accounts, ct));

    private static Dictionary<long, long> Governing(IEnumerable<OnAccount> standing) =>
        standing.Where(p => p.Role == AccountRole.Main).GroupBy(p => p.AccountId).ToDictionary(g => g.Key, g => OnAccount.Main(g)!.Value);

    private Task<List<OnAccount>> Standing(IReadOnlyCollection<long> accounts, CancellationToken ct) =>
        db.Set<AccountPerson>().AsNoTracking().Where(p => accounts.Contains(p.AccountId)).Select(p => new OnAccount(p.AccountId, p.PersonId, p.Role, p.ToOn, p.Id)).ToListAsync(ct);

    private sealed class Mark
    {
        public string What { get; init; } = "";
        public long PersonId { get; init; }
    }
}

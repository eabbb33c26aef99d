using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Flows;
using Tieline.Customers.Flows.Steps;
using Tieline.Customers.People;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Demo;

/// <summary>Some guided flows as they are on a Monday: a move that broke off, a death with the estates desk, a new name nobody finished, and some that are done.</summary>
internal sealed class FlowsDemo(
    AppDb db, CurrentActor actor, ISettings settings, IOrganization organization, BeginFlow begin, BeginDeath death, StopHere stop, SayWhatIsNext told, NameExecutor executor, SeeProof proof, TakeNewName name,
    AddSeason season, AddCarer carer, SkipFlowStep skip, FinishFlow finish, IUtilityClock clock) : IDemoData
{
    private const int Fewest = 200;
    private const int Flows = 8;
    private const int Before = 100;

    // Neighbours share accounts.
    private const int Apart = 5;

    public int Order => 46;
    public string Name => "guided flows";

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        if (plan.People < Fewest)
            return;
        var first = await settings.Get(DemoKeys.FirstPerson, ct);
        var found = await db.Set<Person>().Where(p => p.Id >= first && p.Id < first + 400 && p.Kind == PersonKind.Individual && p.Restriction == PersonRestriction.None && p.MergedIntoId == null)
            .OrderBy(p => p.Id).Select(p => p.Id).Skip(Before).Take(Flows * Apart).ToListAsync(ct);
        if (found.Count < Flows * Apart)
            return;
        var people = new Queue<long>(found.Where((_, n) => n % Apart == 0));
        var was = actor.Actor;
        if (await Csr(plan, ct) is { } csr)
            actor.Actor = new Actor(ActorKind.Employee, csr.Id, csr.Name, was.Permissions);
        try
        {
            await Some(people, await clock.Today(ct), ct);
        }
        finally
        {
            actor.Actor = was;
        }
        progress.Report($"{Flows} guided flows");
    }

    private async Task Some(Queue<long> people, DateOnly today, CancellationToken ct)
    {
        var moving = await Begin(people.Dequeue(), FlowKind.Moving, ct);
        if (await Running(moving.Person, ct) is { Count: > 0 } supplied)
            Done(await stop.Handle(new(moving.Id, 0, supplied, today.AddDays(12)), ct));
        await Age(moving.Id, 1, ct);
        await Age((await Begin(await Sharing(people.Dequeue(), ct), FlowKind.Separation, ct)).Id, 9, ct);
        var renamed = await Begin(people.Dequeue(), FlowKind.NameChange, ct);
        Done(await proof.Handle(new(renamed.Id, 0, "Marriage certificate"), ct));
        await Age(renamed.Id, 34, ct);

        var reported = Done(await death.Handle(new(people.Dequeue(), "A son, on the phone", today.AddDays(-6)), ct)).Id;
        Done(await executor.Handle(new(reported, 0, Name: "Marcus Bell", Organisation: "Bell & Ortega, attorneys", Phone: "(541) 555-0163"), ct));
        Done(await told.Handle(new(reported, 0), ct));
        await Age(reported, 5, ct);

        var snowbird = await Begin(people.Dequeue(), FlowKind.SeasonalAddress, ct);
        Done(await season.Handle(new(snowbird.Id, 0, "48 Palm Dr, Yuma, AZ 85364", new DateOnly(today.Year, 11, 1), new DateOnly(today.Year + 1, 3, 31), EveryYear: true, MailKind.Everything), ct));
        await Finish(snowbird.Id, ct);
        var cared = await Begin(people.Dequeue(), FlowKind.Carer, ct);
        Done(await carer.Handle(
            new(cared.Id, 0, [Authorisations.AuthorisationScope.PaymentArrangement], Authorisations.AuthorisationForm.Spoken, today.AddDays(180), Name: "Dana Whitfield", Organisation: "Lane County Senior Services"), ct));
        await Finish(cared.Id, ct);
        var married = await Begin(people.Dequeue(), FlowKind.NameChange, ct);
        Done(await proof.Handle(new(married.Id, 0, "Passport"), ct));
        var given = await db.Set<PersonName>().Where(n => n.PersonId == married.Person && n.Kind == NameKind.Main).Select(n => n.Given).SingleAsync(ct);
        Done(await name.Handle(new(married.Id, 0, given ?? "Robin", "Castellane", FromOn: today.AddDays(-20)), ct));
        await Finish(married.Id, ct);
        var engaged = await Begin(people.Dequeue(), FlowKind.NameChange, ct);
        Done(await proof.Handle(new(engaged.Id, 0, "Nothing yet: the wedding is on that day"), ct));
        given = await db.Set<PersonName>().Where(n => n.PersonId == engaged.Person && n.Kind == NameKind.Main).Select(n => n.Given).SingleAsync(ct);
        Done(await name.Handle(new(engaged.Id, 0, given ?? "Robin", "Vandermeer", FromOn: today.AddDays(1)), ct));
        await Finish(engaged.Id, ct);
    }

    private async Task<(long Id, long Person)> Begin(long person, FlowKind kind, CancellationToken ct) => (Done(await begin.Handle(new(person, kind), ct)).Id, person);

    /// <summary>As if it had been left then.</summary>
    private async Task Age(long id, int days, CancellationToken ct)
    {
        var at = db.Now.AddDays(-days);
        await db.Set<GuidedFlowStep>().Where(s => s.FlowId == id && s.DoneAt != null).ExecuteUpdateAsync(s => s.SetProperty(x => x.DoneAt, at.AddMinutes(12)), ct);
        await db.Set<GuidedFlow>().Where(f => f.Id == id).ExecuteUpdateAsync(f => f.SetProperty(x => x.OpenedAt, at).SetProperty(x => x.TouchedAt, at.AddMinutes(12)), ct);
    }

    private async Task Finish(long id, CancellationToken ct)
    {
        foreach (var step in await db.Set<GuidedFlowStep>().AsNoTracking().Where(s => s.FlowId == id && s.State == FlowStepState.Open).OrderBy(s => s.Id).ToListAsync(ct))
            Done(await skip.Handle(new(id, step.Code, step.Version), ct));
        Done(await finish.Handle(new(id, await db.Set<GuidedFlow>().Where(f => f.Id == id).Select(f => f.Version).SingleAsync(ct)), ct));
    }

    /// <summary>The next one who shares an account with somebody.</summary>
    private async Task<long> Sharing(long from, CancellationToken ct) =>
        await db.Set<AccountPerson>().Where(m => m.PersonId >= from && m.ToOn == null && db.Set<AccountPerson>().Any(o => o.AccountId == m.AccountId && o.PersonId != m.PersonId && o.ToOn == null)
                && db.Set<Person>().Any(p => p.Id == m.PersonId && p.Kind == PersonKind.Individual && p.Restriction == PersonRestriction.None))
            .OrderBy(m => m.PersonId).Select(m => (long?)m.PersonId).FirstOrDefaultAsync(ct) ?? from;

    private Task<List<long>> Running(long person, CancellationToken ct) =>
        (from s in db.Set<ServiceAgreement>()
         join m in db.Set<AccountPerson>() on s.AccountId equals m.AccountId
         where m.PersonId == person && m.ToOn == null && (s.State == AgreementState.Active || s.State == AgreementState.Reactivated)
         select s.Id).Distinct().OrderBy(id => id).ToListAsync(ct);

    /// <summary>Who signs in as "csr": the first of that position.</summary>
    private async Task<EmployeeLine?> Csr(DemoPlan plan, CancellationToken ct)
    {
        var world = new DemoWorld(plan);
        var number = Enumerable.Range(0, plan.Employees).Select(i => world.Employee(i)).FirstOrDefault(e => e is { LeftOn: null, Department: "CUSTSVC", Position: "CSR2" })?.Number;
        return number is not null && (await organization.EmployeeIds(ct)).TryGetValue(number, out var id) ? await organization.Employee(id, ct) : null;
    }

    private static T Done<T>(Outcome<T> outcome) => outcome.Value;
}

using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Premises;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>Supply starts at a premise on a day. A place that is not on record is added; one that looks like a place on record is asked about first.</summary>
internal sealed class StartThere(FlowDesk desk, AppDb db, AddPremise add, StartAgreement start, MoveAgreement move) : FlowStep<StartThere.Input>(desk)
{
    /// <param name="AccountId">On which it is billed; may be left out when the person is on one account only.</param>
    /// <param name="PremiseId">A place on record; otherwise <paramref name="Line"/>.</param>
    /// <param name="Line">The whole address of a new place.</param>
    /// <param name="ConfirmedNew">Places that look alike were seen, and this is another.</param>
    public sealed record Input(
        long FlowId, int Version, IReadOnlyList<ServiceType>? Services, DateOnly? StartOn, long? AccountId = null, long? PremiseId = null, string? Line = null, bool ConfirmedNew = false) : IFlowStepInput;

    public override string Code => FlowPlan.Start;

    private sealed record Kept(IReadOnlyList<long> Agreements);

    protected override async Task Hold(long personId, Input input, CancellationToken ct)
    {
        await db.Hold("premise", input.PremiseId is { } premise ? [premise] : [], ct);
        await db.Hold("account", input.AccountId is { } account ? [account] : await Accounts(personId).ToListAsync(ct), ct);
    }

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var services = (input.Services ?? []).Distinct().ToArray();
        if (services.Length == 0)
            problems.List.Add(Problem.Required(nameof(Input.Services), "What is supplied"));
        foreach (var service in services)
            problems.Choice(nameof(Input.Services), "Service", (ServiceType?)service);
        if (input.StartOn is null)
            problems.List.Add(Problem.Required(nameof(Input.StartOn), "First day"));
        problems.Day(nameof(Input.StartOn), input.StartOn);
        var accounts = await Accounts(flow.PersonId).ToListAsync(ct);
        // Of two who separate it may be the other one's.
        if (OpenNewAccount.OpenedBy(flow.Step(FlowPlan.Account)?.Kept) is { } opened && !accounts.Contains(opened))
            accounts.Add(opened);
        var account = input.AccountId ?? (accounts.Count == 1 ? accounts[0] : 0);
        if (account == 0)
            problems.Add(nameof(Input.AccountId), accounts.Count == 0 ? "The customer has no open account: open one first." : "Say on which account it is billed.", "required");
        else if (!accounts.Contains(account))
            problems.Add(nameof(Input.AccountId), "This account belongs to someone else, or is closed.", "account.not_of_person");
        if (input.PremiseId is null && string.IsNullOrWhiteSpace(input.Line))
            problems.List.Add(Problem.Required(nameof(Input.PremiseId), "Premise"));
        else if (input.PremiseId is not null && !string.IsNullOrWhiteSpace(input.Line))
            problems.Add(nameof(Input.Line), "Either a place on record or a new address, not both.", "premise.which");
        if (problems.Any)
            return problems;

        var premise = input.PremiseId ?? 0;
        if (premise == 0)
        {
            var added = await add.Handle(new(Kind: PremiseKind.Address, Line: input.Line, ConfirmedNew: input.ConfirmedNew), ct);
            if (!added.Ok)
                return Outcome<FlowEffect>.Broken(added.Problems);
            premise = added.Value.Id;
        }
        var agreements = new List<long>();
        foreach (var service in services)
        {
            var started = await start.Handle(new(account, premise, service, input.StartOn), ct);
            if (!started.Ok)
                return Outcome<FlowEffect>.Broken(started.Problems);
            agreements.Add(started.Value.Id);
        }
        var place = await (from s in db.Set<ServiceAgreement>() join p in db.Set<Premise>() on s.PremiseId equals p.Id where s.Id == agreements[0] select p.OneLine).SingleAsync(ct);
        return new FlowEffect($"{string.Join(", ", services.Select(StopHere.Word))} at {place} from {input.StartOn:d MMM yyyy}", new Kept(agreements));
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var did = FlowDesk.Read<Kept>(kept);
        foreach (var agreement in await db.Set<ServiceAgreement>().AsNoTracking().Where(s => did.Agreements.Contains(s.Id)).OrderBy(s => s.Id).ToListAsync(ct))
        {
            if (agreement.State == AgreementState.Cancelled)
                continue;
            if (agreement.State != AgreementState.PendingStart)
                return [FlowDesk.Contradicted($"{StopHere.Word(agreement.Type)} is {StopHere.Word(agreement.State).ToLowerInvariant()} since {agreement.StartOn:d MMM yyyy}: it is stopped, not taken back.")];
            if (await move.Handle(new(agreement.Id, agreement.Version, AgreementState.Cancelled), ct) is { Ok: false } refused)
                return refused.Problems;
        }
        return [];
    }

    private IQueryable<long> Accounts(long personId) =>
        db.Set<Account>().Where(a => a.Status == AccountStatus.Active && a.People.Any(m => m.PersonId == personId && m.ToOn == null)).OrderBy(a => a.Id).Select(a => a.Id);
}

/// <summary><see cref="StartThere"/> for its form: places that look alike are kept, so that they can be shown with links.</summary>
internal sealed class AskingStart(StartThere start, FindLikelyPremises likely) : IUse<StartThere.Input, FlowStepSaved>
{
    public IReadOnlyList<FindLikelyPremises.Likely> Alike { get; private set; } = [];

    public async Task<Outcome<FlowStepSaved>> Handle(StartThere.Input input, CancellationToken ct)
    {
        var outcome = await start.Handle(input, ct);
        if (!outcome.Ok && outcome.Problems[0].Rule == AddPremise.LikelyRule)
            Alike = await likely.Among(new PremiseInput(PremiseKind.Address, input.Line).Read(new Problems()).Parts, null, ct);
        return outcome;
    }
}

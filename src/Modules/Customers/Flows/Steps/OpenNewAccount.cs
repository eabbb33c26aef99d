using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>An account for the customer, or for somebody who shared one with them. Taken back, it is closed.</summary>
internal sealed class OpenNewAccount(FlowDesk desk, AppDb db, OpenAccount open, CloseAccount close, TakenBack back) : FlowStep<OpenNewAccount.Input>(desk)
{
    /// <param name="ForPersonId">Somebody who is or was on an account with the customer; the customer when left out.</param>
    /// <param name="OpenedOn">Today when left out.</param>
    public sealed record Input(long FlowId, int Version, CustomerClass? CustomerClass, string? BillCycle, DateOnly? OpenedOn = null, long? ForPersonId = null) : IFlowStepInput;

    public override string Code => FlowPlan.Account;

    private sealed record Kept(long AccountId);

    /// <summary>The account that a flow opened; null when it did not.</summary>
    public static long? OpenedBy(string? kept) => kept is null ? null : FlowDesk.Read<Kept>(kept).AccountId;

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var whose = input.ForPersonId ?? flow.PersonId;
        var problems = new Problems();
        if (whose != flow.PersonId && !await db.Set<AccountPerson>().AnyAsync(p => p.PersonId == whose && db.Set<AccountPerson>().Any(o => o.AccountId == p.AccountId && o.PersonId == flow.PersonId), ct))
            problems.Add(nameof(Input.ForPersonId), "They share no account with the customer.", "account.not_of_person");
        if (problems.Any)
            return problems;
        var opened = await open.Handle(new(whose, input.CustomerClass, input.BillCycle, input.OpenedOn), ct);
        if (!opened.Ok)
            return Outcome<FlowEffect>.Broken(whose == flow.PersonId ? opened.Problems : [.. await Named(opened.Problems, whose, ct)]);
        return new FlowEffect($"Account {opened.Value.Number} for {(await back.Names([whose], ct))[whose]}", new Kept(opened.Value.Id));
    }

    /// <summary>Whoever is asked for is not the one in hand: it is said who they are.</summary>
    private async Task<IEnumerable<Problem>> Named(IReadOnlyList<Problem> problems, long whose, CancellationToken ct)
    {
        if (problems.All(p => p.Rule != RecordsInSight.NotVerifiedRule))
            return problems;
        var name = (await back.Names([whose], ct))[whose];
        return problems.Select(p => p.Rule == RecordsInSight.NotVerifiedRule ? p with { Field = nameof(Input.ForPersonId), Message = $"Make sure first that {name} wants it: they are verified on their own page." } : p);
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var id = FlowDesk.Read<Kept>(kept).AccountId;
        var account = await db.Set<Account>().AsNoTracking().SingleAsync(a => a.Id == id, ct);
        if (account.Status == AccountStatus.Closed)
            return [];
        return (await close.Handle(new(id, account.Version), ct)).Problems is { Count: > 0 } refused ? [.. refused.Select(p => FlowDesk.Contradicted($"Account {account.Number}: {p.Message}"))] : [];
    }
}

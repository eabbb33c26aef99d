using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Finding;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>One of those on an account leaves it on a day, and it is said who answers for its bills from then on: there always is somebody.</summary>
internal sealed class LeaveAccount(FlowDesk desk, AppDb db, ChangePersonOnAccount change, EndPersonOnAccount end, TakenBack back, CustomerIndex index, RecordsInSight records, ITimeline timeline, IEvents events, IUtilityClock clock) : FlowStep<LeaveAccount.Input>(desk)
{
    /// <param name="LeavesId">The entry of the one who leaves: the customer, or somebody else on an account of theirs.</param>
    /// <param name="StaysId">The entry, on the same account, of the one who is its main person from then on.</param>
    /// <param name="On">The last day on the account; today when left out.</param>
    public sealed record Input(long FlowId, int Version, long? LeavesId, long? StaysId, DateOnly? On = null) : IFlowStepInput;

    public override string Code => FlowPlan.Leave;

    private sealed record Entry(long Id, AccountRole Role, bool Responsible);

    private sealed record Kept(long AccountId, Entry Left, DateOnly On, Entry StaysBefore, Entry StaysAfter);

    protected override async Task Hold(long personId, Input input, CancellationToken ct) =>
        await db.Hold("account", await db.Set<AccountPerson>().Where(p => p.Id == input.LeavesId).Select(p => p.AccountId).ToListAsync(ct), ct);

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var problems = new Problems();
        var accountId = await db.Set<AccountPerson>().Where(p => p.Id == input.LeavesId && p.ToOn == null).Select(p => p.AccountId).SingleOrDefaultAsync(ct);
        var account = accountId == 0 ? null : await db.Account(accountId, ct);
        if (account is null || !account.People.Any(p => p.PersonId == flow.PersonId))
            problems.Add(nameof(Input.LeavesId), "Say who leaves which account.", "account.not_of_person");
        var leaves = account?.Standing.FirstOrDefault(p => p.Id == input.LeavesId);
        var stays = account?.Standing.FirstOrDefault(p => p.Id == input.StaysId);
        if (stays is null || stays == leaves)
            problems.Add(nameof(Input.StaysId), "Somebody else on the same account answers for it from then on.", "account.responsible.missing");
        if (problems.Any)
            return problems;
        var (left, before) = (new Entry(leaves!.Id, leaves.Role, leaves.FinanciallyResponsible), new Entry(stays!.Id, stays.Role, stays.FinanciallyResponsible));
        if (stays is not { Role: AccountRole.Main, FinanciallyResponsible: true }
            && await change.Handle(new(account!.Id, stays.Id, account.Version, AccountRole.Main, true), ct) is { Ok: false } unchanged)
            return Outcome<FlowEffect>.Broken(unchanged.Problems);
        var on = input.On ?? await clock.Today(ct);
        var ended = await end.Handle(new(account!.Id, leaves.Id, account.Version, on), ct);
        if (!ended.Ok)
            return Outcome<FlowEffect>.Broken(ended.Problems);
        var names = await back.Names([leaves.PersonId, stays.PersonId], ct);
        return new FlowEffect(
            $"{names[leaves.PersonId]} leaves account {account.Number} on {on:d MMM yyyy}; {names[stays.PersonId]} answers for it from then on",
            new Kept(account.Id, left, on, before, new Entry(stays.Id, stays.Role, stays.FinanciallyResponsible)));
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var did = FlowDesk.Read<Kept>(kept);
        var found = await records.Account(did.AccountId, AuthorisationScope.Changes, ct);
        if (!found.Ok)
            return found.Problems;
        var account = found.Value;
        var (leaves, stays) = (account.People.FirstOrDefault(p => p.Id == did.Left.Id), account.People.FirstOrDefault(p => p.Id == did.StaysBefore.Id));
        if (account.Status == AccountStatus.Closed)
            return [FlowDesk.Contradicted($"Account {account.Number} was closed since.")];
        if (leaves is null || leaves.ToOn != did.On || stays is not { ToOn: null } || new Entry(stays.Id, stays.Role, stays.FinanciallyResponsible) != did.StaysAfter)
            return [FlowDesk.Contradicted($"Who is on account {account.Number} was changed since: look at it first.")];
        if (account.Standing.Any(p => p.PersonId == leaves.PersonId))
            return [FlowDesk.Contradicted($"They are on account {account.Number} again.")];
        await records.Beside(leaves.PersonId, ct);
        stays.Restore(did.StaysBefore.Role, did.StaysBefore.Responsible);
        leaves.Restore(did.Left.Role, did.Left.Responsible);
        account.MembersChange();
        index.AccountChanges(account.Id);
        timeline.Tell(new RecordRef("account_person", leaves.Id), "account", db.Now, $"Still on account {account.Number}", "That they left it was a mistake", false, leaves.PersonId, account.Id, null);
        await events.Publish(
            new PersonJoinedAccount(account.Id, leaves.PersonId, leaves.Role.ToString()), ct, new RecordRef("account", account.Id), new RecordRef("person", leaves.PersonId));
        await db.SaveChangesAsync(ct);
        return [];
    }
}

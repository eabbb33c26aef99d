using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>Supply stops here on a day: each agreement that is ticked is about to stop then.</summary>
internal sealed class StopHere(FlowDesk desk, AppDb db, MoveAgreement move) : FlowStep<StopHere.Input>(desk)
{
    /// <param name="Agreements">Of accounts that the person is on.</param>
    /// <param name="StopOn">The last day; it may be yet to come.</param>
    public sealed record Input(long FlowId, int Version, IReadOnlyList<long>? Agreements, DateOnly? StopOn) : IFlowStepInput;

    public override string Code => FlowPlan.Stop;

    private sealed record Kept(IReadOnlyList<long> Agreements, DateOnly On);

    protected override async Task Hold(long personId, Input input, CancellationToken ct)
    {
        var agreements = input.Agreements ?? [];
        await AgreementBook.HoldPlaces(db, await db.Set<ServiceAgreement>().Where(s => agreements.Contains(s.Id)).Select(s => s.PremiseId).Distinct().ToListAsync(ct), ct);
    }

    protected override async Task<Outcome<FlowEffect>> Take(GuidedFlow flow, Input input, CancellationToken ct)
    {
        var problems = new Problems();
        if (input.StopOn is not { } on)
            problems.List.Add(Problem.Required(nameof(Input.StopOn), "Last day"));
        else
            problems.Day(nameof(Input.StopOn), on);
        var ids = (input.Agreements ?? []).Distinct().ToArray();
        if (ids.Length == 0)
            problems.Add(nameof(Input.Agreements), "Say what stops, or that this does not apply.", "required");
        var theirs = await (from s in db.Set<ServiceAgreement>().AsNoTracking()
                            join a in db.Set<Account>() on s.AccountId equals a.Id
                            join p in db.Set<Premise>() on s.PremiseId equals p.Id
                            where ids.Contains(s.Id) && a.People.Any(m => m.PersonId == flow.PersonId && m.ToOn == null)
                            orderby s.Id
                            select new { s.Id, s.Version, s.Type, p.OneLine }).ToListAsync(ct);
        if (theirs.Count < ids.Length)
            problems.Add(nameof(Input.Agreements), "This is not supplied to the customer.", "agreement.not_of_person");
        if (problems.Any)
            return problems;
        foreach (var agreement in theirs)
        {
            var moved = await move.Handle(new(agreement.Id, agreement.Version, AgreementState.PendingStop, input.StopOn), ct);
            if (!moved.Ok)
                return Outcome<FlowEffect>.Broken([.. moved.Problems.Select(p => p.Rule is RecordsInSight.NotVerifiedRule or Callers.KnownCallers.OutsideRule ? p : p with { Field = p.Field == nameof(MoveAgreement.Input.On) ? nameof(Input.StopOn) : nameof(Input.Agreements), Message = $"{Word(agreement.Type)}: {p.Message}" })]);
        }
        return new FlowEffect(
            $"{string.Join("; ", theirs.GroupBy(a => a.OneLine, (place, all) => $"{string.Join(", ", all.Select(a => Word(a.Type)))} at {place}"))}: last day {input.StopOn:d MMM yyyy}",
            new Kept(ids, input.StopOn!.Value));
    }

    public override async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        var did = FlowDesk.Read<Kept>(kept);
        foreach (var agreement in await db.Set<ServiceAgreement>().AsNoTracking().Where(s => did.Agreements.Contains(s.Id)).OrderBy(s => s.Id).ToListAsync(ct))
        {
            if (agreement.State != AgreementState.PendingStop || agreement.StopOn != did.On)
                return [FlowDesk.Contradicted($"{Word(agreement.Type)} is {Word(agreement.State).ToLowerInvariant()} since{(agreement.StopOn is { } stop ? $", last day {stop:d MMM yyyy}" : "")}: look at the agreement first.")];
            if (await move.Handle(new(agreement.Id, agreement.Version, AgreementState.Active), ct) is { Ok: false } refused)
                return refused.Problems;
        }
        return [];
    }

    internal static string Word<T>(T value) where T : struct, Enum => Platform.Ui.Option.InWords(value.ToString());
}

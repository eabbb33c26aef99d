using Tieline.Customers.Flows.Steps;
using Tieline.Customers.People;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows;

/// <summary>
/// Somebody becomes a customer: those who look like them are shown first, then the person is added, and the flow goes on with account and supply.
/// Undone, everything they had ends; the person stays on record, as nobody is deleted.
/// </summary>
internal sealed class BeginNewCustomer(AppDb db, CurrentActor actor, AddPerson add, FlowOpening opening, FlowDesk desk) : IUse<AddPerson.Input, FlowBegun>
{
    public Task<Outcome<FlowBegun>> Handle(AddPerson.Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        return db.InTransaction(() => Begin(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<FlowBegun>> Begin(AddPerson.Input input, CancellationToken ct)
    {
        var added = await add.Handle(input, ct);
        if (!added.Ok)
            return Outcome<FlowBegun>.Broken(added.Problems);
        var flow = await opening.Open(FlowKind.NewCustomer, added.Value.Id, null, null, ct);
        desk.Note(flow.Step(FlowPlan.Person)!, new FlowEffect(added.Value.Reference));
        await db.SaveChangesAsync(ct);
        return new FlowBegun(flow.Id, Resumed: false);
    }
}

/// <summary><see cref="BeginNewCustomer"/> for its page: those who look alike are kept, so that they can be shown with links.</summary>
internal sealed class AskingNewCustomer(BeginNewCustomer begin, FindLikelyPeople likely) : IUse<AddPerson.Input, FlowBegun>
{
    public IReadOnlyList<FindLikelyPeople.Likely> Alike { get; private set; } = [];

    public async Task<Outcome<FlowBegun>> Handle(AddPerson.Input input, CancellationToken ct)
    {
        var outcome = await begin.Handle(input, ct);
        if (!outcome.Ok && outcome.Problems[0].Rule == AddPerson.LikelyRule)
            Alike = await likely.Among(input.Likeness, ct);
        return outcome;
    }
}

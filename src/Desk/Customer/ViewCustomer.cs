using Tieline.Billing;
using Tieline.Contacts;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.ToDos;

namespace Tieline.Desk.Customer;

/// <summary>A customer on one page. Seven SELECTs, whatever there is on record, and one look that is kept.</summary>
internal sealed class ViewCustomer(ICustomers customers, ITimeline timeline, IContacts contacts, IToDos toDos, IBilling billing, IAlerts alerts, IAuditTrail audit, CurrentActor actor)
    : IUse<ViewCustomer.Input, CustomerView>
{
    public const int TimelineSize = 25;
    private const int ListSize = 20;

    internal static readonly Problem Closed = Problem.Closed("A restricted customer.");

    /// <param name="Kind">Only lines of this kind on the timeline.</param>
    /// <param name="From">Only lines at or after this instant.</param>
    public sealed record Input(long Id, string? Kind = null, DateTime? From = null);

    public async Task<Outcome<CustomerView>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(DeskPermissions.ReadCustomers);
        if (await customers.FactsOf(input.Id, ct) is not { } person)
            return Problem.NotFound("This customer");
        // Of one who was merged the survivor is shown.
        input = input with { Id = person.Id };
        if (person.Sight == SightLevel.Closed)
        {
            await audit.Looked(new RecordRef("person", input.Id), ct, "closed, nothing was shown");
            return Closed;
        }
        var masking = (await customers.Masking([(input.Id, null)], ct)).Of(input.Id);
        var accounts = await customers.AccountsOf(input.Id, ct);
        var view = new CustomerView(
            person, accounts,
            actor.May(DeskPermissions.ReadContacts) ? await contacts.OpenOf(input.Id, ListSize, ct) : null,
            actor.May(DeskPermissions.WorkOnToDos) ? await toDos.OpenOf(input.Id, ListSize, ct) : null,
            await timeline.Read(new TimelineFilter(PersonId: input.Id, Kind: input.Kind, From: input.From), null, TimelineSize, ct),
            await Standing(accounts.Accounts, masking, ct),
            await alerts.Of(input.Id, ct));
        await audit.Looked(new RecordRef("person", input.Id), ct);
        return view;
    }

    /// <summary>Null where balances are masked; of those that are not only.</summary>
    private async Task<IReadOnlyList<StandingFact>?> Standing(IReadOnlyList<CustomerAccount> accounts, Masking masking, CancellationToken ct)
    {
        var masked = accounts.Where(a => a.Sight != SightLevel.Full).Select(a => ((long?)null, (long?)a.Id)).ToArray();
        // On the page of somebody who is open there may be accounts that are others' alone.
        var others = masking.Level == SightLevel.Full && masked.Length > 0 ? await customers.Masking(masked, ct) : null;
        var seen = accounts.Where(a => a.Sight == SightLevel.Full || !(others?.Of(null, a.Id) ?? masking).Hides(MaskedValues.Balance)).Select(a => a.Id).ToArray();
        return actor.May(DeskPermissions.ReadBalances) && (seen.Length > 0 || (accounts.Count == 0 && !masking.Hides(MaskedValues.Balance))) ? await billing.StandingOf(seen, ct) : null;
    }
}

/// <summary>Older lines of a customer's timeline, or others by another filter. One SELECT and one look.</summary>
internal sealed class ReadTimeline(ITimeline timeline, IAuditTrail audit, CurrentActor actor, ICustomers customers) : IUse<ReadTimeline.Input, Page<TimelineLine>>
{
    public sealed record Input(long Id, string? Kind = null, DateTime? From = null, string? After = null);

    public async Task<Outcome<Page<TimelineLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(DeskPermissions.ReadCustomers);
        if ((await customers.Sight([input.Id], ct))[input.Id] == SightLevel.Closed)
            return ViewCustomer.Closed;
        var page = await timeline.Read(new TimelineFilter(PersonId: input.Id, Kind: input.Kind, From: input.From), input.After, ViewCustomer.TimelineSize, ct);
        await audit.Looked(new RecordRef("person", input.Id), ct);
        return page;
    }
}

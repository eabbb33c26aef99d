using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Authorisations;
using Tieline.Customers.Finding;
using Tieline.Customers.Merging;
using Tieline.Customers.Premises;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Agreements;

/// <summary>
/// Agrees on a supply; it is pending until it is moved to active. The next customer's may be agreed on while the present one's is
/// about to stop, never two at once.
/// </summary>
internal sealed class StartAgreement(AppDb db, RecordsInSight records, CurrentActor actor, CustomerIndex index, ITimeline timeline, IEvents events) : IUse<StartAgreement.Input, StartAgreement.Started>
{
    public sealed record Input(long? AccountId, long? PremiseId, ServiceType? Type, DateOnly? StartOn);

    public sealed record Started(long Id, int Version);

    public async Task<Outcome<Started>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Change);
        var place = db.Set<Premise>().SurvivorOf(input.PremiseId ?? 0);
        var premise = await db.Set<Premise>().SingleOrDefaultAsync(p => place.Contains(p.Id), ct);
        // An account that is not there is told beside its field.
        var found = input.AccountId is { } id ? await records.Service(id, premise?.Id, ct) : null;
        if (found is { Ok: false } && found.Problems[0].Rule != Problem.NotFoundRule)
            return Outcome<Started>.Broken(found.Problems);
        var account = found is { Ok: true } ? found.Value : null;
        var problems = new Problems();
        var type = problems.Choice(nameof(Input.Type), "Service", input.Type);
        if (input.StartOn is null)
            problems.List.Add(Problem.Required(nameof(Input.StartOn), "First day"));
        problems.Day(nameof(Input.StartOn), input.StartOn);
        if (account is null)
            problems.Add(nameof(Input.AccountId), "This account is not known.", "account.unknown");
        else if (account.Status == AccountStatus.Closed)
            problems.Add(nameof(Input.AccountId), "This account is closed.", "account.closed");
        else if (input.StartOn < account.OpenedOn)
            problems.Add(nameof(Input.StartOn), $"The account was opened on {account.OpenedOn:d MMM yyyy}.", "date.order");
        if (premise is null)
            problems.Add(nameof(Input.PremiseId), "This premise is not known.", "premise.unknown");
        if (problems.Any)
            return problems;

        var start = input.StartOn!.Value;
        var there = await db.Set<ServiceAgreement>().AsNoTracking().Where(a => a.PremiseId == premise!.Id && a.Type == type).ToListAsync(ct);
        if (there.Any(a => a.Hinders(start)))
            return new Problem(nameof(Input.PremiseId), AlreadyAgreed(type), "agreement.running");

        var agreement = new ServiceAgreement(db.NextId(), account!.Id, premise!.Id, type, start);
        db.Add(agreement);
        premise.Supply();
        index.AccountChanges(account.Id);
        index.PremiseChanges(agreement.PremiseId);
        timeline.Tell(
            new RecordRef("agreement", agreement.Id), "agreement", db.Now, $"{Platform.Ui.Option.InWords(type.ToString())} agreed from {start:d MMM yyyy}", premise.OneLine, false,
            account.Standing.FirstOrDefault(p => p.Role == AccountRole.Main)?.PersonId, account.Id, agreement.PremiseId);
        await events.Publish(
            new AgreementStarted(agreement.Id, account.Id, agreement.PremiseId, type.ToString(), start), ct,
            new RecordRef("agreement", agreement.Id), new RecordRef("account", account.Id), new RecordRef("premise", agreement.PremiseId));
        await db.SaveChangesAsync(ct);
        return new Started(agreement.Id, agreement.Version);
    }

    internal static string AlreadyAgreed(ServiceType type) =>
        $"{Platform.Ui.Option.InWords(type.ToString())} is already agreed on for this premise: that agreement must stop first.";
}

using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Premises;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Events;

namespace Tieline.Customers.Agreements;

/// <summary>SA-ACT: supply whose last day has come ends, and supply whose first day has come begins.</summary>
internal sealed class MoveDueAgreements(AppDb db, AgreementBook book, IEvents events) : IBatchProcess
{
    public const string BatchCode = "SA-ACT";

    public string Code => BatchCode;

    public string Description => "Service agreements that begin or end on their day";

    // As soon as the day has begun, and behind the names.
    public BatchUsual Usual => new("0 10 0 * * ?", Records: 200);

    public Task<IReadOnlyList<BatchPart>> Cut(BatchInput input, int parts, CancellationToken ct) => db.CutKeys(Places(input, new(0)), parts, ct);

    public Task<BatchRecord?> First(BatchInput input, BatchSlice slice, CancellationToken ct) => Places(input, slice).FirstRecord("premise", ct);

    /// <remarks>The keys are premises: what ends there makes room for what begins there.</remarks>
    public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        var places = await Places(input, slice).OrderBy(id => id).Take(slice.Records).ToListAsync(ct);
        if (places.Count == 0)
            return new BatchStep(slice.After, 0, 0, Last: true);
        await AgreementBook.HoldPlaces(db, places, ct);
        // Moved by hand, or gone with a merge, while we waited: not due any more.
        var due = await Due(input.BusinessOn).Where(a => places.Contains(a.PremiseId)).OrderBy(a => a.Id).ToListAsync(ct);
        var ids = due.Select(a => a.AccountId).Distinct().ToList();
        var accounts = await db.Set<Account>().Include(a => a.People).Where(a => ids.Contains(a.Id)).ToDictionaryAsync(a => a.Id, ct);
        await db.Set<Premise>().Where(p => places.Contains(p.Id)).LoadAsync(ct);
        var (done, stuck) = (0, 0);
        foreach (var agreement in due.OrderBy(a => a.State == AgreementState.PendingStart))
        {
            var account = accounts[agreement.AccountId];
            var problem = agreement.State == AgreementState.PendingStop
                ? await book.Move(agreement, account, AgreementState.Stopped, agreement.StopOn!.Value, ct)
                : await book.Move(agreement, account, AgreementState.Active, await FirstDay(agreement, ct), ct);
            if (problem is null)
            {
                done++;
                continue;
            }
            stuck++;
            await events.Publish(
                new AgreementStuck(
                    agreement.Id, account.Id, agreement.PremiseId, account.Standing.FirstOrDefault(p => p.Role == AccountRole.Main)?.PersonId, agreement.Type.ToString(), agreement.StartOn, problem.Message),
                ct, new RecordRef("agreement", agreement.Id), new RecordRef("account", account.Id), new RecordRef("premise", agreement.PremiseId));
        }
        return new BatchStep(places[^1], done, stuck, Last: places.Count < slice.Records);
    }

    /// <summary>The day that was agreed on; of one that had to wait for another's end, that end.</summary>
    private async Task<DateOnly> FirstDay(ServiceAgreement agreement, CancellationToken ct) =>
        await db.Set<ServiceAgreement>().Where(a => a.PremiseId == agreement.PremiseId && a.Type == agreement.Type && a.Id != agreement.Id).MaxAsync(a => a.StopOn, ct) is { } end && end > agreement.StartOn
            ? end : agreement.StartOn;

    private IQueryable<long> Places(BatchInput input, BatchSlice slice) =>
        Due(input.BusinessOn).Where(a => a.PremiseId > slice.After && a.PremiseId <= slice.UpTo).Select(a => a.PremiseId).Distinct();

    private IQueryable<ServiceAgreement> Due(DateOnly on) =>
        db.Set<ServiceAgreement>().Where(a => (a.State == AgreementState.PendingStop && a.StopOn <= on) || (a.State == AgreementState.PendingStart && a.StartOn <= on));
}

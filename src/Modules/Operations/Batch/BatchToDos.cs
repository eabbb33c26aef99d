using System.Globalization;
using Tieline.Organization;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Reasons;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.ToDos;

namespace Tieline.Operations.Batch;

/// <summary>What batches leave for people: a run that did not begin at its time, until one does; one that failed, which also calls whoever is on call, until it goes on or a later one does its work; one that is late, until it is over; a record that could not be done, until a run comes past it.</summary>
internal sealed class BatchToDos(AppDb db, IToDos toDos, IOperations operations, IOrganization organization, GetControl controls, GetNotifyRole notified, ListBatchRuns runs, IEnumerable<RecordPage> pages, IUtilityClock clock)
    : IHear<BatchRunEnded>, IHear<BatchRunResumed>, IHear<BatchRecordFailed>, IHear<BatchErrorsResolved>, IHear<BatchFireRefused>, IHear<BatchFireMadeGood>, IHear<BatchCameLate>,
        IHear<BatchOnTimeAgain>
{
    public const string Failed = "BATCH-FAILED";
    public const string Error = "BATCH-ERROR";
    public const string NotStarted = "BATCH-NOT-STARTED";
    public const string Late = "BATCH-LATE";
    public const string Ended = "operations.batch_ended";
    public const string Resumed = "operations.batch_resumed";
    public const string RecordFailed = "operations.batch_record_failed";
    public const string Resolved = "operations.batch_errors_resolved";
    public const string Refused = "operations.batch_fire_refused";
    public const string MadeGood = "operations.batch_fire_made_good";
    public const string CameLate = "operations.batch_late";
    public const string OnTimeAgain = "operations.batch_on_time_again";

    public Task Hear(BatchRunEnded fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        if (fact.FailureId is { } failure)
        {
            await Create(fact.Code, new NewToDo(Failed, null, await clock.Today(ct), Failure(failure)) { Parameters = Values(fact.Code, fact.Number, fact.Message ?? "") }, ct);
            await operations.Raise(new NewNotice(Failure(failure), new("batch_run", fact.RunId), $"{fact.Code} run {fact.Number} failed: {fact.Message}", NoticeSeverity.Critical), ct);
        }
        foreach (var mended in fact.Mends)
            await Mended(mended, fact.State == "Cancelled" ? fact.Message! : $"Run {fact.Number} did its work.", ct);
        return await db.SaveChangesAsync(ct);
    }, ct);

    public Task Hear(BatchRunResumed fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        await Mended(fact.FailureId, "It goes on.", ct);
        return await db.SaveChangesAsync(ct);
    }, ct);

    private async Task Mended(long failure, string how, CancellationToken ct)
    {
        await toDos.CompleteFor(Failure(failure), how, ct);
        await operations.Settle(Failure(failure), how, ct);
    }

    public async Task Hear(BatchRecordFailed fact, long eventId, CancellationToken ct)
    {
        if (fact.Earlier is { Count: > 0 } earlier && await toDos.AnyOpenFor([.. earlier.Select(Record)], ct))
            return;
        var (about, values) = (fact.About, Values(fact.Code, fact.Number, fact.Message));
        values["found"] = fact.Found ? "found something wrong with" : "could not do";
        values["record"] = $"{pages.FirstOrDefault(p => p.Kind == about.Kind)?.Name ?? about.Kind} {about.Id.ToString(CultureInfo.InvariantCulture)}";
        long? Of(string kind) => about.Kind == kind ? about.Id : null;
        await Create(
            fact.Code,
            new NewToDo(Error, null, await clock.Today(ct), Record(fact.ErrorId), PersonId: Of("person"), AccountId: Of("account"), PremiseId: Of("premise"), ContactId: Of("contact")) { Parameters = values }, ct);
        await db.SaveChangesAsync(ct);
    }

    public async Task Hear(BatchErrorsResolved fact, long eventId, CancellationToken ct)
    {
        await toDos.CompleteForAll([.. fact.ErrorIds.Select(Record)], $"Run {fact.Number} came past it without an error.", ct);
        await db.SaveChangesAsync(ct);
    }

    public async Task Hear(BatchFireRefused fact, long eventId, CancellationToken ct)
    {
        // A run may have been quicker than this message.
        if (fact.BusinessOn is { } on && (await runs.Handle(new(fact.Code, null, 1, null, on), ct)).Value.Items is [var run] && (run.CreatedAt > fact.FireAt || run.State.StartsWith("Completed", StringComparison.Ordinal)))
            return;
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["batch"] = fact.Code, ["at"] = $"{await clock.ToLocal(fact.FireAt, ct):d MMMM HH:mm}", ["error"] = fact.Message };
        await Create(fact.Code, new NewToDo(NotStarted, null, await clock.Today(ct), Fire(fact.FireId)) { Parameters = values }, ct);
        await db.SaveChangesAsync(ct);
    }

    public async Task Hear(BatchFireMadeGood fact, long eventId, CancellationToken ct)
    {
        await toDos.CompleteForAll([.. fact.FireIds.Select(Fire)], $"Run {fact.Number} is for its day.", ct);
        await db.SaveChangesAsync(ct);
    }

    public Task Hear(BatchCameLate fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        // It may be over before this message came.
        if (await controls.Handle(new(fact.Code), ct) is not { Ok: true } control || control.Value.LateId != fact.LateId)
            return false;
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["batch"] = fact.Code, ["error"] = fact.Message };
        await Create(fact.Code, new NewToDo(Late, null, await clock.Today(ct), Lateness(fact.LateId)) { Parameters = values }, ct);
        var about = fact.RunId is { } run ? new RecordRef("batch_run", run) : new RecordRef("batch_control", fact.ControlId);
        await operations.Raise(new NewNotice(Lateness(fact.LateId), about, $"{fact.Code} is late: {fact.Message}"), ct);
        await db.SaveChangesAsync(ct);
        return true;
    }, ct);

    public Task Hear(BatchOnTimeAgain fact, long eventId, CancellationToken ct) => db.InTransaction(async () =>
    {
        await toDos.CompleteFor(Lateness(fact.LateId), fact.Message, ct);
        await operations.Settle(Lateness(fact.LateId), fact.Message, ct);
        return await db.SaveChangesAsync(ct);
    }, ct);

    private async Task Create(string code, NewToDo work, CancellationToken ct)
    {
        var role = (await notified.Handle(new(code), ct)).Value.Role is { } notify ? await organization.ToDoRole(notify, ct) : null;
        var created = await toDos.Create(role is null ? work : work with { RoleId = role.Id }, ct);
        if (!created.Ok)
            throw new PoisonedJobException(created.ToString());
    }

    private static Dictionary<string, string> Values(string code, int number, string error) =>
        new(StringComparer.Ordinal) { ["batch"] = code, ["run"] = number.ToString(CultureInfo.InvariantCulture), ["error"] = error };

    private static RecordRef Failure(long id) => new("batch_failure", id);

    private static RecordRef Fire(long id) => new("batch_fire", id);

    private static RecordRef Lateness(long id) => new("batch_late", id);

    private static RecordRef Record(long id) => new("batch_error", id);
}

/// <summary>To Do roles can be told what went wrong.</summary>
internal sealed class BatchRoles(IOrganization organization) : IBatchNotices
{
    public async Task<IReadOnlyList<Option>> Roles(CancellationToken ct) => Option.Of(await organization.ToDoRoles(ct), r => r.Code, r => r.Name);
}

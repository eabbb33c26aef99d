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
internal sealed class BatchToDos(AppDb db, IToDos toDos, IOperations operations, IOrganization organization, GetControl controls, GetNotifyRole notified, BatchTrouble trouble, IEnumerable<RecordPage> pages, IUtilityClock clock)
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

    public Task Hear(BatchRunEnded fact, long eventId, CancellationToken ct) => InTurn(fact.Code, async () =>
    {
        if (fact.FailureId is { } failure && await trouble.Failure(failure, ct))
        {
            await Create(fact.Code, new NewToDo(Failed, null, await clock.Today(ct), Failure(failure)) { Parameters = Values(fact.Code, fact.Number, fact.Message ?? "") }, ct);
            await operations.Raise(new NewNotice(Failure(failure), new("batch_run", fact.RunId), $"{fact.Code} run {fact.Number} failed: {fact.Message}", NoticeSeverity.Critical), ct);
        }
        foreach (var mended in fact.Mends)
            await Over(Failure(mended), fact.State == "Cancelled" ? fact.Message! : $"Run {fact.Number} did its work.", ct);
    }, ct);

    public Task Hear(BatchRunResumed fact, long eventId, CancellationToken ct) => InTurn(fact.Code, () => Over(Failure(fact.FailureId), "It goes on.", ct), ct);

    public Task Hear(BatchRecordFailed fact, long eventId, CancellationToken ct) => InTurn(fact.Code, async () =>
    {
        if (!await trouble.Record(fact.ErrorId, ct) || (fact.Earlier is { Count: > 0 } earlier && await toDos.AnyOpenFor([.. earlier.Select(Record)], ct)))
            return;
        var (about, values) = (fact.About, Values(fact.Code, fact.Number, fact.Message));
        values["found"] = fact.Found ? "found something wrong with" : "could not do";
        values["record"] = $"{pages.FirstOrDefault(p => p.Kind == about.Kind)?.Name ?? about.Kind} {about.Id.ToString(CultureInfo.InvariantCulture)}";
        long? Of(string kind) => about.Kind == kind ? about.Id : null;
        await Create(
            fact.Code,
            new NewToDo(Error, null, await clock.Today(ct), Record(fact.ErrorId), PersonId: Of("person"), AccountId: Of("account"), PremiseId: Of("premise"), ContactId: Of("contact")) { Parameters = values }, ct);
    }, ct);

    public Task Hear(BatchErrorsResolved fact, long eventId, CancellationToken ct) =>
        InTurn(fact.Code, () => toDos.CompleteForAll([.. fact.ErrorIds.Select(Record)], $"Run {fact.Number} came past it without an error.", ct), ct);

    public Task Hear(BatchFireRefused fact, long eventId, CancellationToken ct) => InTurn(fact.Code, async () =>
    {
        if (!await trouble.Fire(fact.FireId, ct))
            return;
        var at = $"{await clock.ToLocal(fact.FireAt, ct):d MMMM HH:mm}";
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["batch"] = fact.Code, ["at"] = at, ["error"] = fact.Message };
        await Create(fact.Code, new NewToDo(NotStarted, null, await clock.Today(ct), Fire(fact.FireId)) { Parameters = values }, ct);
        await operations.Raise(new NewNotice(Fire(fact.FireId), new("batch_schedule", fact.ScheduleId), $"{fact.Code} did not start on {at}: {fact.Message}"), ct);
    }, ct);

    public Task Hear(BatchFireMadeGood fact, long eventId, CancellationToken ct) => InTurn(fact.Code, async () =>
    {
        foreach (var fire in fact.FireIds)
            await Over(Fire(fire), $"Run {fact.Number} does its work.", ct);
    }, ct);

    public Task Hear(BatchCameLate fact, long eventId, CancellationToken ct) => InTurn(fact.Code, async () =>
    {
        if (await controls.Handle(new(fact.Code), ct) is not { Ok: true } control || control.Value.LateId != fact.LateId)
            return;
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["batch"] = fact.Code, ["error"] = fact.Message };
        await Create(fact.Code, new NewToDo(Late, null, await clock.Today(ct), Lateness(fact.LateId)) { Parameters = values }, ct);
        var about = fact.RunId is { } run ? new RecordRef("batch_run", run) : new RecordRef("batch_control", fact.ControlId);
        await operations.Raise(new NewNotice(Lateness(fact.LateId), about, $"{fact.Code} is late: {fact.Message}"), ct);
    }, ct);

    public Task Hear(BatchOnTimeAgain fact, long eventId, CancellationToken ct) => InTurn(fact.Code, () => Over(Lateness(fact.LateId), fact.Message, ct), ct);

    /// <summary>News may come late, and in another order than it happened. That trouble is over comes after it is, so whoever tells of trouble in turn sees whether it still stands.</summary>
    private Task InTurn(string code, Func<Task> tell, CancellationToken ct) => db.InTransaction(async () =>
    {
        await db.HoldName($"batch_news {code}", 0, ct);
        await tell();
        return await db.SaveChangesAsync(ct);
    }, ct);

    private async Task Over(RecordRef cause, string how, CancellationToken ct)
    {
        await toDos.CompleteFor(cause, how, ct);
        await operations.Settle(cause, how, ct);
    }

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

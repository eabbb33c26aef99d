using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Reviews;

/// <summary>
/// One To Do for each warning that is to be looked at again, and for each authorisation that ends soon. Exactly one: the review, or the end, is
/// its cause.
/// </summary>
internal sealed class ReviewsDue(ICustomers customers, IToDos toDos, ISettings settings) : IBatchProcess
{
    public const string ToDoType = "TD-REVIEW";
    private const string EndDays = "end-days";

    public static readonly SettingKey<int> DaysBeforeEnd = new(
        "todos.authorisation_days", 30, "Days before its end on which TD-REVIEW makes the To Do of an authorisation", SettingRules.Between(0, 365));

    public string Code => ToDoType;

    public string Description => "To Dos for warnings and authorisations that are due for review";

    // After the promises: those have people waiting.
    public BatchUsual Usual => new("0 20 1 * * ?");

    public IReadOnlyList<BatchParameter> Parameters => [new(EndDays, "Days before an authorisation ends", BatchParameterKind.Number, $"the setting {DaysBeforeEnd.Name}", 0, 365)];

    public async Task<BatchRecord?> First(BatchInput input, BatchSlice slice, CancellationToken ct) =>
        (await Due(input, slice with { Records = 1 }, ct)) is [var first, ..] ? new BatchRecord(first.Id, first.Cause) : null;

    public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        var due = await Due(input, slice, ct);
        if (due.Count == 0)
            return new BatchStep(slice.After, 0, 0, Last: true);
        var created = await toDos.CreateMany(
            [.. due.Select(d => new NewToDo(ToDoType, d.Text, d.On > input.BusinessOn ? d.On : input.BusinessOn, d.Cause, PersonId: d.PersonId, AccountId: d.AccountId, PremiseId: d.PremiseId))], ct);
        return new BatchStep(due[^1].Id, created, due.Count - created, Last: due.Count < slice.Records);
    }

    private async Task<IReadOnlyList<DueReview>> Due(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        var endsBy = input.BusinessOn.AddDays(input.Number(EndDays, await settings.Get(DaysBeforeEnd, ct)));
        return [.. (await customers.DueReviews(input.BusinessOn, endsBy, slice.After, slice.Records, ct)).TakeWhile(d => d.Id <= slice.UpTo)];
    }
}

/// <summary>A warning is still unreviewed: ticking its To Do off would have it forgotten.</summary>
internal sealed class ReviewToDo(ICustomers customers) : IToDoKind
{
    public string TypeCode => ReviewsDue.ToDoType;

    public async Task<Problem?> Completing(RecordRef cause, string? resolution, CancellationToken ct) =>
        await customers.AwaitsReview(cause, ct)
            ? new Problem(null, "The warning has not been looked at yet. Review it: that completes this To Do.", "warning.not_reviewed")
            : null;
}

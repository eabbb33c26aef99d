using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Time;
using Tieline.Platform.WebHooks;
using Tieline.ToDos;

namespace Tieline.Operations.Jobs;

/// <summary>A machine outside has not answered for a day: somebody has to ask its people, and resume the hook. One To Do and one notice for each time.</summary>
internal sealed class PausedHook(AppDb db, IToDos toDos, IOperations operations, WebHookPauses pauses, IUtilityClock clock) : IHear<WebHookPaused>, IHear<WebHookResumed>
{
    public const string ToDoType = "HOOK-PAUSED";
    public const string Subscriber = "operations.paused_hook";
    public const string ResumedSubscriber = "operations.resumed_hook";

    public Task Hear(WebHookPaused fact, long eventId, CancellationToken ct) => InTurn(fact.HookId, async () =>
    {
        if (!await pauses.Lasts(fact.PauseId, ct))
            return;
        var created = await toDos.Create(new NewToDo(ToDoType, null, await clock.Today(ct), Cause(fact.PauseId))
        {
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = fact.Name, ["error"] = fact.Error },
        }, ct);
        if (!created.Ok)
            throw new PoisonedJobException(created.ToString());
        await operations.Raise(new NewNotice(Cause(fact.PauseId), new("web_hook", fact.HookId), $"Web hook {fact.Name} is paused, its target has failed for a day: {fact.Error}"), ct);
    }, ct);

    public Task Hear(WebHookResumed fact, long eventId, CancellationToken ct) => InTurn(fact.HookId, async () =>
    {
        await toDos.CompleteFor(Cause(fact.PauseId), "The web hook was resumed or ended.", ct);
        await operations.Settle(Cause(fact.PauseId), "The web hook was resumed or ended.", ct);
    }, ct);

    /// <summary>As in <see cref="Batch.BatchToDos"/>: what is told late sees that it is over.</summary>
    private Task InTurn(long hookId, Func<Task> tell, CancellationToken ct) => db.InTransaction(async () =>
    {
        await db.HoldName("web_hook_news", hookId, ct);
        await tell();
        return await db.SaveChangesAsync(ct);
    }, ct);

    private static RecordRef Cause(long pauseId) => new("web_hook_pause", pauseId);
}

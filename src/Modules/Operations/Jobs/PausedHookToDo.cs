using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Time;
using Tieline.Platform.WebHooks;
using Tieline.ToDos;

namespace Tieline.Operations.Jobs;

/// <summary>A machine outside has not answered for a day: somebody has to ask its people, and resume the hook. One To Do for each time.</summary>
internal sealed class PausedHookToDo(AppDb db, IToDos toDos, IUtilityClock clock) : IHear<WebHookPaused>, IHear<WebHookResumed>
{
    public const string ToDoType = "HOOK-PAUSED";
    public const string Subscriber = "operations.paused_hook";
    public const string ResumedSubscriber = "operations.resumed_hook";

    public async Task Hear(WebHookPaused fact, long eventId, CancellationToken ct)
    {
        var created = await toDos.Create(new NewToDo(ToDoType, null, await clock.Today(ct), Cause(fact.PauseId))
        {
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = fact.Name, ["error"] = fact.Error },
        }, ct);
        if (!created.Ok)
            throw new PoisonedJobException(created.ToString());
        await db.SaveChangesAsync(ct);
    }

    public async Task Hear(WebHookResumed fact, long eventId, CancellationToken ct)
    {
        await toDos.CompleteFor(Cause(fact.PauseId), "The web hook was resumed or ended.", ct);
        await db.SaveChangesAsync(ct);
    }

    private static RecordRef Cause(long pauseId) => new("web_hook_pause", pauseId);
}

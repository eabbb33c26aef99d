using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>Sets a To Do aside until a day, because it waits for somebody else. On that day it is again what it was.</summary>
internal sealed class HoldToDo(AppDb db, ToDoDesk desk, IJobs jobs, IUtilityClock clock) : IUse<HoldToDo.Input, Done>
{
    public const int MostDays = 366;

    /// <param name="Version">As it was read.</param>
    /// <param name="Until">The day on which it comes back: after today, and at most a year ahead.</param>
    /// <param name="Comment">For what it waits.</param>
    public sealed record Input(long Id, int Version, DateOnly? Until, string? Comment);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        var seen = await desk.ToDo(input.Id, input.Version, ct);
        if (!seen.Ok)
            return Outcome<Done>.Broken(seen.Problems);
        var toDo = seen.Value;
        var problems = new Problems();
        var today = await clock.Today(ct);
        if (input.Until is not { } until)
            problems.List.Add(Problem.Required(nameof(Input.Until), "Until"));
        else if (until <= today)
            problems.Add(nameof(Input.Until), "On hold until when? Name a day after today.", "todo.hold.past");
        else if (until > today.AddDays(MostDays))
            problems.Add(nameof(Input.Until), "That is more than a year ahead: it would be forgotten.", "todo.hold.too_far");
        var comment = problems.Lines(nameof(Input.Comment), "Comment", input.Comment, 2_000);
        if (problems.Any)
            return problems;

        until = input.Until!.Value;
        toDo.Hold(until);
        await desk.Step(toDo, ToDoSteps.Held, $"Until {until:d MMMM yyyy}: {comment}", new ToDoHeld(toDo.Id, until), ct);
        await jobs.Enqueue(TakeUpHeld.Kind, new TakeUpHeld.Payload(toDo.Id), ct, await clock.StartOf(until, ct), $"{toDo.Id} {toDo.Version}");
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

/// <summary>The day has come for which a To Do was put on hold.</summary>
internal sealed class TakeUpHeld(AppDb db, ToDoDesk desk, IUtilityClock clock) : IJobHandler<TakeUpHeld.Payload>
{
    public const string Kind = "todo.take_up";

    public sealed record Payload(long ToDoId);

    public async Task Run(Payload payload, JobRun job, CancellationToken ct)
    {
        // Put on hold until another day since, it has another job.
        if (await db.Set<ToDo>().FindAsync([payload.ToDoId], ct) is not { State: ToDoState.OnHold } toDo || toDo.HoldUntil > await clock.Today(ct))
            return;
        toDo.TakeUp();
        await desk.Step(toDo, ToDoSteps.TakenUp, null, new ToDoTakenUp(toDo.Id), ct);
        await db.SaveChangesAsync(ct);
    }
}

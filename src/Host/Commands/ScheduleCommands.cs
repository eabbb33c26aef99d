using System.CommandLine;
using Tieline.Platform.Batch;
using Tieline.Platform.Uses;

namespace Tieline.Host.Commands;

/// <summary><c>./tieline batch schedules | pause | resume-schedule | skip | keep | run-now</c></summary>
internal static class ScheduleCommands
{
    public static Command List() => new Command("schedules", "What runs by itself, and when").Does((_, house, ct) =>
        house.Use<ListSchedules, ListSchedules.Input, IReadOnlyList<ScheduleLine>>(HttpMethod.Get, "/batch-schedules", new(), (output, schedules) =>
        {
            foreach (var s in schedules)
                output.WriteLine($"{s.Id,-12} {s.Code,-12} {s.Name,-20} {s.Cron,-24} {State(s)}");
        }, ct));

    public static Command Pause() => One("pause", "Pause a schedule: nothing of it runs until it is resumed", (house, id, ct) =>
        house.Use<PauseSchedule, PauseSchedule.Input, Done>(HttpMethod.Post, $"/batch-schedules/{id}/pause", new(id), (output, _) => output.WriteLine("Paused."), ct));

    public static Command Resume() => One("resume-schedule", "Resume a paused schedule, from its next time on", (house, id, ct) =>
        house.Use<ResumeSchedule, ResumeSchedule.Input, Done>(HttpMethod.Post, $"/batch-schedules/{id}/resume", new(id), (output, _) => output.WriteLine("Resumed."), ct));

    public static Command Skip() => One("skip", "Leave out the next fire of a schedule, and only that one", (house, id, ct) =>
        house.Use<SkipNextFire, SkipNextFire.Input, Done>(HttpMethod.Post, $"/batch-schedules/{id}/skip", new(id), (output, _) => output.WriteLine("The next one is left out."), ct));

    public static Command Keep() => One("keep", "Do not leave the next fire of a schedule out after all", (house, id, ct) =>
        house.Use<KeepNextFire, KeepNextFire.Input, Done>(HttpMethod.Post, $"/batch-schedules/{id}/keep", new(id), (output, _) => output.WriteLine("The next one comes."), ct));

    public static Command RunNow() => One("run-now", "Submit what a schedule runs, at once; a node runs it", (house, id, ct) =>
        house.Use<RunNow, RunNow.Input, BatchRunLine>(
            HttpMethod.Post, $"/batch-schedules/{id}/run", new(id), (output, run) => output.WriteLine($"{run.Code} run {run.Number} for {run.BusinessOn:yyyy-MM-dd} submitted."), ct));

    private static Command One(string name, string description, Func<CommandLine, long, CancellationToken, Task<int>> work)
    {
        var id = new Argument<long>("schedule-id") { Description = "Its number, as 'batch schedules' lists it" };
        return new Command(name, description) { id }.Does((parsed, house, ct) => work(house, parsed.GetValue(id), ct));
    }

    private static string State(ScheduleLine s) =>
        !s.Active ? "paused" : s.NextAt is not { } at ? "never again" : $"next {at:u}{(s.SkipsNext ? " (left out)" : "")}{(s.LastOutcome is null ? "" : $", last {s.LastOutcome.ToLowerInvariant()} {s.LastAt:u}")}";
}

using Tieline.Customers.Consents;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Customers.Flows.Steps;

/// <summary>Marketing and automatic messages stop with the beginning of the flow; taken back, each answer is again what it was, but for those given since.</summary>
internal sealed class StoppedMessages(FlowDesk desk, RecordedConsents consents) : IFlowStep
{
    public string Code => FlowPlan.Messages;

    private sealed record Kept(int Stopped);

    public async Task Begin(GuidedFlow flow, CancellationToken ct)
    {
        var stopped = await consents.Stop(flow.PersonId, "A death was reported", ct);
        desk.Note(flow.Step(Code)!, new FlowEffect(stopped == 0 ? "They were stopped before" : "No calls, texts and e-mails by themselves, no marketing by post", new Kept(stopped)));
    }

    public async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        // Stopped before this flow, they stay so.
        if (FlowDesk.Read<Kept>(kept).Stopped > 0)
            await consents.Resume(flow.PersonId, "The report of a death was a mistake", ct);
        return [];
    }
}

/// <summary>The back office has its To Do in the moment in which the flow begins.</summary>
internal sealed class BackOfficeTold(FlowDesk desk, IEnumerable<IFlowWork> rooms, AppDb db) : IFlowStep
{
    public string Code => FlowPlan.BackOffice;

    private sealed record Kept(string To);

    public async Task Begin(GuidedFlow flow, CancellationToken ct)
    {
        // Work names the flow, which is written first.
        await db.SaveChangesAsync(ct);
        foreach (var room in rooms)
        {
            var given = await room.Give(new FlowWork(flow.AuditSubject, Subject(flow), flow.PersonId), ct);
            if (!given.Ok)
                throw new InvalidOperationException(given.ToString());
            desk.Note(flow.Step(Code)!, new FlowEffect($"To Do for {given.Value}", new Kept(given.Value)));
        }
    }

    public static string Subject(GuidedFlow flow) => flow.EventOn is { } on ? $"Death reported: died on {on:d MMM yyyy}" : "Death reported: day not known yet";

    public async Task<IReadOnlyList<Problem>> TakeBack(GuidedFlow flow, string kept, CancellationToken ct)
    {
        foreach (var room in rooms)
            await room.TakeBack(flow.AuditSubject, "The report was a mistake.", ct);
        return [];
    }
}

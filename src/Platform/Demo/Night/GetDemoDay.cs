using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Demo.Night;

/// <summary>On which day the demonstration stands, and how far its last night is. For everybody who is signed in.</summary>
internal sealed class GetDemoDay(AppDb db, CurrentActor actor, ISettings settings, IUtilityClock clock, NightBatches batches) : IUse<GetDemoDay.Input, GetDemoDay.Day>
{
    public sealed record Input;

    /// <param name="State">As in <see cref="BatchRunLine"/>.</param>
    public sealed record Step(long RunId, string Code, string Description, string State, long Done, string? Message);

    public sealed record Night(int Number, DateOnly MorningOn, DateTime At, ActorRef StartedBy, IReadOnlyList<Step> Steps)
    {
        public bool GoesOn => Steps.Any(s => s.State is "Pending" or "Running");
        /// <summary>Steps that are over, however they ended.</summary>
        public int Over => Steps.Count(s => s.State is not ("Pending" or "Running"));
        public bool Failed => Steps.Any(s => s.State is "Failed" or "Cancelled");
    }

    public sealed record Batch(string Code, string Description);

    /// <param name="Ahead">Days that the demonstration's calendar is ahead.</param>
    /// <param name="Next">What will run in the next night.</param>
    /// <param name="MayAdvance">The actor may move it on.</param>
    public sealed record Day(DateOnly Today, int Ahead, Night? Last, IReadOnlyList<Batch> Next, bool MayAdvance);

    public async Task<Outcome<Day>> Handle(Input input, CancellationToken ct)
    {
        if (actor.Actor == Actor.Nobody || !await settings.IsDemonstration(ct))
            return Problem.NotFound("The demonstration");
        var today = await clock.Today(ct);
        var last = await db.Set<DemoNight>().AsNoTracking().OrderByDescending(n => n.Number).FirstOrDefaultAsync(ct);
        return new Day(
            today, last?.Number ?? 0, last is null ? null : await Of(last, ct), [.. (await batches.Before(today.AddDays(1), ct)).Select(b => new Batch(b.Code, b.Description))],
            actor.May(AdvanceDemo.Permission));
    }

    private async Task<Night> Of(DemoNight night, CancellationToken ct)
    {
        var ids = night.RunIds;
        var runs = (await BatchRunLine.Of(db, await db.Set<BatchRun>().AsNoTracking().Where(r => ids.Contains(r.Id)).ToListAsync(ct), ct)).ToDictionary(r => r.Id);
        var said = await db.Set<BatchControl>().ToDictionaryAsync(c => c.Code, c => c.Description, StringComparer.Ordinal, ct);
        return new Night(
            night.Number, night.MorningOn, night.At, night.StartedBy,
            [.. ids.Select(id => runs.GetValueOrDefault(id)).OfType<BatchRunLine>().Select(r => new Step(r.Id, r.Code, said.GetValueOrDefault(r.Code, r.Code), r.State, r.Done, r.Message))]);
    }
}

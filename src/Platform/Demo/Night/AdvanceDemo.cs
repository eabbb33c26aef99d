using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Demo.Night;

/// <summary>
/// Moves the demonstration on to the next day and submits the batches of the night between. Day and runs commit together; a night that
/// was asked for twice is one, and one in which something failed goes on when it is asked for again.
/// </summary>
internal sealed class AdvanceDemo(AppDb db, CurrentActor actor, ISettings settings, IUtilityClock clock, NightBatches batches, RunBook book, ILive live) : IUse<AdvanceDemo.Input, AdvanceDemo.Advanced>
{
    public const string Permission = "demo.advance";

    /// <summary>What browsers hear that show the day.</summary>
    public const string Topic = "day";

    /// <summary>More nights than anybody plays through; the calendar stays one that people know.</summary>
    private const int Most = 400;

    /// <param name="Night">Number of the night meant, as it was read; null for the next one.</param>
    public sealed record Input(int? Night = null);

    /// <param name="MorningOn">The day on which the demonstration stands.</param>
    public sealed record Advanced(int Night, DateOnly MorningOn);

    public async Task<Outcome<Advanced>> Handle(Input input, CancellationToken ct)
    {
        if (!await settings.IsDemonstration(ct))
            return Problem.NotFound("The demonstration");
        actor.Require(Permission);
        return await db.InTransaction(() => Advance(input, ct), ct, o => o.Ok);
    }

    private async Task<Outcome<Advanced>> Advance(Input input, CancellationToken ct)
    {
        // Whoever asks at the same moment comes after, and finds the night.
        await db.HoldName("demo_night", 0, ct);
        var last = await db.Set<DemoNight>().OrderByDescending(n => n.Number).FirstOrDefaultAsync(ct);
        var next = (last?.Number ?? 0) + 1;
        if (last is not null && await GoesOn(last, ct) is var goesOn && (goesOn || input.Night == last.Number))
            return goesOn && input.Night > last.Number ? new Problem(null, "The night is not over yet.", "demo.night_goes_on") : new Advanced(last.Number, last.MorningOn);
        if (input.Night is { } meant && meant != next)
            return Problem.Conflict($"The demonstration has moved on in the meantime: it stands on {await clock.Today(ct):dddd, d MMMM yyyy}.");
        if (next > Most)
            return new Problem(null, $"The demonstration was moved on by {Most} nights. Begin a new one.", "demo.too_many_nights");
        return await Begin(next, ct);
    }

    private async Task<Outcome<Advanced>> Begin(int number, CancellationToken ct)
    {
        // Read, not remembered: another node may have moved it on a moment ago.
        var before = MovedDays.Of(await db.Set<DemoNight>().OrderBy(n => n.Number).Select(n => n.At).ToListAsync(ct));
        var now = db.Now;
        var morning = DateOnly.FromDateTime(before.ToLocal(now, await clock.Zone(ct))).AddDays(1);
        var night = new DemoNight { Id = db.NextId(), Number = number, MorningOn = morning, At = now, StartedBy = db.Actor.Ref };
        var runs = new List<long>();
        foreach (var batch in await batches.Before(morning, ct))
        {
            var entered = await book.Enter(batch.Code, new(batch.BusinessOn, batch.Parameters), ct);
            if (!entered.Ok)
                return Outcome<Advanced>.Broken(entered.Problems);
            runs.Add(entered.Value.Id);
        }
        night.Run(runs);
        db.Add(night);
        await settings.Set(Demonstration.Nights, before.With(now), ct);
        await live.Tell(Topic, null, ct);
        await db.SaveChangesAsync(ct);
        return new Advanced(number, morning);
    }

    /// <summary>Whether something of the night is still to be done; what failed goes on.</summary>
    private async Task<bool> GoesOn(DemoNight night, CancellationToken ct)
    {
        var ids = night.RunIds;
        var runs = await db.Set<BatchRun>().Where(r => ids.Contains(r.Id)).ToDictionaryAsync(r => r.Id, ct);
        foreach (var failed in runs.Values.Where(r => r.CanGoOn))
            await book.Resume(failed.Code, failed.Id, new(), ct);
        await db.SaveChangesAsync(ct);
        return runs.Values.Any(r => !r.IsOver);
    }
}

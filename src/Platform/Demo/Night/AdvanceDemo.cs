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
internal sealed class AdvanceDemo(AppDb db, CurrentActor actor, ISettings settings, IUtilityClock clock, NightBatches batches, SubmitBatch submit, ILive live) : IUse<AdvanceDemo.Input, AdvanceDemo.Advanced>
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
        try
        {
            return await db.InTransaction(() => Advance(input, ct), ct, o => o.Ok);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Somebody else asked for the same night at the same moment, and was first.
            return await db.InTransaction(() => Advance(input, ct), ct, o => o.Ok);
        }
    }

    private async Task<Outcome<Advanced>> Advance(Input input, CancellationToken ct)
    {
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

    private async Task<Advanced> Begin(int number, CancellationToken ct)
    {
        // Read, not remembered: another node may have moved it on a moment ago.
        var before = MovedDays.Of(await db.Set<DemoNight>().OrderBy(n => n.Number).Select(n => n.At).ToListAsync(ct));
        var now = db.Now;
        var morning = DateOnly.FromDateTime(before.ToLocal(now, await clock.Zone(ct))).AddDays(1);
        var night = new DemoNight { Id = db.NextId(), Number = number, MorningOn = morning, At = now, StartedBy = db.Actor.Ref };
        night.Run(await Submit(batches.Before(morning), morning, ct));
        db.Add(night);
        await settings.Set(Demonstration.Nights, before.With(now), ct);
        await live.Tell(Topic, null, ct);
        await db.SaveChangesAsync(ct);
        return new Advanced(number, morning);
    }

    /// <summary>Whether something of the night is still to be done; what failed is given a new run.</summary>
    private async Task<bool> GoesOn(DemoNight night, CancellationToken ct)
    {
        var ids = night.RunIds;
        var runs = await db.Set<BatchRun>().Where(r => ids.Contains(r.Id)).ToDictionaryAsync(r => r.Id, ct);
        var failed = ids.Where(id => runs.GetValueOrDefault(id)?.State == BatchState.Failed).ToList();
        if (failed.Count > 0)
        {
            var again = batches.Before(night.MorningOn).Where(b => failed.Exists(id => runs[id].Code == b.Code));
            night.Run([.. ids.Except(failed), .. await Submit(again, night.MorningOn, ct)]);
            await db.SaveChangesAsync(ct);
        }
        return failed.Count > 0 || runs.Values.Any(r => !r.IsOver);
    }

    private async Task<IReadOnlyList<long>> Submit(IEnumerable<IBatchProcess> processes, DateOnly on, CancellationToken ct)
    {
        var runs = new List<long>();
        foreach (var process in processes)
            runs.Add((await submit.Enter(process, on, new Dictionary<string, string>(), ct)).Id);
        return runs;
    }
}

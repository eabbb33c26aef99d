using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Tours;

internal enum TourWay { GoOn, Next, Back, Leave, Dismiss }

/// <summary>One goes on with a tour (or begins it), to the next step or back, leaves it, or says that one does not want it.</summary>
internal sealed class MoveTour(AppDb db, TourDesk desk) : IUse<MoveTour.Input, MoveTour.Moved>
{
    /// <param name="Step">At which one stands, for <c>Next</c> and <c>Back</c>: from any other one nothing moves, so that a double click is one step.</param>
    public sealed record Input(string? Tour, TourWay Way, string? Step = null);

    /// <param name="Step">At which one stands now; null when one is not in the tour any more.</param>
    /// <param name="Finished">That was the last step.</param>
    public sealed record Moved(string Tour, string Title, TourStep? Step, bool Finished);

    public async Task<Outcome<Moved>> Handle(Input input, CancellationToken ct)
    {
        if ((await desk.Mine(ct)).FirstOrDefault(t => t.Code == input.Tour) is not { } tour)
            return TourDesk.NotThere;
        try
        {
            return await db.InTransaction(() => Move(tour, input, ct), ct, moved => moved.Ok);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Begun in two windows at once: the other one was first.
            db.Forget();
            return await db.InTransaction(() => Move(tour, input, ct), ct, moved => moved.Ok);
        }
    }

    private async Task<Outcome<Moved>> Move(Tour tour, Input input, CancellationToken ct)
    {
        var progress = await desk.ProgressIn(tour.Code, ct);
        if (progress is null)
        {
            if (input.Way is not (TourWay.GoOn or TourWay.Dismiss))
                return TourDesk.NotThere;
            progress = new TourProgress { Id = db.NextId(), ActorId = desk.Me!.Value, Tour = tour.Code, Version = tour.Version, Step = tour.Steps[0].Key, LastAt = db.Now };
            db.Add(progress);
        }
        var finished = false;
        switch (input.Way)
        {
            case TourWay.GoOn:
                if (progress.GoOn(tour, db.Now))
                    db.RemoveRange(await db.Set<TourStepPassed>().Where(s => s.ProgressId == progress.Id).ToListAsync(ct));
                break;
            case TourWay.Next when progress.IsRunning && progress.Step == input.Step:
                finished = await Next(tour, progress, ct);
                break;
            case TourWay.Back when progress.IsRunning && progress.Step == input.Step:
                progress.StandAt(tour.Steps[Math.Max(0, tour.NumberOf(tour.StepOf(progress.Step)) - 2)].Key, db.Now);
                break;
            case TourWay.Leave when progress.IsRunning:
                progress.Leave(db.Now);
                break;
            case TourWay.Dismiss:
                progress.Dismiss(db.Now);
                break;
            default:
                // Moved in another window meanwhile: where it stands now is the answer.
                break;
        }
        await db.SaveChangesAsync(ct);
        return new Moved(tour.Code, tour.Title, progress.IsRunning ? tour.StepOf(progress.Step) : null, finished);
    }

    private async Task<bool> Next(Tour tour, TourProgress progress, CancellationToken ct)
    {
        var step = tour.StepOf(progress.Step);
        var skipped = await desk.IsDone(step, progress, ct) == false;
        var passed = await db.Set<TourStepPassed>().SingleOrDefaultAsync(s => s.ProgressId == progress.Id && s.Step == step.Key, ct);
        if (passed is null)
            db.Add(new TourStepPassed { ProgressId = progress.Id, Step = step.Key, At = db.Now, Skipped = skipped });
        else
            (passed.At, passed.Skipped) = (db.Now, passed.Skipped && skipped);
        var number = tour.NumberOf(step);
        if (number == tour.Steps.Count)
            progress.Finish(db.Now);
        else
            progress.StandAt(tour.Steps[number].Key, db.Now);
        return number == tour.Steps.Count;
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Tours;

/// <param name="Number">Of the step at which one stands, from 1.</param>
/// <param name="Newer">It has become another one since it was finished.</param>
public sealed record TourLine(string Code, string Title, string About, int Minutes, int Steps, TourStanding Standing, int Number, string Step, DateTime? LastAt, bool Newer, bool Dismissed);

/// <summary>What pages show of the tours of whoever acts.</summary>
public interface IMyTours
{
    /// <summary>The tour one is in or has left, else one that is new to them; null when there is none to be offered. Two SELECTs.</summary>
    Task<TourLine?> Offer(CancellationToken ct);
}

internal sealed class MyTours(ListTours list) : IMyTours
{
    public async Task<TourLine?> Offer(CancellationToken ct)
    {
        var tours = (await list.Handle(new(), ct)).Value.Where(t => !t.Dismissed).ToList();
        return tours.Find(t => t.Standing is TourStanding.Running or TourStanding.Left) ?? tours.Find(t => t.Standing == TourStanding.NotBegun);
    }
}

/// <summary>The tours of those who act, and where they stand in each.</summary>
internal sealed class ListTours(TourDesk desk) : IUse<ListTours.Input, IReadOnlyList<TourLine>>
{
    public sealed record Input;

    public async Task<Outcome<IReadOnlyList<TourLine>>> Handle(Input input, CancellationToken ct)
    {
        var tours = await desk.Mine(ct);
        var progress = tours.Count == 0 ? [] : await desk.Progress(ct);
        return Outcome<IReadOnlyList<TourLine>>.Of([.. tours.Select(t => Line(t, progress.Find(p => p.Tour == t.Code)))]);
    }

    public static TourLine Line(Tour tour, TourProgress? progress)
    {
        var step = tour.StepOf(progress?.Step);
        return new TourLine(
            tour.Code, tour.Title, tour.About, tour.Minutes, tour.Steps.Count, progress?.Standing ?? TourStanding.NotBegun, tour.NumberOf(step), step.Title, progress?.LastAt,
            progress is { FinishedAt: not null } && progress.Version != tour.Version, progress?.DismissedAt is not null);
    }
}

/// <summary>One tour with its steps, as a list that can be read and followed without any script.</summary>
internal sealed class GetTour(AppDb db, TourDesk desk) : IUse<GetTour.Input, GetTour.Found>
{
    public sealed record Input(string? Code);

    /// <param name="Skipped">It was passed, and what it asks for was not done.</param>
    public sealed record Step(TourStep What, bool Passed, bool Skipped, bool Here);

    public sealed record Found(TourLine Tour, bool Running, IReadOnlyList<Step> Steps);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        if ((await desk.Mine(ct)).FirstOrDefault(t => t.Code == input.Code) is not { } tour)
            return TourDesk.NotThere;
        var progress = await desk.ProgressIn(tour.Code, ct);
        var passed = progress is null ? [] : await db.Set<TourStepPassed>().AsNoTracking().Where(s => s.ProgressId == progress.Id).ToDictionaryAsync(s => s.Step, s => s.Skipped, StringComparer.Ordinal, ct);
        var here = progress is { IsRunning: true } ? tour.StepOf(progress.Step) : null;
        return new Found(
            ListTours.Line(tour, progress), progress is { IsRunning: true },
            [.. tour.Steps.Select(s => new Step(s, passed.ContainsKey(s.Key), passed.GetValueOrDefault(s.Key), s == here))]);
    }
}

/// <summary>The step at which one stands, for the coach on the page.</summary>
internal sealed class GetCoach(TourDesk desk) : IUse<GetCoach.Input, GetCoach.Found>
{
    /// <param name="Path">Of the page on which one is.</param>
    public sealed record Input(string? Tour, string? Path);

    /// <param name="IsDone">What it asks for was done; null when it asks for nothing that the database knows.</param>
    /// <param name="IsHere">The step stands on this page.</param>
    public sealed record Found(string Tour, string Title, int Number, int Steps, TourStep Step, bool? IsDone, bool IsHere);

    public async Task<Outcome<Found>> Handle(Input input, CancellationToken ct)
    {
        if ((await desk.Mine(ct)).FirstOrDefault(t => t.Code == input.Tour) is not { } tour || await desk.ProgressIn(tour.Code, ct) is not { IsRunning: true } progress)
            return TourDesk.NotThere;
        var step = tour.StepOf(progress.Step);
        return new Found(
            tour.Code, tour.Title, tour.NumberOf(step), tour.Steps.Count, step, await desk.IsDone(step, progress, ct), step.IsOn(TypedText.OneLine(input.Path, 500)));
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Export;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Tours;

/// <param name="Id">Of the employee; negative for a sign-in of somebody who is none.</param>
/// <param name="Team">The department; null where there is none.</param>
/// <param name="Passed">Steps that were passed, those skipped among them.</param>
public sealed record TrainingLine(long Id, string Name, string? Team, string Tour, string Title, TourStanding Standing, int Number, int Steps, int Passed, int Skipped, DateTime? StartedAt, DateTime? LastAt, DateTime? FinishedAt);

/// <summary>Who has which tours done, and where they stand: everyone who signs in, with the tours of their roles.</summary>
internal sealed class ListTraining(AppDb db, CurrentActor actor, TourBook book, IWhoWorksHere employees, IAuditTrail audit) : IUse<ListTraining.Input, Page<TrainingLine>>
{
    /// <param name="Q">Words of the name.</param>
    /// <param name="Team">Name of a department.</param>
    /// <param name="Tour">Code of a tour.</param>
    /// <param name="Page">From 1.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(string? Q = null, string? Team = null, string? Tour = null, TourStanding? Standing = null, string? Sort = null, int? Page = null, int? Size = null);

    public async Task<Outcome<Page<TrainingLine>>> Handle(Input input, CancellationToken ct)
    {
        var lines = await All(input, ct);
        var (number, size) = (Math.Max(1, input.Page ?? 1), Math.Clamp(input.Size ?? Paging.DefaultSize, 1, Paging.MaxSize));
        return new Page<TrainingLine>([.. lines.Skip((int)Math.Min(int.MaxValue, (number - 1L) * size)).Take(size)], Total: lines.Count);
    }

    /// <summary>Departments in which somebody has a tour.</summary>
    public async Task<IReadOnlyList<string>> Teams(CancellationToken ct)
    {
        actor.Require(TourPermissions.View);
        return [.. (await employees.Teams(ct)).Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    public static Task Download(ListTraining list, HttpContext http, CancellationToken ct) => list.Export(http, ct);

    public static Input Of(TableQuery query) =>
        new(query.Filter("q"), query.Filter("team"), query.Filter("tour"), query.Filter<TourStanding>("standing"), query.Descending ? $"-{query.SortKey}" : query.SortKey, query.Page, query.Size);

    private async Task Export(HttpContext http, CancellationToken ct)
    {
        var lines = await All(Of(TableQuery.Of(http, sort: "name")), ct);
        await audit.Note("exported", new RecordRef("training", 0), new { Filters = http.Request.QueryString.Value }, ct);
        await using var csv = await CsvDownload.Begin(http, "training.csv", "name", "department", "tour", "standing", "step", "steps", "passed", "skipped", "started", "last", "finished");
        foreach (var l in lines)
        {
            await csv.Row(
                l.Name, l.Team, l.Title, l.Standing.ToString(), l.Standing is TourStanding.Running or TourStanding.Left ? $"{l.Number}" : "", $"{l.Steps}", $"{l.Passed}", $"{l.Skipped}",
                CsvCell.Instant(l.StartedAt), CsvCell.Instant(l.LastAt), CsvCell.Instant(l.FinishedAt));
        }
    }

    // As many as sign in, which are hundreds: read whole, since where somebody has not begun there is no row to search for.
    private async Task<List<TrainingLine>> All(Input input, CancellationToken ct)
    {
        actor.Require(TourPermissions.View);
        var people = await (from u in db.Set<UserAccount>()
                            join r in db.Set<UserRole>() on u.Id equals r.UserId
                            where u.Active
                            select new { u.Id, u.EmployeeId, u.DisplayName, r.Role }).AsNoTracking().ToListAsync(ct);
        var progress = (await db.Set<TourProgress>().AsNoTracking().ToListAsync(ct)).ToDictionary(p => (p.ActorId, p.Tour));
        var passed = await db.Set<TourStepPassed>().AsNoTracking().GroupBy(s => s.ProgressId)
            .Select(g => new { g.Key, Passed = g.Count(), Skipped = g.Count(s => s.Skipped) }).ToDictionaryAsync(s => s.Key, ct);
        var teams = await employees.Teams(ct);
        var words = SearchText.Words(TypedText.OneLine(input.Q, 100));
        // One employee has one sign-in; should they have had two, they walk once.
        var lines = from p in people.DistinctBy(p => (p.EmployeeId ?? -p.Id, p.Role))
                    from t in book.All
                    where t.Role == p.Role && (input.Tour is null || t.Code == input.Tour)
                    let id = p.EmployeeId ?? -p.Id
                    let name = SearchText.Fold(p.DisplayName)
                    where words.All(w => name.Contains(w, StringComparison.Ordinal))
                    let team = teams.GetValueOrDefault(id)
                    where input.Team is null || team == input.Team
                    let at = progress.GetValueOrDefault((id, t.Code))
                    let steps = at is null ? null : passed.GetValueOrDefault(at.Id)
                    let line = new TrainingLine(
                        id, p.DisplayName, team, t.Code, t.Title, at?.Standing ?? TourStanding.NotBegun, t.NumberOf(t.StepOf(at?.Step)), t.Steps.Count, steps?.Passed ?? 0, steps?.Skipped ?? 0,
                        at?.StartedAt, at?.LastAt, at?.FinishedAt)
                    where input.Standing is null || line.Standing == input.Standing
                    select line;
        var down = input.Sort is ['-', ..];
        var sorted = (down ? input.Sort![1..] : input.Sort) switch
        {
            "last" => down ? lines.OrderByDescending(l => l.LastAt ?? DateTime.MinValue) : lines.OrderBy(l => l.LastAt ?? DateTime.MaxValue),
            "team" => down ? lines.OrderByDescending(l => l.Team, StringComparer.Ordinal) : lines.OrderBy(l => l.Team is null).ThenBy(l => l.Team, StringComparer.Ordinal),
            _ => down ? lines.OrderByDescending(l => l.Name, StringComparer.Ordinal) : lines.OrderBy(l => l.Name, StringComparer.Ordinal),
        };
        return [.. sorted.ThenBy(l => l.Name, StringComparer.Ordinal).ThenBy(l => l.Id).ThenBy(l => l.Tour, StringComparer.Ordinal)];
    }
}

/// <summary>The rights of the tours.</summary>
internal static class TourPermissions
{
    public const string View = "training.view";

    public static readonly Permission[] All = [new(View, "See how far everybody is in the guided tours", Roles.Supervisor, Roles.BusinessAdministrator)];
}

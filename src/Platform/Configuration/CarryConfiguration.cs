using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Configuration;

/// <param name="Rows">How many there are now.</param>
public sealed record ConfiguredPartLine(string Part, string Title, int Rows);

/// <summary>The parts that the actor may carry.</summary>
internal sealed class ListConfiguration(ConfigurationPlan plan, CurrentActor actor) : IUse<ListConfiguration.Input, IReadOnlyList<ConfiguredPartLine>>
{
    public sealed record Input;

    public async Task<Outcome<IReadOnlyList<ConfiguredPartLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.CarryConfiguration);
        var lines = new List<ConfiguredPartLine>();
        foreach (var part in plan.Parts)
            lines.Add(new ConfiguredPartLine(part.Part, part.Title, (await part.Read(ct)).Count));
        return lines;
    }
}

/// <summary>Writes parts of the configuration into a file for another installation. That it left is kept.</summary>
internal sealed class ExportConfiguration(AppDb db, ConfigurationPlan plan, CurrentActor actor, ISettings settings, IAuditTrail audit) : IUse<ExportConfiguration.Input, ExportConfiguration.Exported>
{
    /// <param name="Parts">All that the actor may carry when none is named.</param>
    public sealed record Input(string[]? Parts = null);

    public sealed record Exported(string Content);

    public async Task<Outcome<Exported>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.CarryConfiguration);
        var asked = (input.Parts ?? []).SelectMany(p => p.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.Ordinal);
        if (asked.FirstOrDefault(a => plan.Parts.All(p => p.Part != a)) is { } unknown)
            return new Problem(nameof(Input.Parts), $"There is no part '{TypedText.OneLine(unknown, 50)}' that you may carry.", "configuration.part");
        var parts = new List<(string, IReadOnlyList<ConfiguredRow>)>();
        foreach (var part in plan.Parts.Where(p => asked.Count == 0 || asked.Contains(p.Part)))
            parts.Add((part.Part, await part.Read(ct)));
        audit.Add("exported", new RecordRef("configuration", 0), null, new { Parts = parts.Select(p => p.Item1) });
        await db.SaveChangesAsync(ct);
        return new Exported(ConfigurationFile.Write(await settings.Get(HouseSettings.UtilityName, ct), db.Now, parts));
    }

    public static async Task<IResult> Download(ExportConfiguration export, HttpContext http, CancellationToken ct)
    {
        var outcome = await export.Handle(new([.. http.Request.Query["part"].OfType<string>()]), ct);
        if (!outcome.Ok)
            return ApiRoutes.Answer(outcome, StatusCodes.Status200OK);
        http.Response.Headers.CacheControl = "private, no-store";
        return Results.File(System.Text.Encoding.UTF8.GetBytes(outcome.Value.Content), "application/json", "tieline-configuration.json");
    }
}

/// <summary>A file as it was brought, beside what is here now.</summary>
public sealed record BroughtConfiguration(
    long Id, string FileName, ActorRef BroughtBy, DateTime BroughtAt, ActorRef? AppliedBy, DateTime? AppliedAt, IReadOnlyList<PlannedRow> Rows, int Version);

/// <summary>Brings a file here to be looked at. Nothing changes yet.</summary>
internal sealed class BringConfiguration(AppDb db, CurrentActor actor) : IUse<BringConfiguration.Input, Added>
{
    public sealed record Input(string? Content, string? FileName = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.CarryConfiguration);
        var read = ConfigurationFile.Read(input.Content, nameof(Input.Content));
        if (!read.Ok)
            return Outcome<Added>.Broken(read.Problems);
        var name = TypedText.OneLine(input.FileName, 200);
        var brought = new ConfigurationImport { Id = db.NextId(), FileName = name.Length > 0 ? name : "configuration", Content = input.Content!, BroughtBy = actor.Actor.Ref, BroughtAt = db.Now };
        db.Add(brought);
        await db.SaveChangesAsync(ct);
        return new Added(brought.Id);
    }
}

/// <summary>What a brought file would change now, and which of its rows their rooms would refuse.</summary>
internal sealed class GetBroughtConfiguration(AppDb db, ConfigurationPlan plan, CurrentActor actor) : IUse<GetBroughtConfiguration.Input, BroughtConfiguration>
{
    public sealed record Input(long Id);

    public async Task<Outcome<BroughtConfiguration>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.CarryConfiguration);
        if (await db.Set<ConfigurationImport>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == input.Id, ct) is not { } brought)
            return Problem.NotFound("The file");
        var file = ConfigurationFile.Read(brought.Content, "");
        return new BroughtConfiguration(brought.Id, brought.FileName, brought.BroughtBy, brought.BroughtAt, brought.AppliedBy, brought.AppliedAt, await Tried(await plan.Of(file.Value, ct), ct), brought.Version);
    }

    /// <summary>The rooms alone know their rules: every row is taken over as it will be, and nothing of it stays.</summary>
    private async Task<IReadOnlyList<PlannedRow>> Tried(IReadOnlyList<Planned> planned, CancellationToken ct)
    {
        if (!planned.Any(p => p.Shown.State is ConfigurationPlan.New or ConfigurationPlan.Changed))
            return [.. planned.Select(p => p.Shown)];
        return await db.InTransaction<IReadOnlyList<PlannedRow>>(async () =>
        {
            var shown = new List<PlannedRow>();
            foreach (var row in planned)
            {
                var broken = row.Shown.State is ConfigurationPlan.New or ConfigurationPlan.Changed ? await plan.Put(row, ct) : [];
                shown.Add(broken.Count == 0 ? row.Shown : row.Shown with { Problem = string.Join(' ', broken.Select(p => p.Message)) });
                // What a refused row has left half done is none of the next one's.
                if (broken.Count > 0)
                    db.ChangeTracker.Clear();
            }
            return shown;
        }, ct, _ => false);
    }
}

/// <summary>The newest files that were brought.</summary>
internal sealed class ListBroughtConfigurations(AppDb db, CurrentActor actor) : IUse<ListBroughtConfigurations.Input, Page<ListBroughtConfigurations.Line>>
{
    public sealed record Input(int? Page = null, int? Size = null);

    public sealed record Line(long Id, string FileName, ActorRef BroughtBy, DateTime BroughtAt, ActorRef? AppliedBy, DateTime? AppliedAt);

    public async Task<Outcome<Page<Line>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.CarryConfiguration);
        return await db.Set<ConfigurationImport>().AsNoTracking().OrderByDescending(i => i.Id)
            .Select(i => new Line(i.Id, i.FileName, i.BroughtBy, i.BroughtAt, i.AppliedBy, i.AppliedAt)).PageOf(input.Page, input.Size, ct);
    }
}

/// <summary>Takes rows of a brought file over, all or none, through the uses of their rooms.</summary>
internal sealed class ApplyConfiguration(AppDb db, ConfigurationPlan plan, CurrentActor actor) : IUse<ApplyConfiguration.Input, ApplyConfiguration.Applied>
{
    /// <param name="Version">As it was read.</param>
    /// <param name="Rows">What is taken over: <c>contact-types/HIGH-BILL</c>. The whole file when null: then none of its rows may be refused.</param>
    public sealed record Input(long Id, int Version, IReadOnlyList<string>? Rows = null);

    public sealed record Applied(int Added, int Changed);

    public async Task<Outcome<Applied>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.CarryConfiguration);
        if (input.Rows is { Count: 0 })
            return new Problem(nameof(Input.Rows), "Choose at least one row.", "configuration.nothing");
        return await db.InTransaction(() => Apply(input, ct), ct, outcome => outcome.Ok);
    }

    private async Task<Outcome<Applied>> Apply(Input input, CancellationToken ct)
    {
        if (await db.Set<ConfigurationImport>().SingleOrDefaultAsync(i => i.Id == input.Id, ct) is not { } brought)
            return Problem.NotFound("The file");
        db.Expect(brought, input.Version);
        actor.Because = new RecordRef("configuration", brought.Id);
        var file = ConfigurationFile.Read(brought.Content, "").Value;
        var planned = await plan.Of(file, ct);
        if (input.Rows?.FirstOrDefault(c => planned.All(p => p.Shown.Choice != c)) is { } unknown)
            return new Problem(nameof(Input.Rows), $"The file has no {TypedText.OneLine(unknown, 100)}.", "configuration.row");
        var chosen = planned.Where(p => input.Rows?.Contains(p.Shown.Choice) ?? true).ToArray();
        var problems = new Problems();
        foreach (var (refused, _) in chosen.Where(c => c.Shown.State == ConfigurationPlan.Refused))
            problems.Add(null, $"{refused.Title} {refused.Key}: {refused.Problem}", "configuration.refused");
        foreach (var row in chosen.Where(c => c.Shown.State is ConfigurationPlan.New or ConfigurationPlan.Changed))
        {
            foreach (var problem in await plan.Put(row, ct))
                problems.Add(null, $"{row.Shown.Title} {row.Shown.Key}: {problem.Message}", problem.Rule == Problem.ConflictRule ? "configuration.contested" : problem.Rule);
        }
        if (problems.Any)
            return problems;
        brought.Applied(actor.Actor.Ref, db.Now);
        await db.SaveChangesAsync(ct);
        return new Applied(chosen.Count(c => c.Shown.State == ConfigurationPlan.New), chosen.Count(c => c.Shown.State == ConfigurationPlan.Changed));
    }
}

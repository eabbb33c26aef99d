using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Live;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Maintenance;

/// <summary>Makes the desk read-only: at once on this node, within a second on the others. What was sent before that may still be stored.</summary>
internal sealed class BeginMaintenance(AppDb db, CurrentActor actor, IUtilityClock clock, ReferenceCache<KnownMaintenance> known, ILive live) : IUse<BeginMaintenance.Input, Added>
{
    private const int LongestDays = 7;

    /// <param name="UntilOn">Expected end; without a day the next such time of day.</param>
    public sealed record Input(string? Reason, DateOnly? UntilOn = null, TimeOnly? UntilTime = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(MaintenancePermissions.Manage);
        var problems = new Problems();
        var reason = problems.Text(nameof(Input.Reason), "Reason", input.Reason, 200);
        var until = await Until(input, problems, ct);
        if (problems.Any)
            return problems;
        return await db.InTransaction<Outcome<Added>>(async () =>
        {
            await db.HoldName(MaintenanceTime.Kind, 0, ct);
            if (await db.Set<MaintenanceTime>().AsNoTracking().FirstOrDefaultAsync(m => m.EndedAt == null, ct) is { } running)
                return new Problem(null, $"{running.BeganBy.Name} has begun maintenance already: {running.Reason}", "maintenance.running");
            var maintenance = new MaintenanceTime { Id = db.NextId(), Reason = reason, BeganAt = db.Now, BeganBy = db.Actor.Ref, UntilAt = until };
            db.Add(maintenance);
            db.AfterCommit(known.Forget);
            await live.Tell(ShellBars.Topic, null, ct);
            await db.SaveChangesAsync(ct);
            return new Added(maintenance.Id);
        }, ct, o => o.Ok);
    }

    private async Task<DateTime?> Until(Input input, Problems problems, CancellationToken ct)
    {
        if (input.UntilTime is not { } time)
        {
            if (input.UntilOn is not null)
                problems.List.Add(Problem.Required(nameof(Input.UntilTime), "Time"));
            return null;
        }
        var (today, now) = (await clock.Today(ct), clock.Now);
        var until = await clock.ToInstant(input.UntilOn ?? today, time, ct);
        if (until <= now && input.UntilOn is null)
            until = await clock.ToInstant(today.AddDays(1), time, ct);
        if (until <= now)
            problems.Add(nameof(Input.UntilTime), "This time has passed.", "maintenance.until.past");
        else if (until > now.AddDays(LongestDays))
            problems.Add(nameof(Input.UntilOn), $"At most {LongestDays} days from now.", "maintenance.until.far");
        return until;
    }
}

/// <summary>Lets the desk write again. Ending what has ended changes nothing.</summary>
internal sealed class EndMaintenance(AppDb db, CurrentActor actor, ReferenceCache<KnownMaintenance> known, ILive live) : IUse<EndMaintenance.Input, Done>
{
    public sealed record Input;

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(MaintenancePermissions.Manage);
        return await db.InTransaction<Outcome<Done>>(async () =>
        {
            await db.HoldName(MaintenanceTime.Kind, 0, ct);
            if (await db.Set<MaintenanceTime>().FirstOrDefaultAsync(m => m.EndedAt == null, ct) is { } running)
            {
                running.End(db.Now, db.Actor.Ref);
                db.AfterCommit(known.Forget);
                await live.Tell(ShellBars.Topic, null, ct);
                await db.SaveChangesAsync(ct);
            }
            return Done.It;
        }, ct);
    }
}

/// <summary>When the desk was read-only, who made it so and why; newest first.</summary>
internal sealed class ListMaintenance(AppDb db, CurrentActor actor) : IUse<ListMaintenance.Input, Page<MaintenanceLine>>
{
    /// <param name="PageNumber">From 1.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(int? PageNumber = null, int? Size = null);

    public async Task<Outcome<Page<MaintenanceLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(MaintenancePermissions.Manage);
        var page = await db.Set<MaintenanceTime>().AsNoTracking().OrderByDescending(m => m.Id).PageOf(input.PageNumber, input.Size, ct);
        return new Page<MaintenanceLine>([.. page.Items.Select(MaintenanceLine.Of)], page.Next, page.Total);
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Tours;

/// <summary>What every step of a tour has in common: which tours somebody has, and where they stand.</summary>
internal sealed class TourDesk(AppDb db, CurrentActor actor, TourBook book, ISettings settings, IUtilityClock clock, IEnumerable<TourFact> facts)
{
    public static readonly SettingKey<bool> Offered = new("tours.offered", true, "Guided tours are offered, and can be taken");
    public static readonly Problem NotThere = Problem.NotFound("The tour");

    /// <summary>The employee who acts, or their sign-in; null for machines and processes.</summary>
    public long? Me => actor.Actor is { Kind: ActorKind.Employee, Id: not 0 and var id } && actor.UserId is not null ? id : null;

    public ValueTask<bool> AreOffered(CancellationToken ct) => settings.Get(Offered, ct);

    /// <summary>The tours of the roles that one has; none while they are switched off.</summary>
    public async Task<IReadOnlyList<Tour>> Mine(CancellationToken ct)
    {
        if (Me is null || !await AreOffered(ct))
            return [];
        var roles = await db.Set<UserRole>().HeldOn(await clock.Today(ct)).AsNoTracking().Where(r => r.UserId == actor.UserId).Select(r => r.Role).ToListAsync(ct);
        return [.. book.All.Where(t => roles.Contains(t.Role))];
    }

    public Task<List<TourProgress>> Progress(CancellationToken ct) => db.Set<TourProgress>().AsNoTracking().Where(p => p.ActorId == Me).ToListAsync(ct);

    public Task<TourProgress?> ProgressIn(string tour, CancellationToken ct) => db.Set<TourProgress>().SingleOrDefaultAsync(p => p.ActorId == Me && p.Tour == tour, ct);

    /// <summary>What the step asks for was done since the tour was begun; null when it asks for nothing that the database knows.</summary>
    public async Task<bool?> IsDone(TourStep step, TourProgress progress, CancellationToken ct) =>
        FactOf(step) is not { } fact ? null : await fact.IsDone(db, actor.Actor.Ref, progress.StartedAt ?? progress.LastAt, ct);

    public TourFact? FactOf(TourStep step) => step.Done is null ? null : facts.FirstOrDefault(f => f.Name == step.Done) ?? TourFacts.Of(step.Done);
}

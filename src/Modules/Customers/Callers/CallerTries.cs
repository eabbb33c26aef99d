using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;

namespace Tieline.Customers.Callers;

/// <summary>Callers about a customer may try again: what failed before counts no more.</summary>
internal sealed class CallerAgain(long id, long personId, string reason, ActorRef letBy, DateTime at) : IAudited
{
    public long Id { get; private init; } = id;
    public long PersonId { get; private init; } = personId;
    public string Reason { get; private init; } = reason;
    public ActorRef LetBy { get; private init; } = letBy;
    public DateTime At { get; private init; } = at;

    public RecordRef AuditSubject => new("person", PersonId);
}

internal sealed class CallerAgainMap : IEntityTypeConfiguration<CallerAgain>
{
    public void Configure(EntityTypeBuilder<CallerAgain> builder)
    {
        builder.ToTable("caller_again");
        builder.HasIndex(a => new { a.PersonId, a.At }, "ix_caller_again_person");
        builder.HasOne<Person>().WithMany().HasForeignKey(a => a.PersonId);
    }
}

/// <summary>How often callers about a customer failed lately, and whether another try is taken.</summary>
internal sealed class CallerTries(AppDb db, ISettings settings, IUtilityClock clock)
{
    /// <param name="Failed">Those that count.</param>
    /// <param name="AgainAt">From when another is taken; null for now.</param>
    public sealed record Found(int Failed, int Most, DateTime? AgainAt);

    public async Task<Found> Of(long personId, CancellationToken ct)
    {
        var (most, minutes) = (await settings.Get(SightSettings.Tries, ct), await settings.Get(SightSettings.TryMinutes, ct));
        var since = db.Now.AddMinutes(-minutes);
        var failed = await db.Set<CallerTry>().Where(t => t.PersonId == personId && !t.Convinced && t.At > since && !db.Set<CallerAgain>().Any(a => a.PersonId == personId && a.At >= t.At))
            .OrderByDescending(t => t.At).Select(t => t.At).ToListAsync(ct);
        return new Found(failed.Count, most, failed.Count < most ? null : failed[most - 1].AddMinutes(minutes));
    }

    /// <summary>True words for whoever cannot try now.</summary>
    public async Task<string> Words(DateTime againAt, CancellationToken ct) =>
        $"Too many tries have failed. A supervisor has been told, and can let the caller try again; else the next is taken at {await clock.ToLocal(againAt, ct):HH:mm}.";
}

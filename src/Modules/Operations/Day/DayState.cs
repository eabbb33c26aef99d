using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;

namespace Tieline.Operations.Day;

/// <summary>Whether the work of a day on screen is over, so that the night may begin. Nobody is locked out by it.</summary>
internal sealed class DayState(long id, DateOnly dayOn) : IAudited
{
    public const string Kind = "online_day";

    public long Id { get; private init; } = id;
    public DateOnly DayOn { get; private init; } = dayOn;
    public DateTime? ClosedAt { get; private set; }
    public ActorRef? ClosedBy { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new(Kind, Id);

    public void Close(ActorRef by, DateTime at)
    {
        (ClosedBy, ClosedAt) = (by, at);
        Version++;
    }

    public void Open()
    {
        (ClosedBy, ClosedAt) = (null, null);
        Version++;
    }
}

/// <summary>Something that everyone who is signed in is to read.</summary>
internal sealed class DayMessage : IAudited
{
    public const string Kind = "day_message";

    public required long Id { get; init; }
    public required string Text { get; init; }
    public required DateTime SaidAt { get; init; }
    public required ActorRef SaidBy { get; init; }
    /// <summary>Not shown any more from then on.</summary>
    public required DateTime UntilAt { get; init; }
    public DateTime? WithdrawnAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new(Kind, Id);

    public void Withdraw(DateTime at)
    {
        WithdrawnAt = at;
        Version++;
    }
}

internal sealed class DayMap : IEntityTypeConfiguration<DayState>, IEntityTypeConfiguration<DayMessage>
{
    public void Configure(EntityTypeBuilder<DayState> builder)
    {
        builder.ToTable("online_day");
        builder.HasIndex(d => d.DayOn, "ux_online_day").IsUnique();
    }

    public void Configure(EntityTypeBuilder<DayMessage> builder)
    {
        builder.ToTable("day_message");
        builder.HasIndex(m => m.UntilAt, "ix_day_message_until");
    }
}

/// <summary>The message in force, as this node knows it.</summary>
internal sealed record KnownDayMessage(DayMessage? Message)
{
    public static async Task<KnownDayMessage> Read(AppDb db, CancellationToken ct)
    {
        var now = db.Now;
        return new(await db.Set<DayMessage>().AsNoTracking().Where(m => m.WithdrawnAt == null && m.UntilAt > now).OrderByDescending(m => m.Id).FirstOrDefaultAsync(ct));
    }
}

/// <summary>Shows the message above every page; who has read it puts it aside.</summary>
internal sealed class DayBar(ReferenceCache<KnownDayMessage> known, IUtilityClock clock) : IShellBar
{
    public int Order => 20;

    public void Forget() => known.Forget();

    public async Task<ShellBarLine?> Now(CancellationToken ct) => (await known.Get(ct)).Message is not { } message || message.UntilAt <= clock.Now ? null
        : new ShellBarLine($"day:{message.Id}", Tone.Info, "speakerphone", message.Text, $"{message.SaidBy.Name}, {await clock.ToLocal(message.SaidAt, ct):HH:mm}") { PutsAside = true };
}

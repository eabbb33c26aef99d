using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Contacts.Interactions;

internal enum InteractionState { InProgress, Parked, HandedOver, Ended }

/// <summary>
/// One call, counter visit or chat from start to end, with all contacts recorded in it. Whoever holds it works on it, has it parked, or
/// has given it away and waits until it is accepted; each has at most one in progress.
/// </summary>
internal sealed class Interaction : IAudited
{
    public required long Id { get; init; }
    /// <summary>What people read out: <c>I-0012-3456-7</c>.</summary>
    public required string Reference { get; init; }
    public required Channel Channel { get; init; }
    public required ContactDirection Direction { get; init; }
    /// <summary>Who holds it; while it is handed over, who gave it away.</summary>
    public required long EmployeeId { get; set; }
    public required string Employee { get; set; }
    /// <summary>From where they call, or at which counter they stand, as it was typed.</summary>
    public string? NumberOrPlace { get; init; }
    /// <summary>Who is calling; null while nobody is known.</summary>
    public long? PersonId { get; private set; }
    public InteractionState State { get; private set; } = InteractionState.InProgress;
    public required DateTime StartedAt { get; init; }
    /// <summary>When it came into its present state.</summary>
    public required DateTime SinceAt { get; set; }
    /// <summary>Seconds in progress up to <see cref="SinceAt"/>: neither parked nor waiting for whom it was handed to.</summary>
    public int HandledSeconds { get; private set; }
    public DateTime? EndedAt { get; private set; }
    /// <summary>Why it ended without a contact.</summary>
    public string? EndedWithout { get; private set; }
    /// <summary>What the one who parked it or handed it over leaves for whoever goes on.</summary>
    public string? Note { get; private set; }
    /// <summary>It was handed over with recording forms that were not stored yet.</summary>
    public bool HasDrafts { get; private set; }
    public long? HandedToEmployeeId { get; private set; }
    public long? HandedToRoleId { get; private set; }
    public string? HandedTo { get; private set; }
    public string? HandOverComment { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("interaction", Id);

    public bool IsOver => State == InteractionState.Ended;

    /// <summary>Who is calling; null takes back a wrong pick.</summary>
    public void TakeCaller(long? personId)
    {
        PersonId = personId;
        Version++;
    }

    /// <returns>The stretch of work that ends so; null when it was not in progress.</returns>
    public InteractionSpan? Park(string? note, DateTime at, Func<long> nextId)
    {
        Note = note ?? Note;
        return Become(InteractionState.Parked, at, nextId);
    }

    /// <summary>Goes on, in the hands of <paramref name="employeeId"/>.</summary>
    public void Resume(long employeeId, string employee, DateTime at)
    {
        // What was said with it stays in sight of whoever accepts it; taken back, it was for nobody.
        if (State == InteractionState.HandedOver && employeeId == EmployeeId)
            HandOverComment = null;
        (EmployeeId, Employee, State, SinceAt) = (employeeId, employee, InteractionState.InProgress, at);
        (HandedToEmployeeId, HandedToRoleId, HandedTo) = (null, null, null);
        Version++;
    }

    /// <inheritdoc cref="Park"/>
    public InteractionSpan? HandOver(long? toEmployeeId, long? toRoleId, string to, string? comment, string? note, DateTime at, Func<long> nextId)
    {
        (HandedToEmployeeId, HandedToRoleId, HandedTo, HandOverComment) = (toEmployeeId, toRoleId, to, comment);
        Note = note ?? Note;
        return Become(InteractionState.HandedOver, at, nextId);
    }

    /// <inheritdoc cref="Park"/>
    public InteractionSpan? End(string? without, DateTime at, Func<long> nextId)
    {
        (EndedAt, EndedWithout) = (at, without);
        return Become(InteractionState.Ended, at, nextId);
    }

    public void KeepDrafts(bool any) => HasDrafts = any;

    private InteractionSpan? Become(InteractionState state, DateTime at, Func<long> nextId)
    {
        InteractionSpan? span = null;
        if (State == InteractionState.InProgress)
        {
            span = new InteractionSpan { Id = nextId(), InteractionId = Id, EmployeeId = EmployeeId, FromAt = SinceAt, ToAt = at, Seconds = (int)Math.Min(int.MaxValue, Math.Max(0, (at - SinceAt).TotalSeconds)) };
            HandledSeconds += span.Seconds;
        }
        (State, SinceAt) = (state, at);
        Version++;
        return span;
    }
}

/// <summary>A stretch of time in which one employee worked on an interaction. Never changed.</summary>
[NotAudited("append-only; the interaction itself is audited")]
internal sealed class InteractionSpan
{
    public required long Id { get; init; }
    public required long InteractionId { get; init; }
    public required long EmployeeId { get; init; }
    public required DateTime FromAt { get; init; }
    public required DateTime ToAt { get; init; }
    public required int Seconds { get; init; }
}

internal enum InteractionStep { Started, Caller, CallerTakenBack, Parked, Resumed, HandedOver, TakenBack, Accepted, Ended }

/// <summary>Who did what with an interaction, when. Never changed.</summary>
[NotAudited("append-only, with author and time of its own")]
internal sealed class InteractionLog
{
    public required long Id { get; init; }
    public required long InteractionId { get; init; }
    public required DateTime At { get; init; }
    public required ActorRef Author { get; init; }
    public required InteractionStep Step { get; init; }
    public string? Body { get; init; }
}

/// <summary>A recording form as far as it was filled in when the interaction was handed over: whoever accepts it types nothing twice.</summary>
[NotAudited("what is typed and not recorded yet; gone when the interaction ends")]
internal sealed class InteractionDraft
{
    public required long Id { get; init; }
    public required long InteractionId { get; init; }
    public long? PersonId { get; init; }
    /// <summary>Of the form of an emergency, which has no person: its contact type.</summary>
    public long? EmergencyTypeId { get; init; }
    /// <summary>JSON: pairs of field and text.</summary>
    public required string Fields { get; init; }
}

internal sealed class InteractionMap : IEntityTypeConfiguration<Interaction>, IEntityTypeConfiguration<InteractionSpan>, IEntityTypeConfiguration<InteractionLog>, IEntityTypeConfiguration<InteractionDraft>
{
    public void Configure(EntityTypeBuilder<Interaction> builder)
    {
        builder.ToTable("interaction");
        builder.HasIndex(i => i.Reference, "ux_interaction_reference").IsUnique();
        builder.HasIndex(i => i.EmployeeId, "ux_interaction_in_progress").IsUnique().HasFilter("state = 'InProgress'");
        builder.HasIndex(i => new { i.EmployeeId, i.Id }, "ix_interaction_running");
        builder.HasIndex(i => i.Id, "ix_interaction_handed_over");
        builder.HasIndex(i => new { i.StartedAt, i.Id }, "ix_interaction_started");
        builder.HasIndex(i => new { i.EmployeeId, i.StartedAt, i.Id }, "ix_interaction_employee");
        builder.HasIndex(i => new { i.PersonId, i.StartedAt, i.Id }, "ix_interaction_person");
    }

    public void Configure(EntityTypeBuilder<InteractionSpan> builder)
    {
        builder.ToTable("interaction_span");
        builder.HasOne<Interaction>().WithMany().HasForeignKey(s => s.InteractionId);
        builder.HasIndex(s => new { s.InteractionId, s.Id }, "ix_interaction_span");
    }

    public void Configure(EntityTypeBuilder<InteractionLog> builder)
    {
        builder.ToTable("interaction_log");
        builder.HasOne<Interaction>().WithMany().HasForeignKey(l => l.InteractionId);
        builder.HasIndex(l => new { l.InteractionId, l.Id }, "ix_interaction_log");
    }

    public void Configure(EntityTypeBuilder<InteractionDraft> builder)
    {
        builder.ToTable("interaction_draft");
        builder.HasOne<Interaction>().WithMany().HasForeignKey(d => d.InteractionId);
        builder.HasOne<ContactType>().WithMany().HasForeignKey(d => d.EmergencyTypeId);
        builder.HasIndex(d => new { d.InteractionId, d.Id }, "ix_interaction_draft");
    }
}

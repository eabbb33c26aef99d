using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Contacts.Records;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;

namespace Tieline.Contacts.Reminders;

/// <summary><c>Waiting</c> for its day; <c>Due</c>: its To Do stands before someone; <c>Resolved</c> by someone; <c>Withdrawn</c>.</summary>
internal enum ReminderState { Waiting, Due, Resolved, Withdrawn }

/// <summary>A promise: someone will do something by a day, or within hours of a day.</summary>
internal sealed class Reminder : IAudited
{
    public required long Id { get; init; }
    public required long ContactId { get; init; }
    /// <summary>The log entry that carries it.</summary>
    public required long LogId { get; init; }
    public long? EmployeeId { get; init; }
    public long? RoleId { get; init; }
    /// <summary>Name of the person or role, as it was when the promise was made.</summary>
    public required string AddressedTo { get; init; }
    public required DateOnly TriggerOn { get; set; }
    public TimeOnly? FromTime { get; set; }
    public TimeOnly? ToTime { get; set; }
    /// <summary>The number to call, as promised.</summary>
    public string? Phone { get; init; }
    public required string Body { get; set; }
    public ReminderState State { get; private set; } = ReminderState.Waiting;
    public ActorRef? ResolvedBy { get; private set; }
    public DateTime? ResolvedAt { get; private set; }
    public string? Resolution { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("contact", ContactId);

    /// <summary>The cause of its To Do.</summary>
    public RecordRef Ref => new("reminder", Id);

    public bool IsOver => State is ReminderState.Resolved or ReminderState.Withdrawn;

    public bool FallDue()
    {
        if (State != ReminderState.Waiting)
            return false;
        State = ReminderState.Due;
        Version++;
        return true;
    }

    public bool Resolve(ActorRef by, DateTime at, string resolution)
    {
        if (IsOver)
            return false;
        (State, ResolvedBy, ResolvedAt, Resolution) = (ReminderState.Resolved, by, at, resolution);
        Version++;
        return true;
    }

    /// <summary>It was not kept after all; its To Do stands again. What was taken back stays so.</summary>
    public bool StandAgain()
    {
        if (State != ReminderState.Resolved)
            return false;
        (State, ResolvedBy, ResolvedAt, Resolution) = (ReminderState.Due, null, null, null);
        Version++;
        return true;
    }

    public bool Withdraw(ActorRef by, DateTime at, string reason)
    {
        if (IsOver)
            return false;
        (State, ResolvedBy, ResolvedAt, Resolution) = (ReminderState.Withdrawn, by, at, reason);
        Version++;
        return true;
    }

    /// <summary>Leaves the version: the timer that is set for it stays good.</summary>
    public void Reword(string body) => Body = body;

    public bool MoveTo(DateOnly on, TimeOnly? from, TimeOnly? to)
    {
        if (IsOver)
            return false;
        (TriggerOn, FromTime, ToTime) = (on, from, to);
        Version++;
        return true;
    }
}

internal sealed class ReminderMap : IEntityTypeConfiguration<Reminder>
{
    public void Configure(EntityTypeBuilder<Reminder> builder)
    {
        builder.ToTable("reminder");
        builder.Ignore(r => r.Ref);
        builder.Ignore(r => r.IsOver);
        builder.HasOne<Contact>().WithMany().HasForeignKey(r => r.ContactId);
        builder.HasIndex(r => new { r.ContactId, r.Id }, "ix_reminder_contact");
        builder.HasIndex(r => r.Id, "ix_reminder_waiting");
        builder.HasIndex(r => new { r.TriggerOn, r.Id }, "ix_reminder_trigger");
        builder.HasIndex(r => new { r.TriggerOn, r.Id }, "ix_reminder_open");
        builder.HasIndex(r => new { r.EmployeeId, r.TriggerOn, r.Id }, "ix_reminder_employee");
        builder.HasIndex(r => new { r.RoleId, r.TriggerOn, r.Id }, "ix_reminder_role");
    }
}

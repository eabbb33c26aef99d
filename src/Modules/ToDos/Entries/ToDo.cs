using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.ToDos.Entries;

internal enum ToDoState { Open, BeingWorkedOn, OnHold, Complete }

/// <summary>
/// Work for a person or a role: open, being worked on by one person, on hold until a day, complete. At most one exists for a cause, so
/// that whoever creates it, however often, it stands there once.
/// </summary>
internal sealed class ToDo : IAudited
{
    /// <summary>1 rings: nothing comes there by growing old.</summary>
    public const int MostUrgentByAge = 2;

    public required long Id { get; init; }
    public required string TypeCode { get; init; }
    public ToDoState State { get; private set; } = ToDoState.Open;
    /// <summary>1 (now) to 9 (whenever).</summary>
    public required int Priority { get; set; }
    /// <summary>With which it was made, before its age counted.</summary>
    public required int BasePriority { get; init; }
    /// <summary>Somebody has set the priority: its age does not count any more.</summary>
    public bool PriorityByHand { get; private set; }
    public DateTime? EscalatedAt { get; private set; }
    /// <summary>By which a list of its type can be sorted; null where the type has no sort keys.</summary>
    public string? SortKey { get; init; }
    /// <summary>The rule that had the last word when it was made.</summary>
    public long? RuleVersionId { get; init; }
    public required string Subject { get; set; }
    public long? EmployeeId { get; set; }
    public long? RoleId { get; set; }
    /// <summary>Name of the person or role, as it was when it was addressed.</summary>
    public required string AddressedTo { get; set; }
    public long? WorkedById { get; private set; }
    public string? WorkedBy { get; private set; }
    /// <summary>On this day it is again what it was: being worked on by the same person, or open.</summary>
    public DateOnly? HoldUntil { get; private set; }
    public required DateOnly DueOn { get; set; }
    /// <summary>Start and end of the promised hours; null for a promise of a day.</summary>
    public DateTime? DueAt { get; set; }
    public DateTime? UntilAt { get; set; }
    public long? PersonId { get; set; }
    public long? AccountId { get; set; }
    public long? PremiseId { get; set; }
    public long? ContactId { get; init; }
    public RecordRef? Cause { get; init; }
    public required ActorRef CreatedBy { get; init; }
    public required DateTime CreatedAt { get; init; }
    public ActorRef? CompletedBy { get; private set; }
    public DateTime? CompletedAt { get; private set; }
    public string? Resolution { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("to_do", Id);

    /// <returns>False when it is complete or someone else has it.</returns>
    public bool Start(long employeeId, string name)
    {
        if (State == ToDoState.Complete || (WorkedById is { } other && other != employeeId))
            return false;
        (State, WorkedById, WorkedBy, HoldUntil) = (ToDoState.BeingWorkedOn, employeeId, name, null);
        Version++;
        return true;
    }

    /// <summary>Puts it back for whoever it was addressed to; what is on hold stays so.</summary>
    public bool PutBack()
    {
        if (State == ToDoState.Complete || WorkedById is null)
            return false;
        (State, WorkedById, WorkedBy) = (State == ToDoState.OnHold ? ToDoState.OnHold : ToDoState.Open, null, null);
        Version++;
        return true;
    }

    /// <summary>It waits for somebody else; who works on it keeps it.</summary>
    public bool Hold(DateOnly until)
    {
        if (State == ToDoState.Complete)
            return false;
        (State, HoldUntil) = (ToDoState.OnHold, until);
        Version++;
        return true;
    }

    /// <summary>Its day has come.</summary>
    public bool TakeUp()
    {
        if (State != ToDoState.OnHold)
            return false;
        (State, HoldUntil) = (WorkedById is null ? ToDoState.Open : ToDoState.BeingWorkedOn, null);
        Version++;
        return true;
    }

    /// <summary>It was completed by mistake: open again for whoever it was addressed to, and escalated anew when it waits again.</summary>
    public bool Reopen()
    {
        if (State != ToDoState.Complete)
            return false;
        (State, WorkedById, WorkedBy, CompletedBy, CompletedAt, Resolution, EscalatedAt) = (ToDoState.Open, null, null, null, null, null, null);
        Version++;
        return true;
    }

    /// <summary>Gives it to a person or a role; it is open again.</summary>
    public bool Forward(long? employeeId, long? roleId, string addressedTo)
    {
        if (State == ToDoState.Complete)
            return false;
        (State, WorkedById, WorkedBy, HoldUntil) = (ToDoState.Open, null, null, null);
        (EmployeeId, RoleId, AddressedTo) = (employeeId, roleId, addressedTo);
        Version++;
        return true;
    }

    public bool Complete(ActorRef by, DateTime at, string? resolution)
    {
        if (State == ToDoState.Complete)
            return false;
        (State, HoldUntil, CompletedBy, CompletedAt, Resolution) = (ToDoState.Complete, null, by, at, resolution);
        Version++;
        return true;
    }

    /// <param name="priority">1 (now) to 9 (whenever).</param>
    /// <param name="byHand">It stays so however old the work grows; else its age goes on from here.</param>
    public bool Prioritise(int priority, bool byHand)
    {
        if (State == ToDoState.Complete)
            return false;
        (Priority, PriorityByHand) = (priority, byHand);
        Version++;
        return true;
    }

    /// <summary>The priority that its age gives it: one step for each so many days, never as urgent as what must be done now.</summary>
    public int PriorityAtAge(int days, int everyDays) => BasePriority <= MostUrgentByAge ? BasePriority : Math.Max(MostUrgentByAge, BasePriority - (days / everyDays));

    /// <summary>It has waited too long, and somebody is told; once.</summary>
    public bool Escalate(DateTime at)
    {
        if (State == ToDoState.Complete || EscalatedAt is not null)
            return false;
        EscalatedAt = at;
        Version++;
        return true;
    }

    public void Reschedule(DateOnly dueOn, DateTime? dueAt, DateTime? untilAt)
    {
        (DueOn, DueAt, UntilAt) = (dueOn, dueAt, untilAt);
        Version++;
    }

    public void Reword(string subject)
    {
        Subject = subject;
        Version++;
    }

    public void BelongTo(long? personId, long? accountId, long? premiseId)
    {
        (PersonId, AccountId, PremiseId) = (personId, accountId, premiseId);
        Version++;
    }
}

/// <summary>What happened to a To Do, in order; never changed.</summary>
[NotAudited("append-only, with author and time of its own")]
internal sealed class ToDoLog
{
    public required long Id { get; init; }
    public required long ToDoId { get; init; }
    public required DateTime At { get; init; }
    public required ActorRef Author { get; init; }
    public required string Action { get; init; }
    public string? Body { get; init; }

    /// <summary>What whoever acts now does, to be added.</summary>
    public static ToDoLog Of(AppDb db, long toDoId, string action, string? body) =>
        new() { Id = db.NextId(), ToDoId = toDoId, At = db.Now, Author = db.Actor.Ref, Action = action, Body = body };
}

internal sealed class ToDoMap : IEntityTypeConfiguration<ToDo>, IEntityTypeConfiguration<ToDoLog>
{
    public void Configure(EntityTypeBuilder<ToDo> builder)
    {
        builder.ToTable("to_do");
        builder.HasIndex(t => t.Cause, "ux_to_do_cause").IsUnique();
        builder.HasIndex(t => new { t.EmployeeId, t.DueOn, t.Id }, "ix_to_do_employee");
        builder.HasIndex(t => new { t.RoleId, t.DueOn, t.Id }, "ix_to_do_role");
        builder.HasIndex(t => new { t.WorkedById, t.DueOn, t.Id }, "ix_to_do_worked");
        builder.HasIndex(t => new { t.RoleId, t.Priority, t.DueOn, t.Id }, "ix_to_do_role_priority");
        builder.HasIndex(t => new { t.EmployeeId, t.RoleId, t.Priority, t.DueOn, t.Id, t.TypeCode }, "ix_to_do_next");
        builder.HasIndex(t => new { t.DueOn, t.Id }, "ix_to_do_due");
        builder.HasIndex(t => new { t.Priority, t.DueOn, t.Id }, "ix_to_do_priority");
        builder.HasIndex(t => new { t.RoleId, t.CreatedAt, t.Id }, "ix_to_do_role_age");
        builder.HasIndex(t => new { t.CreatedAt, t.Id }, "ix_to_do_age");
        builder.HasIndex(t => new { t.EmployeeId, t.CompletedAt, t.Id }, "ix_to_do_employee_done");
        builder.HasIndex(t => new { t.RoleId, t.CompletedAt, t.Id }, "ix_to_do_role_done");
        builder.HasIndex(t => new { t.WorkedById, t.CompletedAt, t.Id }, "ix_to_do_worked_done");
        builder.HasIndex(t => new { t.CompletedAt, t.Id }, "ix_to_do_done");
        builder.HasIndex(t => new { t.PersonId, t.Id }, "ix_to_do_person");
        builder.HasIndex(t => t.ContactId, "ix_to_do_contact");
        builder.HasIndex(t => new { t.TypeCode, t.SortKey, t.Id }, "ix_to_do_sort_key");
        builder.HasIndex(t => new { t.AccountId, t.Id }, "ix_to_do_account");
        builder.HasIndex(t => new { t.PremiseId, t.Id }, "ix_to_do_premise");
    }

    public void Configure(EntityTypeBuilder<ToDoLog> builder)
    {
        builder.ToTable("to_do_log");
        builder.HasOne<ToDo>().WithMany().HasForeignKey(l => l.ToDoId);
        builder.HasIndex(l => new { l.ToDoId, l.Id }, "ix_to_do_log_to_do");
    }
}

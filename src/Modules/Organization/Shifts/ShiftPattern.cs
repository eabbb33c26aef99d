using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Organization.Calendars;
using Tieline.Organization.Employees;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Organization.Shifts;

/// <summary>From when to when those who follow it work on each day of the week.</summary>
/// <param name="calendarId">On its closed days nobody works, unless the pattern <paramref name="worksClosed"/>.</param>
/// <param name="week">As <see cref="ShiftWeek"/> writes it.</param>
internal sealed class ShiftPattern(long id, string code, string name, long calendarId, bool worksClosed, string week) : IAudited
{
    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    public long CalendarId { get; private set; } = calendarId;
    public bool WorksClosed { get; private set; } = worksClosed;
    /// <summary>Seven parts from Monday to Sunday, <c>-</c> for no shift: <c>08:00-17:00 08:00-17:00 - 22:00-06:00 - - -</c>.</summary>
    public string Week { get; private set; } = week;
    public bool Active { get; private set; } = true;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("shift_pattern", Id);

    public void Change(ShiftPatternDetails to, bool active)
    {
        (Name, CalendarId, WorksClosed, Week, Active) = (to.Name, to.CalendarId, to.WorksClosed, to.Week, active);
        Version++;
    }
}

/// <summary>The pattern that an employee follows from a day on, until the next one.</summary>
/// <param name="patternId">Null: from this day on none.</param>
internal sealed class ShiftAssignment(long id, long employeeId, long? patternId, DateOnly fromOn) : IAudited
{
    public long Id { get; private init; } = id;
    public long EmployeeId { get; private init; } = employeeId;
    public long? PatternId { get; private set; } = patternId;
    public DateOnly FromOn { get; private init; } = fromOn;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("employee", EmployeeId);

    public void Change(long? patternId) => (PatternId, Version) = (patternId, Version + 1);

    /// <summary>What each employee follows on a day.</summary>
    public static IQueryable<ShiftAssignment> On(AppDb db, DateOnly day) => NotFollowedByAnother(db, day).Where(a => a.FromOn <= day);

    /// <summary>What each employee follows on a day, and what they will follow later.</summary>
    public static IQueryable<ShiftAssignment> NotFollowedByAnother(AppDb db, DateOnly day) =>
        db.Set<ShiftAssignment>().Where(a => !db.Set<ShiftAssignment>().Any(b => b.EmployeeId == a.EmployeeId && b.FromOn <= day && b.FromOn > a.FromOn));
}

/// <summary>A day on which somebody works at other times than their pattern says, or not at all.</summary>
/// <param name="fromAt">Null: they have no shift on this day.</param>
internal sealed class ShiftException(long id, long employeeId, DateOnly fallsOn, TimeOnly? fromAt, TimeOnly? toAt, string reason) : IAudited
{
    public long Id { get; private init; } = id;
    public long EmployeeId { get; private init; } = employeeId;
    public DateOnly FallsOn { get; private init; } = fallsOn;
    public TimeOnly? FromAt { get; private init; } = fromAt;
    public TimeOnly? ToAt { get; private init; } = toAt;
    public string Reason { get; private init; } = reason;
    public DateTime? CancelledAt { get; private set; }
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("employee", EmployeeId);

    public void Cancel(DateTime at) => (CancelledAt, Version) = (at, Version + 1);
}

internal sealed class ShiftMap : IEntityTypeConfiguration<ShiftPattern>, IEntityTypeConfiguration<ShiftAssignment>, IEntityTypeConfiguration<ShiftException>
{
    public void Configure(EntityTypeBuilder<ShiftPattern> builder)
    {
        builder.ToTable("shift_pattern");
        builder.HasIndex(p => p.Code, "ux_shift_pattern_code").IsUnique();
        builder.HasOne<BusinessCalendar>().WithMany().HasForeignKey(p => p.CalendarId);
        builder.HasIndex(p => p.CalendarId, "ix_shift_pattern_calendar");
    }

    public void Configure(EntityTypeBuilder<ShiftAssignment> builder)
    {
        builder.ToTable("shift_assignment");
        builder.HasOne<Employee>().WithMany().HasForeignKey(a => a.EmployeeId);
        builder.HasOne<ShiftPattern>().WithMany().HasForeignKey(a => a.PatternId);
        builder.HasIndex(a => new { a.EmployeeId, a.FromOn }, "ux_shift_assignment_day").IsUnique();
        builder.HasIndex(a => a.PatternId, "ix_shift_assignment_pattern");
    }

    public void Configure(EntityTypeBuilder<ShiftException> builder)
    {
        builder.ToTable("shift_exception");
        builder.HasOne<Employee>().WithMany().HasForeignKey(e => e.EmployeeId);
        builder.HasIndex(e => new { e.EmployeeId, e.FallsOn }, "ux_shift_exception_day").IsUnique();
    }
}

/// <summary>A pattern as it is listed.</summary>
internal sealed record ShiftPatternRow
{
    public long Id { get; init; }
    public string Code { get; init; } = "";
    public string Name { get; init; } = "";
    public long CalendarId { get; init; }
    public string Calendar { get; init; } = "";
    public bool WorksClosed { get; init; }
    /// <summary>From Monday to Sunday; without times where there is no shift.</summary>
    public IReadOnlyList<ShiftDay> Days => ShiftWeek.Read(Week);
    /// <summary>Who follows it on the day that was asked for.</summary>
    public int People { get; init; }
    public bool Active { get; init; }
    public int Version { get; init; }
    internal string Week { get; init; } = "";

    public static IQueryable<ShiftPatternRow> Of(AppDb db, DateOnly today)
    {
        var followers = from a in ShiftAssignment.On(db, today)
                        join e in db.Set<Employee>() on a.EmployeeId equals e.Id
                        where e.LeftOn == null
                        select a;
        return from p in db.Set<ShiftPattern>()
               join c in db.Set<BusinessCalendar>() on p.CalendarId equals c.Id
               select new ShiftPatternRow
               {
                   Id = p.Id, Code = p.Code, Name = p.Name, CalendarId = p.CalendarId, Calendar = c.Name, WorksClosed = p.WorksClosed, Week = p.Week, Active = p.Active, Version = p.Version,
                   People = followers.Count(a => a.PatternId == p.Id),
               };
    }
}

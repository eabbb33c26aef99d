using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Organization.Calendars;
using Tieline.Organization.Employees;
using Tieline.Platform;
using Tieline.Platform.Data;

namespace Tieline.Organization.ToDoRoles;

/// <summary>A pool of people to whom work is given, e.g. "Billing errors".</summary>
internal sealed class ToDoRole(long id, string code, string name, string description, DateOnly? fromOn = null, DateOnly? toOn = null, long? calendarId = null) : IAudited
{
    /// <summary>The role that every installation has: who follows up when nobody is named.</summary>
    public const string FollowUp = "CSR-FOLLOWUP";

    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    public string Description { get; private set; } = description;
    public bool Active { get; private set; } = true;
    /// <summary>Work is given to it from this day on; null for ever since.</summary>
    public DateOnly? FromOn { get; private set; } = fromOn;
    /// <summary>The last day; null for no end.</summary>
    public DateOnly? ToOn { get; private set; } = toOn;
    /// <summary>The days on which its people work; null for those of the whole utility.</summary>
    public long? CalendarId { get; private set; } = calendarId;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("to_do_role", Id);

    public void Change(string name, string description, bool active, DateOnly? fromOn, DateOnly? toOn, long? calendarId)
    {
        (Name, Description, Active, FromOn, ToOn, CalendarId) = (name, description, active, fromOn, toOn, calendarId);
        Version++;
    }
}

/// <summary>Somebody who gets the work of a role, on the days that were said.</summary>
internal sealed class ToDoRoleMember(long toDoRoleId, long employeeId, DateOnly? fromOn = null, DateOnly? toOn = null) : IAudited
{
    public long ToDoRoleId { get; private init; } = toDoRoleId;
    public long EmployeeId { get; private init; } = employeeId;
    /// <summary>From this day on; null for ever since.</summary>
    public DateOnly? FromOn { get; private set; } = fromOn;
    /// <summary>The last day; null for no end.</summary>
    public DateOnly? ToOn { get; private set; } = toOn;

    public RecordRef AuditSubject => new("to_do_role", ToDoRoleId);

    public void Change(DateOnly? fromOn, DateOnly? toOn) => (FromOn, ToOn) = (fromOn, toOn);

    /// <summary>Those who belong to their roles on a day.</summary>
    public static IQueryable<ToDoRoleMember> On(AppDb db, DateOnly day) =>
        db.Set<ToDoRoleMember>().Where(m => (m.FromOn == null || m.FromOn <= day) && (m.ToOn == null || m.ToOn >= day));
}

internal sealed class ToDoRoleMap : IEntityTypeConfiguration<ToDoRole>, IEntityTypeConfiguration<ToDoRoleMember>
{
    public void Configure(EntityTypeBuilder<ToDoRole> builder)
    {
        builder.ToTable("to_do_role");
        builder.HasIndex(r => r.Code, "ux_to_do_role_code").IsUnique();
        builder.HasOne<BusinessCalendar>().WithMany().HasForeignKey(r => r.CalendarId);
        builder.HasIndex(r => r.CalendarId, "ix_to_do_role_calendar");
    }

    public void Configure(EntityTypeBuilder<ToDoRoleMember> builder)
    {
        builder.ToTable("to_do_role_member");
        builder.HasKey(m => new { m.ToDoRoleId, m.EmployeeId });
        builder.HasOne<ToDoRole>().WithMany().HasForeignKey(m => m.ToDoRoleId);
        builder.HasOne<Employee>().WithMany().HasForeignKey(m => m.EmployeeId);
        builder.HasIndex(m => m.EmployeeId, "ix_to_do_role_member_employee");
    }
}

/// <summary>A role as it is listed.</summary>
internal sealed record ToDoRoleRow
{
    public long Id { get; init; }
    public string Code { get; init; } = "";
    public string Name { get; init; } = "";
    public string Description { get; init; } = "";
    public int Members { get; init; }
    public bool Active { get; init; }
    public DateOnly? FromOn { get; init; }
    public DateOnly? ToOn { get; init; }
    public long? CalendarId { get; init; }
    /// <summary>Name of the calendar; null for that of the whole utility.</summary>
    public string? Calendar { get; init; }
    public int Version { get; init; }

    /// <summary>Those that work by a calendar; by that of the whole utility works whatever has no other.</summary>
    public static IQueryable<ToDoRoleRow> By(AppDb db, long calendar, IQueryable<ToDoRoleRow> rows) =>
        rows.Where(r => r.CalendarId == calendar || (r.CalendarId == null && db.Set<BusinessCalendar>().Any(c => c.Id == calendar && c.Code == BusinessCalendar.DefaultCode)));

    public static IQueryable<ToDoRoleRow> Of(AppDb db) =>
        from r in db.Set<ToDoRole>()
        select new ToDoRoleRow
        {
            Id = r.Id, Code = r.Code, Name = r.Name, Description = r.Description, Active = r.Active, FromOn = r.FromOn, ToOn = r.ToOn, Version = r.Version,
            CalendarId = r.CalendarId, Calendar = db.Set<BusinessCalendar>().Where(c => c.Id == r.CalendarId).Select(c => c.Name).FirstOrDefault(),
            Members = db.Set<ToDoRoleMember>().Count(m => m.ToDoRoleId == r.Id),
        };
}

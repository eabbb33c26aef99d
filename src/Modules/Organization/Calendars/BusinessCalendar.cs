using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;
using Tieline.Platform.Audit;

namespace Tieline.Organization.Calendars;

/// <summary>When a part of the utility is open. The calendar <see cref="DefaultCode"/> stands for the whole.</summary>
internal sealed class BusinessCalendar(long id, string code, string name, string workDays, TimeOnly opensAt, TimeOnly closesAt) : IAudited
{
    public const string DefaultCode = "OFFICE";

    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    /// <summary>Seven characters from Monday to Sunday, <c>1</c> for open: <c>1111100</c>.</summary>
    public string WorkDays { get; private set; } = workDays;
    public TimeOnly OpensAt { get; private set; } = opensAt;
    public TimeOnly ClosesAt { get; private set; } = closesAt;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("business_calendar", Id);

    public bool WorksOn(DayOfWeek day) => WorkDays[((int)day + 6) % 7] == '1';

    public void Change(string name, string workDays, TimeOnly opensAt, TimeOnly closesAt)
    {
        (Name, WorkDays, OpensAt, ClosesAt) = (name, workDays, opensAt, closesAt);
        Version++;
    }
}

internal sealed class Holiday(long id, long calendarId, DateOnly fallsOn, string name) : IAudited
{
    public long Id { get; private init; } = id;
    public long CalendarId { get; private init; } = calendarId;
    public DateOnly FallsOn { get; private set; } = fallsOn;
    public string Name { get; private set; } = name;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("business_calendar", CalendarId);
}

internal sealed class CalendarMap : IEntityTypeConfiguration<BusinessCalendar>, IEntityTypeConfiguration<Holiday>
{
    public void Configure(EntityTypeBuilder<BusinessCalendar> builder)
    {
        builder.ToTable("business_calendar");
        builder.HasIndex(c => c.Code, "ux_business_calendar_code").IsUnique();
    }

    public void Configure(EntityTypeBuilder<Holiday> builder)
    {
        builder.ToTable("holiday");
        builder.HasOne<BusinessCalendar>().WithMany().HasForeignKey(h => h.CalendarId);
        builder.HasIndex(h => new { h.CalendarId, h.FallsOn }, "ux_holiday_day").IsUnique();
    }
}

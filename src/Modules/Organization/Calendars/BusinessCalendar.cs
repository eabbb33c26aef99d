using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tieline.Platform;

namespace Tieline.Organization.Calendars;

/// <summary>When a part of the utility is open. The calendar <see cref="DefaultCode"/> stands for the whole.</summary>
internal sealed class BusinessCalendar(long id, string code, string name, string workDays, TimeOnly opensAt, TimeOnly closesAt, DateOnly? fromOn = null, DateOnly? toOn = null) : IAudited
{
    public const string DefaultCode = "OFFICE";

    public long Id { get; private init; } = id;
    public string Code { get; private init; } = code;
    public string Name { get; private set; } = name;
    /// <summary>Seven characters from Monday to Sunday, <c>1</c> for open: <c>1111100</c>.</summary>
    public string WorkDays { get; private set; } = workDays;
    public TimeOnly OpensAt { get; private set; } = opensAt;
    public TimeOnly ClosesAt { get; private set; } = closesAt;
    /// <summary>It holds from this day on; null for ever since. That of the whole utility has no days: it holds where no other does.</summary>
    public DateOnly? FromOn { get; private set; } = fromOn;
    /// <summary>The last day; null for no end.</summary>
    public DateOnly? ToOn { get; private set; } = toOn;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("business_calendar", Id);

    public bool IsInForce(DateOnly on) => !(FromOn > on) && !(ToOn < on);

    public bool WorksOn(DayOfWeek day) => WorkDays[((int)day + 6) % 7] == '1';

    /// <summary>From Monday to Sunday.</summary>
    public IReadOnlyList<DayOfWeek> OpenDays => [.. Week.Where(WorksOn)];

    public void Change(CalendarDetails to)
    {
        (Name, WorkDays, OpensAt, ClosesAt, FromOn, ToOn) = (to.Name, to.WorkDays, to.OpensAt, to.ClosesAt, to.FromOn, to.ToOn);
        Version++;
    }

    public static readonly IReadOnlyList<DayOfWeek> Week =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    public static string Pattern(IReadOnlyCollection<DayOfWeek> open) => string.Concat(Week.Select(d => open.Contains(d) ? '1' : '0'));
}

/// <summary>A day on which a calendar is closed though it is a work day.</summary>
internal sealed class Holiday(long id, long calendarId, DateOnly fallsOn, string name) : IAudited
{
    public long Id { get; private init; } = id;
    public long CalendarId { get; private init; } = calendarId;
    public DateOnly FallsOn { get; private init; } = fallsOn;
    public string Name { get; private init; } = name;
    public int Version { get; private set; }

    public RecordRef AuditSubject => new("business_calendar", CalendarId);
}

internal sealed class CalendarMap : IEntityTypeConfiguration<BusinessCalendar>, IEntityTypeConfiguration<Holiday>
{
    public void Configure(EntityTypeBuilder<BusinessCalendar> builder)
    {
        builder.ToTable("business_calendar");
        builder.HasIndex(c => c.Code, "ux_business_calendar_code").IsUnique();
        builder.Ignore(c => c.OpenDays);
    }

    public void Configure(EntityTypeBuilder<Holiday> builder)
    {
        builder.ToTable("holiday");
        builder.HasOne<BusinessCalendar>().WithMany().HasForeignKey(h => h.CalendarId);
        builder.HasIndex(h => new { h.CalendarId, h.FallsOn }, "ux_holiday_day").IsUnique();
    }
}

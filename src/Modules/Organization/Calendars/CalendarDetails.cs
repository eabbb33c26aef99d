using Tieline.Platform.Uses;

namespace Tieline.Organization.Calendars;

/// <summary>What is typed about a calendar, when adding and when changing one.</summary>
internal interface ICalendarTyped
{
    string? Name { get; }
    IReadOnlyList<DayOfWeek>? WorkDays { get; }
    TimeOnly? OpensAt { get; }
    TimeOnly? ClosesAt { get; }
    DateOnly? FromOn { get; }
    DateOnly? ToOn { get; }
}

/// <summary>Name, work days, hours and days on which it holds, checked.</summary>
/// <param name="WorkDays">Seven characters from Monday to Sunday.</param>
internal sealed record CalendarDetails(string Name, string WorkDays, TimeOnly OpensAt, TimeOnly ClosesAt, DateOnly? FromOn, DateOnly? ToOn)
{
    public static CalendarDetails Check(ICalendarTyped typed, Problems problems)
    {
        var name = problems.Text(nameof(typed.Name), "Name", typed.Name, 100);
        if (typed.WorkDays is not { Count: > 0 })
            problems.Add(nameof(typed.WorkDays), "Choose at least one work day.", "calendar.work_days");
        else if (typed.WorkDays.Any(d => !Enum.IsDefined(d)))
            problems.Add(nameof(typed.WorkDays), "There is no such day of the week.", "calendar.work_days");
        if (typed.OpensAt is null)
            problems.List.Add(Problem.Required(nameof(typed.OpensAt), "Opens at"));
        if (typed.ClosesAt is null)
            problems.List.Add(Problem.Required(nameof(typed.ClosesAt), "Closes at"));
        if (typed.ClosesAt <= typed.OpensAt)
            problems.Add(nameof(typed.ClosesAt), "It closes before it opens.", "calendar.hours.order");
        problems.InOrder(nameof(typed.ToOn), typed.FromOn, typed.ToOn);
        return new CalendarDetails(name, BusinessCalendar.Pattern(typed.WorkDays ?? []), typed.OpensAt ?? default, typed.ClosesAt ?? default, typed.FromOn, typed.ToOn);
    }
}

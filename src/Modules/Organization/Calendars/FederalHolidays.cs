namespace Tieline.Organization.Calendars;

/// <summary>The legal public holidays of the United States (5 U.S.C. 6103), on the days on which offices observe them.</summary>
internal static class FederalHolidays
{
    /// <summary>Those whose observed day falls into <paramref name="year"/>, by day. One that falls on a Saturday is observed on the Friday before, one on a Sunday on the Monday after.</summary>
    public static IReadOnlyList<(DateOnly On, string Name)> Of(int year) =>
        [.. Fixed(year).Concat(Fixed(year + 1)).Select(Observed).Concat(Moving(year)).Where(h => h.On.Year == year).OrderBy(h => h.On)];

    private static IEnumerable<(DateOnly On, string Name)> Fixed(int year) =>
    [
        (new(year, 1, 1), "New Year's Day"),
        (new(year, 6, 19), "Juneteenth"),
        (new(year, 7, 4), "Independence Day"),
        (new(year, 11, 11), "Veterans Day"),
        (new(year, 12, 25), "Christmas Day"),
    ];

    private static IEnumerable<(DateOnly On, string Name)> Moving(int year) =>
    [
        (Nth(year, 1, DayOfWeek.Monday, 3), "Martin Luther King Jr. Day"),
        (Nth(year, 2, DayOfWeek.Monday, 3), "Washington's Birthday"),
        (Nth(year, 6, DayOfWeek.Monday, 1).AddDays(-7), "Memorial Day"),
        (Nth(year, 9, DayOfWeek.Monday, 1), "Labor Day"),
        (Nth(year, 10, DayOfWeek.Monday, 2), "Columbus Day"),
        (Nth(year, 11, DayOfWeek.Thursday, 4), "Thanksgiving Day"),
    ];

    private static (DateOnly On, string Name) Observed((DateOnly On, string Name) holiday) => holiday.On.DayOfWeek switch
    {
        DayOfWeek.Saturday => (holiday.On.AddDays(-1), $"{holiday.Name} (observed)"),
        DayOfWeek.Sunday => (holiday.On.AddDays(1), $"{holiday.Name} (observed)"),
        _ => holiday,
    };

    private static DateOnly Nth(int year, int month, DayOfWeek day, int nth)
    {
        var first = new DateOnly(year, month, 1);
        return first.AddDays((((int)day - (int)first.DayOfWeek + 7) % 7) + ((nth - 1) * 7));
    }
}

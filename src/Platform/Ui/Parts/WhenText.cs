namespace Tieline.Platform.Ui;

/// <summary>Instants and days as people say them; local times of the utility.</summary>
public static class WhenText
{
    public static string Full(DateTime local) => $"{local:d MMM yyyy, HH:mm}";

    public static string Full(DateOnly on) => $"{on:d MMM yyyy}";

    public static string Near(DateTime local, DateTime now)
    {
        var minutes = (int)Math.Round((local - now).TotalMinutes);
        return minutes switch
        {
            0 => "now",
            > -60 and < 0 => $"{-minutes} min ago",
            > 0 and < 60 => $"in {minutes} min",
            _ => DateOnly.FromDateTime(local) is var on && DateOnly.FromDateTime(now) is var today && Day(on, today) is { } day
                ? $"{day} {local:HH:mm}"
                : local.Year == now.Year ? $"{local:d MMM, HH:mm}" : Full(local),
        };
    }

    public static string Near(DateOnly on, DateOnly today) => Day(on, today) ?? (on.Year == today.Year ? $"{on:ddd, d MMM}" : Full(on));

    private static string? Day(DateOnly on, DateOnly today) => (on.DayNumber - today.DayNumber) switch
    {
        0 => "today",
        1 => "tomorrow",
        -1 => "yesterday",
        > 1 and < 7 => $"{on:dddd}",
        _ => null,
    };
}

using Tieline.Platform.Ui;

namespace Tieline.ToDos.Entries;

/// <summary>How urgent a To Do stands at a moment, for every place that shows one.</summary>
/// <param name="Text">"overdue", "today", or null when neither.</param>
/// <param name="Window">"15:00–16:00" for a promise of hours, in the utility's time.</param>
internal sealed record DueText(string? Text, Tone Tone, string? Window)
{
    /// <param name="now">UTC.</param>
    public static DueText Of(ToDoLine toDo, DateTime now, DateOnly today, TimeZoneInfo zone)
    {
        string? Hour(DateTime? at) => at is { } instant ? $"{TimeZoneInfo.ConvertTimeFromUtc(instant, zone):HH:mm}" : null;
        var window = (Hour(toDo.DueAt), Hour(toDo.UntilAt)) switch
        {
            ({ } from, { } to) when from != to => $"{from}–{to}",
            ({ } from, _) => $"{from}",
            _ => null,
        };
        // Nobody is late who waits for somebody else.
        if (toDo.State == nameof(ToDoState.Complete) || (toDo.State == nameof(ToDoState.OnHold) && toDo.HoldUntil > today))
            return new(null, Tone.Neutral, window);
        if (toDo.DueOn < today || (toDo.UntilAt ?? toDo.DueAt) < now)
            return new("overdue", Tone.Danger, window);
        return toDo.DueOn == today ? new("today", Tone.Warning, window) : new(null, Tone.Neutral, window);
    }
}

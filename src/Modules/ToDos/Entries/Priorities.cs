using Tieline.Platform.Ui;

namespace Tieline.ToDos.Entries;

internal static class Priorities
{
    public static readonly IReadOnlyList<Option> All =
        [.. Enumerable.Range(1, 9).Select(p => new Option($"{p}", p switch { 1 => "1, now", 5 => "5, as usual", 9 => "9, whenever", _ => $"{p}" }))];
}

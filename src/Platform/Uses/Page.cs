namespace Tieline.Platform.Uses;

/// <summary>A page of a list.</summary>
/// <param name="Next">Opaque cursor of the next page; null at the end.</param>
/// <param name="Total">Exact count where it is cheap to know; otherwise null.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next = null, long? Total = null);

/// <summary>An opaque place in a list that is ordered by (instant, id).</summary>
public static class Cursor
{
    public static string Encode(DateTime at, long id) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{at.Ticks}-{id}");

    /// <returns>Null for the start.</returns>
    /// <exception cref="UnknownCursorException">No list has given out the cursor.</exception>
    public static (DateTime At, long Id)? Decode(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
            return null;
        var parts = cursor.Split('-');
        return parts.Length == 2 && long.TryParse(parts[0], out var ticks) && long.TryParse(parts[1], out var id) && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            ? (new DateTime(ticks, DateTimeKind.Utc), id)
            : throw new UnknownCursorException();
    }
}

/// <summary>A place in a list that no list has given out. The API says so; a page starts over.</summary>
public sealed class UnknownCursorException() : Exception("The cursor is none that this list has given out: begin without one.");

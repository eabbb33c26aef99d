using System.Globalization;
using System.Linq.Expressions;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Entries;

/// <summary>
/// An order of To Dos whose pages begin behind a key, not after a count. Each condition repeats the first column alone, so that
/// the index is entered at the key instead of walked from its start.
/// </summary>
internal sealed class ToDoOrder
{
    private readonly Func<IQueryable<ToDo>, IOrderedQueryable<ToDo>> sort;
    private readonly Func<string, Expression<Func<ToDo, bool>>?> behind;
    private readonly Func<ToDoRow, string> cursor;

    private ToDoOrder(Func<IQueryable<ToDo>, IOrderedQueryable<ToDo>> sort, Func<string, Expression<Func<ToDo, bool>>?> behind, Func<ToDoRow, string> cursor) =>
        (this.sort, this.behind, this.cursor) = (sort, behind, cursor);

    public IOrderedQueryable<ToDo> Sort(IQueryable<ToDo> toDos) => sort(toDos);

    /// <summary>Those behind the cursor; all when there is none.</summary>
    /// <exception cref="UnknownCursorException">No list in this order has given out the cursor.</exception>
    public IQueryable<ToDo> Behind(IQueryable<ToDo> toDos, string? after) =>
        string.IsNullOrEmpty(after) ? toDos : toDos.Where(behind(after) ?? throw new UnknownCursorException());

    /// <summary>Cursors of this order say the To Do alone: its key may hold a name that the reader is not shown. <see cref="Behind"/> needs the key behind it.</summary>
    public bool ByKey => this == Keyed || this == LastKeyed;

    public string Cursor(ToDoRow last) => cursor(last);

    /// <summary>Promised hours stand in their order within the day; those of any time of the day come after them.</summary>
    public IEnumerable<ToDoRow> WithinPage(IReadOnlyList<ToDoRow> page) =>
        this == Due ? page.OrderBy(r => r.Line.DueOn).ThenBy(r => r.Line.DueAt ?? DateTime.MaxValue) : page;

    public static ToDoOrder Of(string? name, bool complete) => complete ? Completed : name switch
    {
        "-due" => LastDue,
        "priority" => Urgent,
        "-priority" => LeastUrgent,
        "age" => Oldest,
        "-age" => Newest,
        "key" => Keyed,
        "-key" => LastKeyed,
        _ => Due,
    };

    private static readonly ToDoOrder Due = new(
        q => q.OrderBy(t => t.DueOn).ThenBy(t => t.Id),
        c => Day(c) is var (on, id) ? t => t.DueOn >= on && (t.DueOn > on || t.Id > id) : null,
        r => Join(r.Line.DueOn.DayNumber, r.Line.Id));

    private static readonly ToDoOrder LastDue = new(
        q => q.OrderByDescending(t => t.DueOn).ThenByDescending(t => t.Id),
        c => Day(c) is var (on, id) ? t => t.DueOn <= on && (t.DueOn < on || t.Id < id) : null,
        r => Join(r.Line.DueOn.DayNumber, r.Line.Id));

    private static readonly ToDoOrder Urgent = new(
        q => q.OrderBy(t => t.Priority).ThenBy(t => t.DueOn).ThenBy(t => t.Id),
        c => Priority(c) is var (p, on, id) ? t => t.Priority >= p && (t.Priority > p || (t.DueOn >= on && (t.DueOn > on || t.Id > id))) : null,
        r => Join(r.Line.Priority, r.Line.DueOn.DayNumber, r.Line.Id));

    private static readonly ToDoOrder LeastUrgent = new(
        q => q.OrderByDescending(t => t.Priority).ThenByDescending(t => t.DueOn).ThenByDescending(t => t.Id),
        c => Priority(c) is var (p, on, id) ? t => t.Priority <= p && (t.Priority < p || (t.DueOn <= on && (t.DueOn < on || t.Id < id))) : null,
        r => Join(r.Line.Priority, r.Line.DueOn.DayNumber, r.Line.Id));

    private static readonly ToDoOrder Oldest = new(
        q => q.OrderBy(t => t.CreatedAt).ThenBy(t => t.Id),
        c => Instant(c) is var (at, id) ? t => t.CreatedAt >= at && (t.CreatedAt > at || t.Id > id) : null,
        r => Join(r.CreatedAt.Ticks, r.Line.Id));

    private static readonly ToDoOrder Newest = new(
        q => q.OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id),
        c => Instant(c) is var (at, id) ? t => t.CreatedAt <= at && (t.CreatedAt < at || t.Id < id) : null,
        r => Join(r.CreatedAt.Ticks, r.Line.Id));

    /// <summary>By what they are about: for lists of one type that has sort keys.</summary>
    private static readonly ToDoOrder Keyed = new(
        q => q.Where(t => t.SortKey != null).OrderBy(t => t.SortKey).ThenBy(t => t.Id),
        c => Key(c) is var (key, id) ? t => string.Compare(t.SortKey, key) >= 0 && (string.Compare(t.SortKey, key) > 0 || t.Id > id) : null,
        r => Join(r.Line.Id));

    private static readonly ToDoOrder LastKeyed = new(
        q => q.Where(t => t.SortKey != null).OrderByDescending(t => t.SortKey).ThenByDescending(t => t.Id),
        c => Key(c) is var (key, id) ? t => string.Compare(t.SortKey, key) <= 0 && (string.Compare(t.SortKey, key) < 0 || t.Id < id) : null,
        r => Join(r.Line.Id));

    private static readonly ToDoOrder Completed = new(
        q => q.OrderByDescending(t => t.CompletedAt).ThenByDescending(t => t.Id),
        c => Instant(c) is var (at, id) ? t => t.CompletedAt <= at && (t.CompletedAt < at || t.Id < id) : null,
        r => Join(r.CompletedAt!.Value.Ticks, r.Line.Id));

    private static string Join(params ReadOnlySpan<long> parts)
    {
        var texts = new string[parts.Length];
        for (var i = 0; i < parts.Length; i++)
            texts[i] = parts[i].ToString(CultureInfo.InvariantCulture);
        return string.Join('-', texts);
    }

    private static long[]? Split(string cursor, int count)
    {
        var parts = cursor.Split('-');
        var numbers = new long[count];
        if (parts.Length != count)
            return null;
        for (var i = 0; i < count; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                return null;
        }
        return numbers;
    }

    private static DateOnly? OnOf(long day) => day <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)day) : null;

    private static (DateOnly On, long Id)? Day(string cursor) =>
        Split(cursor, 2) is [var day, var id] && OnOf(day) is { } on ? (on, id) : null;

    private static (int Priority, DateOnly On, long Id)? Priority(string cursor) =>
        Split(cursor, 3) is [<= 9 and var priority, var day, var id] && OnOf(day) is { } on ? ((int)priority, on, id) : null;

    private static (string Key, long Id)? Key(string cursor) =>
        cursor.Split('-', 2) is [var id, var key] && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? (key, last) : null;

    private static (DateTime At, long Id)? Instant(string cursor) =>
        Split(cursor, 2) is [var ticks, var id] && ticks <= DateTime.MaxValue.Ticks ? (new DateTime(ticks, DateTimeKind.Utc), id) : null;
}

/// <summary>A To Do as the database gives it for a list: the line, and what orders it.</summary>
internal sealed record ToDoRow(ToDoLine Line, DateTime CreatedAt, DateTime? CompletedAt);

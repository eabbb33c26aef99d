using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace Tieline.Platform.Uses;

/// <summary>
/// The orders that a short list offers by name (<c>?sort=name</c>, <c>?sort=-name</c> the other way round); the first is the one
/// without a choice or with an unknown one. Equal rows follow the key, so that pages neither overlap nor leave anything out.
/// </summary>
public sealed class Sorting<T>(Expression<Func<T, long>> key, params (string Name, Expression<Func<T, object?>> By)[] orders)
{
    public IQueryable<T> Apply(IQueryable<T> rows, string? sort)
    {
        var name = sort is ['-', ..] ? sort[1..] : sort;
        var by = Array.Find(orders, o => string.Equals(o.Name, name, StringComparison.OrdinalIgnoreCase)).By;
        if (by is null)
            return ByWorth(rows, orders[0].By).ThenBy(orders[0].By).ThenBy(key);
        return sort is ['-', ..] ? ByWorth(rows, by).ThenByDescending(by).ThenByDescending(key) : ByWorth(rows, by).ThenBy(by).ThenBy(key);
    }

    /// <summary>Blank values last, either way round: the databases do not agree on it.</summary>
    private static IOrderedQueryable<T> ByWorth(IQueryable<T> rows, Expression<Func<T, object?>> by) =>
        rows.OrderBy(Expression.Lambda<Func<T, bool>>(Expression.Equal(by.Body, Expression.Constant(null, typeof(object))), by.Parameters));
}

public static class Paging
{
    public const int DefaultSize = 50;
    public const int MaxSize = 200;

    /// <summary>A page by its number, with the total: for lists that are short enough to be counted at every look.</summary>
    /// <param name="number">From 1; anything less is the first page.</param>
    /// <param name="size">Rows per page, 1 to <see cref="MaxSize"/>.</param>
    public static async Task<Page<T>> PageOf<T>(this IQueryable<T> rows, int? number, int? size, CancellationToken ct)
    {
        var take = Math.Clamp(size ?? DefaultSize, 1, MaxSize);
        var skip = (Math.Clamp(number ?? 1, 1, int.MaxValue / MaxSize) - 1) * take;
        var items = await rows.Skip(skip).Take(take).ToListAsync(ct);
        var total = items.Count < take && (skip == 0 || items.Count > 0) ? skip + items.Count : await rows.LongCountAsync(ct);
        return new Page<T>(items, Total: total);
    }
}

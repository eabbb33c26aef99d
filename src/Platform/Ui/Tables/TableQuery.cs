using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Tieline.Platform.Ui;

/// <summary>Sorting, place and filters of a list, as they stand in the address: <c>?sort=-due&amp;after=…&amp;size=50&amp;status=open</c>.</summary>
public sealed class TableQuery
{
    private const char TrailMark = '~';
    internal static readonly string[] Place = ["after", "trail", "page"];
    private readonly HttpRequest request;
    private readonly string prefix;

    private TableQuery(HttpRequest request, string sort, int size, string prefix)
    {
        (this.request, this.prefix) = (request, prefix);
        var asked = Filter("sort") ?? sort;
        (SortKey, Descending) = asked.StartsWith('-') ? (asked[1..], true) : (asked, false);
        Size = Math.Clamp(Number("size") ?? size, 1, 200);
        Page = Math.Max(Number("page") ?? 1, 1);
        After = Filter("after");
    }

    /// <summary>Key of the sorted column; compare it with the known keys only.</summary>
    public string SortKey { get; }
    public bool Descending { get; }

    /// <summary>Rows per page, 1 to 200.</summary>
    public int Size { get; }

    /// <summary>From 1; for lists paged by number.</summary>
    public int Page { get; }

    /// <summary>Opaque cursor of this page, as the list gave it in <c>Page.Next</c>; null on the first.</summary>
    public string? After { get; }

    internal string Path => request.PathBase + request.Path;

    /// <param name="sort">The order without a choice; with a leading minus descending.</param>
    /// <param name="prefix">Tells two tables of one page apart.</param>
    public static TableQuery Of(HttpContext http, string sort = "", int size = 50, string prefix = "") => new(http.Request, sort, size, prefix);

    /// <summary>A filter as typed, trimmed; null when absent or blank.</summary>
    public string? Filter(string name) => request.Query[prefix + name].ToString().Trim() is { Length: > 0 } text ? text : null;

    /// <summary>A filter as a number, day, enum ...; null when absent, blank or unreadable.</summary>
    public T? Filter<T>(string name) where T : struct =>
        Filter(name) is { } text && FieldText.TryRead(text, typeof(T), out var value, out _) ? (T?)value : null;

    /// <summary>Every value of a filter that may be given several times.</summary>
    public IReadOnlyList<string> Filters(string name) => [.. request.Query[prefix + name].OfType<string>().Where(v => v.Length > 0)];

    /// <summary>True when anything but place, order and the chosen tab (<c>scope</c>) narrows the list.</summary>
    public bool Filtered => request.Query.Any(q => !Place.Contains(Bare(q.Key)) && Bare(q.Key) is not ("sort" or "size" or "scope") && !string.IsNullOrWhiteSpace(q.Value));

    /// <summary>The list without filters, under the same tab.</summary>
    internal string Unfiltered => Filter("scope") is { } scope ? Path + new QueryBuilder { { prefix + "scope", scope } }.ToQueryString() : Path;

    /// <summary>Filters and order as they stand in the address, by name; not which part of the list is on screen.</summary>
    public IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> Asked =>
        request.Query.Where(q => !Place.Contains(Bare(q.Key)) && Bare(q.Key) != "size" && q.Value.ToString().Length > 0).OrderBy(q => q.Key, StringComparer.Ordinal);

    /// <summary>This address with some parameters changed; null takes one out.</summary>
    public string With(params (string Name, string? Value)[] changes)
    {
        var query = new QueryBuilder();
        foreach (var (name, values) in request.Query)
        {
            if (!changes.Any(c => string.Equals(prefix + c.Name, name, StringComparison.OrdinalIgnoreCase)))
                query.Add(name, values.OfType<string>().Where(v => v.Length > 0));
        }
        foreach (var (name, value) in changes)
        {
            if (!string.IsNullOrEmpty(value))
                query.Add(prefix + name, value);
        }
        return Path + query.ToQueryString();
    }

    /// <summary>Sorted by a column; a second time the other way round. Begins at the first page.</summary>
    public string Sorted(string key) => With(("sort", SortKey == key && !Descending ? $"-{key}" : key), ("after", null), ("trail", null), ("page", null));

    internal string Next(string cursor) => With(("after", cursor), ("trail", Trail(After ?? "")));

    /// <summary>Null on the first page.</summary>
    internal string? Previous
    {
        get
        {
            if (Page > 1)
                return With(("page", Page == 2 ? null : (Page - 1).ToString(CultureInfo.InvariantCulture)));
            if (After is null)
                return null;
            var trail = (Filter("trail") ?? "").Split(TrailMark);
            return With(("after", trail[^1]), ("trail", trail.Length > 1 ? string.Join(TrailMark, trail[..^1]) : null));
        }
    }

    internal string First => With(("after", null), ("trail", null), ("page", null));

    internal IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> Typed =>
        request.Query.Select(q => KeyValuePair.Create(Bare(q.Key), q.Value));

    /// <summary>Where the pages before begin, so that "previous" works with cursors that only know forward.</summary>
    private string Trail(string cursor)
    {
        var trail = After is null ? cursor : (Filter("trail") ?? "") + TrailMark + cursor;
        return trail.Length > 1500 ? trail[(trail.IndexOf(TrailMark, trail.Length - 1500) + 1)..] : trail;
    }

    private string Bare(string name) => prefix.Length > 0 && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? name[prefix.Length..] : name;

    private int? Number(string name) => int.TryParse(Filter(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

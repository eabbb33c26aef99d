using Microsoft.EntityFrameworkCore;

namespace Tieline.Platform.Import;

/// <summary>Finds what was imported again, by its key in the source.</summary>
public static class ImportedRows
{
    /// <summary>Those that came from the source under one of these keys; the entity has the properties <c>Source</c> and <c>ExternalKey</c>.</summary>
    /// <param name="keys">None of them null.</param>
    public static IQueryable<T> OfSource<T>(this IQueryable<T> rows, string source, IReadOnlyCollection<string> keys) where T : class =>
        // Without "is not null" the statement would also ask whether a null is wanted: the index is then read for the source alone, and each chunk of a file reads all the chunks before it.
        rows.Where(r => EF.Property<string?>(r, "Source") == source && EF.Property<string?>(r, "ExternalKey") != null && keys.Contains(EF.Property<string>(r, "ExternalKey")));
}

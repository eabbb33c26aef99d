using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;

namespace Tieline.Platform.Import;

/// <summary>Finds what was imported again, by its key in the source.</summary>
public static class ImportedRows
{
    /// <summary>Those that came from the source under one of these keys; the table has the columns <c>source</c> and <c>external_key</c>, unique together.</summary>
    public static IQueryable<T> OfSource<T>(this AppDb db, string source, IReadOnlyCollection<string> keys) where T : class
    {
        var (sql, list) = db.Dialect.OfSource(db.Model.FindEntityType(typeof(T))!.GetTableName()!, keys);
        return db.Set<T>().FromSqlRaw(sql, source, list);
    }
}

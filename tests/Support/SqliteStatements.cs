using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace Tieline.Tests.Support;

/// <summary>Says what statements reach SQLite over the connections of the database context, hand-written ones included.</summary>
internal sealed class SqliteStatements : DbConnectionInterceptor
{
    public event Action<string>? Heard;

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Listen(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Listen(connection);
        return Task.CompletedTask;
    }

    // Pooled: what somebody else listened to ends here too.
    private void Listen(DbConnection connection)
    {
        if (connection is SqliteConnection { Handle: { } handle })
            raw.sqlite3_trace(handle, Heard is null ? null : (_, sql) => Say(sql), null);
    }

    // Neither the settings of a connection nor what triggers do.
    private void Say(string sql)
    {
        if (!sql.StartsWith("pragma", StringComparison.OrdinalIgnoreCase) && !sql.StartsWith("--", StringComparison.Ordinal))
            Heard?.Invoke(sql);
    }
}

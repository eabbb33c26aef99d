using System.Data.Common;
using Dapper;

namespace Tieline.Platform.Data.Postgres;

/// <summary>The words that most rows of the search index have, and which share of them, as the server's own statistics say; read again every ten minutes.</summary>
internal sealed class CommonWords
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);
    private (long ReadAt, IReadOnlyList<(string Word, double Share)> Words)? read;

    /// <returns>Empty before the first statistics: then nothing is known to be common.</returns>
    public async Task<IReadOnlyList<(string Word, double Share)>> Read(DbConnection connection, CancellationToken ct)
    {
        if (read is { } known && TimeProvider.System.GetElapsedTime(known.ReadAt) < Fresh)
            return known.Words;
        var words = (await connection.QueryAsync<(string Word, double Share)>(new CommandDefinition("""
            select e.word, f.share::float8 from pg_stats s,
                unnest(s.most_common_elems::text::text[]) with ordinality e(word, at),
                unnest(s.most_common_elem_freqs) with ordinality f(share, at)
            where s.schemaname = current_schema() and s.tablename = 'search_row' and s.attname = 'keys' and f.at = e.at and f.share > 0.0005
            """, cancellationToken: ct))).AsList();
        read = (TimeProvider.System.GetTimestamp(), words);
        return words;
    }
}

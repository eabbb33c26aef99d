using System.Globalization;
using CsvHelper;
using Tieline.Platform.Export;

namespace Tieline.Platform.Import;

public enum RowOutcome { Imported, AlreadyThere, Rejected }

/// <param name="Reason">Why a row was rejected.</param>
public sealed record RowResult(long Line, RowOutcome Outcome, string? Reason = null);

/// <summary>Every row of the file is in one of the three.</summary>
public sealed record ImportTotals(long Rows, long Imported, long AlreadyThere, long Rejected)
{
    public override string ToString() => $"{Rows:N0} rows: {Imported:N0} imported, {AlreadyThere:N0} already there, {Rejected:N0} rejected";
}

/// <summary>Carries a file to whoever imports its rows, chunk by chunk, and keeps account of every row.</summary>
public static class ImportFile
{
    public const int ChunkSize = 500;

    /// <summary>Characters of a chunk: at most 8 MB as JSON, in which a character may take six bytes. A node takes 30 MB at once, which a single row never needs.</summary>
    public const int ChunkLength = 8_000_000 / 6;

    public const string LineColumn = "rejected_line";
    public const string ReasonColumn = "rejected_because";

    /// <param name="rejects">Opens the file of rejects when there is a first one: the row as it was but for its formulas, which an apostrophe tames, with line and reason behind it. Mended, it can be imported itself.</param>
    /// <param name="import">Imports a chunk in one transaction.</param>
    /// <param name="size">Rows of a chunk.</param>
    public static async Task<ImportTotals> Run(
        CsvSource source, Func<TextWriter> rejects, Func<IReadOnlyList<ImportRow>, Task<IReadOnlyList<RowResult>>> import, IProgress<ImportTotals>? progress, int size = ChunkSize)
    {
        var totals = new ImportTotals(0, 0, 0, 0);
        var columns = source.Columns.Where(c => c is not (LineColumn or ReasonColumn)).ToArray();
        // The fields that say why are the last ones of a file of rejects, in rows of any length.
        var own = source.Columns is [.., LineColumn, ReasonColumn] ? 2 : 0;
        CsvWriter? writer = null;
        try
        {
            foreach (var chunk in Chunks(source.Rows(), size))
            {
                var broken = chunk.Where(r => r.Problem is not null).Select(r => new RowResult(r.Row.Line, RowOutcome.Rejected, r.Problem));
                var whole = chunk.Where(r => r.Problem is null).Select(r => r.Row).ToArray();
                RowResult[] results = [.. broken, .. whole.Length == 0 ? [] : await import(whole)];
                if (results.Length != chunk.Length)
                    throw new InvalidDataException($"{chunk.Length} rows were sent and {results.Length} answered: the account would not be right");
                var rejected = results.Where(r => r.Outcome == RowOutcome.Rejected).OrderBy(r => r.Line).ToArray();
                var rows = rejected.Length == 0 ? null : chunk.ToDictionary(r => r.Row.Line, r => r.Row);
                foreach (var result in rejected)
                {
                    writer ??= Start(rejects(), columns);
                    Write(writer, columns, own, rows![result.Line], result);
                }
                totals = new ImportTotals(
                    totals.Rows + chunk.Length, totals.Imported + results.Count(r => r.Outcome == RowOutcome.Imported),
                    totals.AlreadyThere + results.Count(r => r.Outcome == RowOutcome.AlreadyThere), totals.Rejected + results.Count(r => r.Outcome == RowOutcome.Rejected));
                progress?.Report(totals);
            }
        }
        finally
        {
            if (writer is not null)
                await writer.DisposeAsync();
        }
        return totals;
    }

    private static IEnumerable<(ImportRow Row, string? Problem)[]> Chunks(IEnumerable<(ImportRow Row, string? Problem)> rows, int size)
    {
        var (chunk, length) = (new List<(ImportRow, string?)>(size), 0);
        foreach (var row in rows)
        {
            var own = row.Row.Values.Sum(v => v.Key.Length + v.Value.Length);
            if (chunk.Count == size || (chunk.Count > 0 && length + own > ChunkLength))
            {
                yield return [.. chunk];
                chunk.Clear();
                length = 0;
            }
            chunk.Add(row);
            length += own;
        }
        if (chunk.Count > 0)
            yield return [.. chunk];
    }

    private static CsvWriter Start(TextWriter file, string[] columns)
    {
        var writer = CsvWriter.Create(file, new CsvWriterOptions { NewLine = "\n", ValidateFieldCount = false }, leaveOpen: false);
        writer.WriteRecord([.. columns, LineColumn, ReasonColumn]);
        return writer;
    }

    private static void Write(CsvWriter writer, string[] columns, int own, ImportRow row, RowResult result) =>
        writer.WriteRecord(
            [.. (row.Fields is { } fields ? fields.Take(fields.Count - own) : columns.Select(c => row[c])).Select(CsvCell.Tamed), result.Line.ToString(CultureInfo.InvariantCulture), CsvCell.Tamed(result.Reason ?? "")]);
}

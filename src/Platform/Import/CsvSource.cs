using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using CsvHelper;
using Tieline.Platform.Export;

namespace Tieline.Platform.Import;

/// <summary>A row of a file, as it stands there.</summary>
/// <param name="Line">Line of the file on which the row begins; the header is line 1.</param>
/// <param name="Values">Column to text, trimmed. A column is found in capitals or not.</param>
public sealed record ImportRow(long Line, IReadOnlyDictionary<string, string> Values)
{
    // Here and not by whoever reads the file: what comes as JSON finds its columns as well.
    public IReadOnlyDictionary<string, string> Values { get; } = Values is null ? null! : AnyCase(Values);

    /// <summary>The text of a column; empty when the column is missing or blank.</summary>
    public string this[string column] => Values.GetValueOrDefault(column, "");

    /// <summary>Every field of a row that has more or fewer than the header; null for the others.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? Fields { get; init; }

    private static Dictionary<string, string> AnyCase(IReadOnlyDictionary<string, string> values)
    {
        var found = new Dictionary<string, string>(values.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var (column, text) in values)
            found[column] = text ?? "";
        return found;
    }
}

/// <summary>
/// Reads CSV files as the real world has them, of any size: UTF-8 with and without mark, UTF-16, Windows-1252; comma, semicolon, tab or bar;
/// quotes with line breaks in them.
/// </summary>
public sealed class CsvSource : IDisposable
{
    private const int Sample = 1 << 20;
    private const int MaxRow = 4 << 20;

    /// <summary>What a byte becomes that has no meaning in the file's encoding.</summary>
    private const char Unreadable = '\uFFFD';

    private readonly CsvReader csv;
    private readonly HashSet<long> malformed = [];
    private readonly string notOfTheEncoding;

    /// <exception cref="InvalidDataException">The file is empty, or has no header with distinct names.</exception>
    /// <param name="encoding">Of a file without mark; null guesses it from the beginning of the file.</param>
    /// <param name="sayHow">How whoever brought it says in which encoding it is.</param>
    public CsvSource(Stream file, Encoding? encoding = null, string sayHow = "say what encoding it has with --encoding (windows-1252, for example)")
    {
        notOfTheEncoding = $"has a byte that the rest of the file does not explain: {sayHow}";
        Stream = file;
        var reader = new StreamReader(file, encoding ?? Guess(file), detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16, leaveOpen: true);
        csv = CsvReader.Create(reader, new CsvReaderOptions
        {
            TrimWhitespace = true, TrimInsideQuotes = true, TrackLineNumbers = true, MaxRecordSize = MaxRow, FormatProvider = CultureInfo.InvariantCulture,
            OnMalformedRecord = record => malformed.Add(record.LineNumber),
        }, leaveOpen: false);
        Read(() => { csv.ReadHeader(); return true; });
        Columns = [.. csv.Headers];
        if (Columns.Count == 0)
            throw new InvalidDataException("the file is empty");
        if (Columns.Any(c => c.Contains(Unreadable, StringComparison.Ordinal)))
            throw new InvalidDataException($"the header {notOfTheEncoding}");
        if (Columns.FirstOrDefault(c => Columns.Count(o => string.Equals(o, c, StringComparison.OrdinalIgnoreCase)) > 1) is { } twice)
            throw new InvalidDataException($"the column '{twice}' stands twice in the header");
    }

    public IReadOnlyList<string> Columns { get; }

    /// <summary>The file itself: its position tells how far the reading is.</summary>
    public Stream Stream { get; }

    /// <returns>Each row, with the reason when it is none that can be trusted.</returns>
    /// <exception cref="InvalidDataException">A row does not come to an end: nothing behind it can be read.</exception>
    public IEnumerable<(ImportRow Row, string? Problem)> Rows()
    {
        // What a file of rejects has tamed is what it was again.
        var rejects = Columns is [.., ImportFile.LineColumn, ImportFile.ReasonColumn];
        while (Read(csv.Read))
        {
            var fields = new string[csv.FieldCount];
            var values = new Dictionary<string, string>(Columns.Count);
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = rejects ? CsvCell.Wild(csv.GetString(i)) : csv.GetString(i);
                if (i < Columns.Count)
                    values[Columns[i]] = fields[i];
            }
            yield return (new ImportRow(csv.LineNumber, values) { Fields = fields.Length == Columns.Count ? null : fields },
                malformed.Remove(csv.LineNumber) ? "The quotes in this row do not match."
                : csv.FieldCount != Columns.Count ? $"The row has {csv.FieldCount} columns, the header {Columns.Count}."
                : Array.Exists(fields, f => f.Contains(Unreadable, StringComparison.Ordinal)) ? $"The row {notOfTheEncoding}."
                : null);
        }
    }

    public void Dispose() => csv.Dispose();

    private static bool Read(Func<bool> read)
    {
        try
        {
            return read();
        }
        catch (CsvFormatException exception)
        {
            throw new InvalidDataException(
                $"the row that begins on line {exception.LineNumber} does not come to an end within {MaxRow:N0} characters: is a quote missing?", exception);
        }
    }

    /// <summary>UTF-8 where the beginning of the file is, or may be; else Windows-1252, in which every byte is a letter.</summary>
    private static Encoding Guess(Stream file)
    {
        var start = file.Position;
        var buffer = new byte[Sample];
        var read = file.ReadAtLeast(buffer, Sample, throwOnEndOfStream: false);
        file.Position = start;
        try
        {
            // The sample may cut a letter in two.
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder().GetCharCount(buffer, 0, read, flush: read < Sample);
            return Encoding.UTF8;
        }
        catch (DecoderFallbackException)
        {
            return FileEncodings.Western;
        }
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Net.Http.Json;
using Tieline.Billing.Standing;
using Tieline.Contacts.Import;
using Tieline.Customers.Import;
using Tieline.Platform.Import;
using Tieline.Platform.Uses;

namespace Tieline.Host.Commands;

/// <summary><c>./tieline import customers | contacts | balances | bills</c>: carries a file to the node row by row, and keeps account of every row.</summary>
internal static class ImportCommands
{
    public static Command All() => new("import", "Bring data in from CSV files; see docs/import.md") { Customers(), Contacts(), Balances(), Bills() };

    /// <summary>Set-based imports: a chunk is a handful of statements, however long it is.</summary>
    private const int LargeChunk = 5_000;

    /// <summary>Long enough for the bulk way; on SQLite a representative waits for it, who writes at the same time.</summary>
    private const int CustomerChunk = 2_000;

    private static Command Customers()
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV file" };
        var encoding = Encoding();
        var source = new Option<string>("--source") { Description = "Name of the system the file comes from", DefaultValueFactory = _ => "import" };
        return new Command("customers", "Import people, accounts, premises and agreements") { file, source, encoding }.Does((parsed, house, ct) =>
            Import<ImportCustomerRows, ImportCustomerRows.Input, ImportCustomerRows.Imported>(
                house, parsed.GetValue(file)!, parsed.GetValue(encoding), "/imports/customers", _ => null, rows => new(parsed.GetValue(source), rows), imported => imported.Results, ct, CustomerChunk));
    }

    private static Command Contacts()
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV file" };
        var encoding = Encoding();
        var mapping = new Option<FileInfo>("--mapping") { Description = "JSON file that says what the columns mean", Required = true };
        return new Command("contacts", "Import contacts") { file, mapping, encoding }.Does(async (parsed, house, ct) =>
        {
            ContactMapping map;
            try
            {
                map = ContactMapping.Read(await File.ReadAllTextAsync(parsed.GetValue(mapping)!.FullName, ct));
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                return house.Fail(exception.Message);
            }
            return await Import<ImportContactRows, ImportContactRows.Input, ImportContactRows.Imported>(
                house, parsed.GetValue(file)!, parsed.GetValue(encoding), "/imports/contacts", source => map.Check(source.Columns), rows => new(map, rows), imported => imported.Results, ct);
        });
    }

    private static Command Balances() => Feed<ImportBalanceRows, ImportBalanceRows.Imported>(
        "balances", "Import how accounts stand, as the billing system says", "/imports/balances", imported => imported.Results);

    private static Command Bills() => Feed<ImportBillRows, ImportBillRows.Imported>("bills", "Import the last bills of accounts", "/imports/bills", imported => imported.Results);

    private static Command Feed<TUse, TResult>(string name, string description, string path, Func<TResult, IReadOnlyList<RowResult>> results) where TUse : class, IUse<FeedInput, TResult>
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV file" };
        var encoding = Encoding();
        var source = new Option<string>("--source") { Description = "Name of the billing system; account_id is the account's key in it", DefaultValueFactory = _ => "import" };
        var asOf = new Option<string?>("--as-of") { Description = "When rows without as_of were so, such as '2026-11-21 06:00'; when the file was written, if left out" };
        return new Command(name, description) { file, source, asOf, encoding }.Does((parsed, house, ct) =>
        {
            var at = parsed.GetValue(asOf) ?? parsed.GetValue(file)!.LastWriteTimeUtc.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
            return Import<TUse, FeedInput, TResult>(
                house, parsed.GetValue(file)!, parsed.GetValue(encoding), path, _ => null, rows => new(parsed.GetValue(source), at, rows), results, ct, LargeChunk);
        });
    }

    /// <param name="check">Tells why the file cannot be imported so.</param>
    private static Task<int> Import<TUse, TInput, TResult>(
        CommandLine house, FileInfo file, string? encodingName, string path, Func<CsvSource, string?> check, Func<IReadOnlyList<ImportRow>, TInput> input,
        Func<TResult, IReadOnlyList<RowResult>> results, CancellationToken ct, int chunk = ImportFile.ChunkSize)
        where TUse : class, IUse<TInput, TResult>
    {
        return house.Run(
            (http, token) => Carry(async rows =>
            {
                using var response = await http.PostAsJsonAsync($"/api/v1{path}", input(rows), CommandLine.Json, token);
                return await house.Refused(response, token) is { } code ? (code, []) : (null, results((await response.Content.ReadFromJsonAsync<TResult>(CommandLine.Json, token))!));
            }),
            (services, token) => Carry(async rows =>
            {
                // A scope for each chunk: the context must not grow with the file.
                await using var scope = services.CreateAsyncScope();
                var actor = scope.ServiceProvider.GetRequiredService<Platform.Security.CurrentActor>();
                var outer = services.GetRequiredService<Platform.Security.CurrentActor>();
                (actor.Actor, actor.Source) = (outer.Actor, outer.Source);
                var outcome = await scope.ServiceProvider.GetRequiredService<TUse>().Handle(input(rows), token);
                return outcome.Ok ? (null, results(outcome.Value)) : (house.Fail(outcome.ToString()), []);
            }), ct);

        async Task<int> Carry(Func<IReadOnlyList<ImportRow>, Task<(int? Refused, IReadOnlyList<RowResult> Results)>> send)
        {
            if (!file.Exists)
                return house.Fail($"there is no file {file.FullName}");
            var rejects = Path.ChangeExtension(file.FullName, ".rejects.csv");
            if (string.Equals(rejects, file.FullName, StringComparison.Ordinal))
                rejects = Path.ChangeExtension(file.FullName, ".again.csv");
            if (!TryEncoding(encodingName, out var encoding))
                return house.Fail($"there is no encoding '{encodingName}' (utf-8, utf-16, windows-1252, iso-8859-1 ...)");
            int? refused = null;
            Progress? progress = null;
            try
            {
                using var source = new CsvSource(file.OpenRead(), encoding);
                if (check(source) is { } message)
                    return house.Fail(message);
                progress = new Progress(house.Error, source.Stream);
                var totals = await ImportFile.Run(source, () => new StreamWriter(rejects), async rows =>
                {
                    (refused, var answered) = await send(rows);
                    return refused is null ? answered : throw new OperationCanceledException();
                }, progress, chunk);
                await house.Output.WriteLineAsync(totals.ToString());
                if (totals.Rejected > 0)
                    await house.Error.WriteLineAsync($"The rejected rows stand in {rejects}, with the reason: mend them and import that file.");
                return totals.Rejected > 0 ? Exit.DataRejected : Exit.Done;
            }
            catch (OperationCanceledException) when (refused is { } code)
            {
                return code;
            }
            catch (InvalidDataException exception)
            {
                return house.Fail($"{file.Name}: {exception.Message}{(progress?.Totals is { } until ? $" Before it stopped: {until}." : "")}");
            }
        }
    }

    private static Option<string?> Encoding() => new("--encoding") { Description = "Encoding of the file, such as windows-1252; guessed when left out" };

    private static bool TryEncoding(string? name, out System.Text.Encoding? encoding)
    {
        encoding = null;
        if (name is null)
            return true;
        try
        {
            encoding = FileEncodings.Named(name);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>A line a second.</summary>
    private sealed class Progress(TextWriter output, Stream file) : IProgress<ImportTotals>
    {
        private readonly long began = Stopwatch.GetTimestamp();
        private TimeSpan next = TimeSpan.FromSeconds(1);

        /// <summary>What is accounted for.</summary>
        public ImportTotals? Totals { get; private set; }

        public void Report(ImportTotals totals)
        {
            Totals = totals;
            var elapsed = Stopwatch.GetElapsedTime(began);
            if (elapsed < next)
                return;
            next = elapsed + TimeSpan.FromSeconds(1);
            output.WriteLine($"{100 * file.Position / Math.Max(1, file.Length),3} %  {totals}  ({totals.Rows / elapsed.TotalSeconds:N0} rows/s)");
        }
    }
}

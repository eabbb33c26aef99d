using System.Diagnostics;
using Dapper;
using Npgsql;
using Tieline.Platform.Demo;

namespace Tieline.Bench;

/// <summary>Customers of another system brought into a full database by the programme's own command, against COPY of the rows it wrote.</summary>
internal sealed class ImportBench(LoadedHouse house, string data, string database, Figures figures)
{
    // On a world that is kept, rows and places of a run before are there already.
    private readonly string run = $"{DateTime.UtcNow:ddHHmmss}";

    public async Task Run(int rows, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { CommandTimeout = 0 }.ToString());
        await connection.OpenAsync(ct);
        await Import(Write("warm.csv", 2_000, seed: 90_001, "Bend OR 97701"), ct);
        var before = await connection.ExecuteScalarAsync<long>("select next from id_block where name = 'id'");
        var file = Write("customers.csv", rows, seed: 90_002, "Redmond OR 97756");
        var watch = Stopwatch.StartNew();
        await Import(file, ct);
        var ours = watch.Elapsed.TotalSeconds;
        var theirs = await CopyAgain(connection, before, ct);
        figures.Add("import.rows_per_s", rows / ours, "1/s");
        figures.Add("import.copy_rows_per_s", rows / theirs, "1/s");
        figures.Add("import.vs_copy", theirs / ours, "ratio");
    }

    private async Task Import(string file, CancellationToken ct)
    {
        var (code, said) = await HostProcess.Command(["import", "customers", file, "--source", $"bench-{run}", "--data", data, "--database", database], ct);
        if (code != 0)
            throw new InvalidOperationException($"The import ended with {code}: {said}");
    }

    private string Write(string name, int rows, ulong seed, string town)
    {
        var world = new DemoWorld(house.Plan with { People = 2 * rows, Seed = seed });
        var path = Path.Combine(data, name);
        using var writer = new StreamWriter(path);
        writer.WriteLine("person_id,kind,full_name,mobile_phone,email,mailing_address,account_id,service_address,service,start_on");
        var places = new HashSet<string>();
        for (var (i, written) = (0, 0); written < rows; i++)
        {
            // A place has one agreement for a service: the few that would come twice are left out.
            var (person, place) = (world.Person(i), world.Premise(i));
            if (!places.Add(place.Street))
                continue;
            written++;
            string[] fields = [$"{seed}-P{i}", person.IsOrganization ? "Organization" : "Individual", person.DisplayName, person.Phone.Typed, person.Email, person.MailingLine, $"{seed}-A{i}", $"{place.Street} Unit {run}, {town}", "Electricity", "2020-01-01"];
            writer.WriteLine(string.Join(',', fields.Select(f => $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
        }
        return path;
    }

    /// <returns>Seconds for which COPY writes the same rows into the same tables, with their indexes and references.</returns>
    private static async Task<double> CopyAgain(NpgsqlConnection connection, long before, CancellationToken ct)
    {
        // In the order in which the tables were made: what is referred to comes first.
        var tables = (await connection.QueryAsync<string>("""
            select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'id' and a.atttypid = 'bigint'::regtype
            where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace order by c.oid
            """)).AsList();
        var written = new List<(string Table, byte[] Rows)>();
        foreach (var table in tables)
        {
            await using var read = await connection.BeginRawBinaryCopyAsync($"copy (select * from {table} where id >= {before}) to stdout (format binary)", ct);
            using var rows = new MemoryStream();
            await read.CopyToAsync(rows, ct);
            // A file without a row is nineteen bytes of head and two of end.
            if (rows.Length > 21)
                written.Add((table, rows.ToArray()));
        }
        await connection.ExecuteAsync("set session_replication_role = replica");
        foreach (var (table, _) in written)
            await connection.ExecuteAsync($"delete from {table} where id >= {before}");
        await connection.ExecuteAsync("set session_replication_role = origin");
        foreach (var (table, _) in written)
            await connection.ExecuteAsync($"vacuum {table}");
        var watch = Stopwatch.StartNew();
        foreach (var (table, rows) in written)
        {
            await using var write = await connection.BeginRawBinaryCopyAsync($"copy {table} from stdin (format binary)", ct);
            await write.WriteAsync(rows, ct);
        }
        return watch.Elapsed.TotalSeconds;
    }
}

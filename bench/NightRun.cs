using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Npgsql;

namespace Tieline.Bench;

/// <summary>TD-CCCB over due reminders through the real run, and the one statement that writes the same rows.</summary>
internal sealed class NightRun(string database)
{
    private const string Waiting = """
        insert into reminder (id, contact_id, log_id, role_id, addressed_to, trigger_on, body, state, version)
        select @first + row_number() over (), l.contact_id, l.id, r.id, r.name, @on, 'Call back with the result of the review.', 'Waiting', 0
        from (select contact_id, id from contact_log where kind = 'Comment' order by id limit @count) l
        cross join generate_series(1, @each)
        cross join (select id, name from to_do_role where code = 'CSR-FOLLOWUP') r
        limit @count
        """;

    private const string OneStatement = """
        with fallen as (
            update reminder set state = 'Due', version = version + 1 where state = 'Waiting' and trigger_on <= @on
            returning id, contact_id),
        told as (
            insert into audit_entry (id, at, actor, source, action, subject, part, changes)
            select @first + 3 * @count + row_number() over (), now(), 'Process:0:bench', 'job', 'changed', 'contact:' || contact_id, 'reminder:' || id, '{"State":["Waiting","Due"]}' from fallen),
        made as (
            insert into to_do (id, type_code, state, priority, subject, role_id, addressed_to, due_on, person_id, account_id, premise_id, contact_id, cause, created_by, created_at, version)
            select @first + row_number() over (), 'TD-CCCB', 'Open', 5, r.body, r.role_id, r.addressed_to, r.trigger_on, c.person_id, c.account_id, c.premise_id, c.id,
                'reminder:' || r.id, 'Process:0:bench', now(), 0
            from reminder r join contact c on c.id = r.contact_id
            where r.state = 'Waiting' and r.trigger_on <= @on
            returning *),
        logged as (
            insert into to_do_log (id, to_do_id, at, author, action)
            select id + @count, id, created_at, created_by, 'created' from made)
        insert into audit_entry (id, at, actor, source, action, subject, changes)
        select id + 2 * @count, created_at, created_by, 'job', 'created', 'to_do:' || id, to_jsonb(made)::text from made
        """;

    /// <returns>Reminders a second, from the first row to the commit of the last.</returns>
    public async Task<double> Bare(int count, DateOnly on, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(ct);
        // Whoever counts the rows of to_do while none is committed yet makes each check of a foreign key read all of an index: 17 minutes instead of two.
        await connection.ExecuteAsync("alter table to_do set (autovacuum_enabled = false)");
        await Prepare(connection, count, on, ct);
        var first = await Take(connection, (4L * count) + 1, ct);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await connection.ExecuteAsync(new CommandDefinition(OneStatement, new { first, count, on }, commandTimeout: 0, cancellationToken: ct));
        var seconds = watch.Elapsed.TotalSeconds;
        await connection.ExecuteAsync(new CommandDefinition("update reminder set state = 'Due' where state = 'Waiting' and trigger_on <= @on", new { on }, commandTimeout: 0, cancellationToken: ct));
        await connection.ExecuteAsync("alter table to_do reset (autovacuum_enabled)");
        return count / seconds;
    }

    /// <summary>As before the first run: what a run writes, gone. Each begins with the same.</summary>
    public async Task Clear(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.ExecuteAsync(new CommandDefinition("truncate to_do, reminder, audit_entry cascade", commandTimeout: 0, cancellationToken: ct));
    }

    /// <returns>Reminders a second, from the start of the run to its end as the product keeps them.</returns>
    public async Task<double> Real(HttpClient operation, int count, DateOnly on, CancellationToken ct, int? threads = null)
    {
        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync(ct);
            await Prepare(connection, count, on, ct);
        }
        using var submitted = await operation.PostAsJsonAsync("/api/v1/batch-runs", new { Code = "TD-CCCB", BusinessOn = on, Threads = threads }, ct);
        var id = (await Read(submitted, ct)).GetProperty("id").GetInt64();
        while (true)
        {
            await Task.Delay(100, ct);
            using var answer = await operation.GetAsync($"/api/v1/batch-runs/{id}", ct);
            var run = await Read(answer, ct);
            if (run.GetProperty("state").GetString() is "Pending" or "Running")
                continue;
            if (run.GetProperty("state").GetString() != "Completed" || run.GetProperty("done").GetInt64() != count)
                throw new InvalidOperationException($"TD-CCCB did not make {count} To Dos: {run}");
            return count / (run.GetProperty("finishedAt").GetDateTime() - run.GetProperty("createdAt").GetDateTime()).TotalSeconds;
        }
    }

    private static async Task Prepare(NpgsqlConnection connection, int count, DateOnly on, CancellationToken ct)
    {
        var comments = await connection.ExecuteScalarAsync<int>(new CommandDefinition("select count(*) from contact_log where kind = 'Comment'", commandTimeout: 0, cancellationToken: ct));
        var each = (count + comments - 1) / comments;
        await connection.ExecuteAsync(new CommandDefinition("update reminder set state = 'Due' where state = 'Waiting' and trigger_on <= @on", new { on }, commandTimeout: 0, cancellationToken: ct));
        await connection.ExecuteAsync(new CommandDefinition(Waiting, new { first = await Take(connection, count + 1L, ct), count, each, on }, commandTimeout: 0, cancellationToken: ct));
        await connection.ExecuteAsync(new CommandDefinition("vacuum analyze reminder", commandTimeout: 0, cancellationToken: ct));
    }

    private static async Task<JsonElement> Read(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : throw new InvalidOperationException($"{(int)answer.StatusCode}: {text}");
    }

    private static async Task<long> Take(NpgsqlConnection connection, long count, CancellationToken ct) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition("update id_block set next = next + @count where name = 'id' returning next - @count", new { count }, cancellationToken: ct));
}

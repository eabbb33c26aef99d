using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tieline.Platform.Data;

namespace Tieline.Bench;

/// <summary>What recording a contact costs without a product around it: one endpoint, the same rows, one transaction.</summary>
internal static class BareEndpoint
{
    public const string Area = "bare-endpoint";

    internal sealed record Input(string Type, long PersonId, long AccountId, long PremiseId, string Channel, string Comment);

    internal sealed record Recorded(long Id, string Reference);

    public static async Task Serve(string database, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { MaxAutoPrepare = 50, AutoPrepareMinUsages = 2 });
        var ids = new Blocks(source, "id", 5_000);
        var numbers = new Blocks(source, "contact", 50);
        long typeId;
        await using (var find = source.CreateCommand("select id from contact_type where code = 'BILLCOPY'"))
            typeId = (long)(await find.ExecuteScalarAsync())!;
        var app = builder.Build();
        app.MapGet("/", () => "up");
        app.MapPost("/contacts", async (Input input, HttpContext http) =>
        {
            await using var connection = await source.OpenConnectionAsync(http.RequestAborted);
            await using var transaction = await connection.BeginTransactionAsync(http.RequestAborted);
            var recorded = await Write(connection, transaction, input, http.Request.Headers["Idempotency-Key"].ToString(), typeId, ids, numbers);
            await transaction.CommitAsync(http.RequestAborted);
            return Results.Json(recorded, statusCode: 201);
        });
        await app.RunAsync();
    }

    private static async Task<Recorded> Write(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Input input, string key, long typeId, Blocks ids, Blocks numbers)
    {
        const string Actor = "ApiKey:1:bench";
        var now = DateTime.UtcNow;
        var id = ids.Next();
        var contact = $"contact:{id}";
        var recorded = new Recorded(id, ReferenceNumber.Format(numbers.Next(), "C"));
        await using var batch = new NpgsqlBatch(connection, transaction);
        Add(batch, """
            insert into contact (id, reference, type_id, person_id, account_id, premise_id, channel, direction, status, occurred_at, recorded_at, recorded_by, version)
            values ($1, $2, $3, $4, $5, $6, $7, 'Inbound', 'Closed', $8, $8, $9, 1)
            """, id, recorded.Reference, typeId, input.PersonId, input.AccountId, input.PremiseId, input.Channel, now, Actor);
        Add(batch, "insert into contact_log (id, contact_id, at, author, kind, body) values ($1, $2, $3, $4, 'Comment', $5)", ids.Next(), id, now, Actor, input.Comment);
        Add(batch, """
            insert into timeline_entry (id, person_id, account_id, premise_id, at, kind, title, body, is_open, about)
            values ($1, $2, $3, $4, $5, 'contact', 'Copy of a bill', $6, false, $7)
            """, ids.Next(), input.PersonId, input.AccountId, input.PremiseId, now, input.Comment, contact);
        Add(batch, "insert into audit_entry (id, at, actor, source, action, subject, part, changes, correlation) values ($1, $2, $3, 'api 127.0.0.1', 'created', $4, null, $5, null)",
            ids.Next(), now, Actor, contact, JsonSerializer.Serialize(new { recorded.Reference, typeId, input.PersonId, input.AccountId, input.PremiseId, input.Channel, occurredAt = now }));
        Add(batch, "insert into event (id, name, version, occurred_at, actor, subjects, body, correlation) values ($1, 'contact.recorded', 1, $2, $3, $4, $5, null)",
            ids.Next(), now, Actor, contact, JsonSerializer.Serialize(new { contactId = id, input.Type, input.Channel, input.PersonId, input.AccountId, input.PremiseId }));
        Add(batch, "insert into idempotency (actor, route, key, body_hash, response, created_at) values ('ApiKey:1', 'POST /bare', $1, $2, $3, $4)",
            key, Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(input))), JsonSerializer.Serialize(recorded), now);
        await batch.ExecuteNonQueryAsync();
        return recorded;
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }

    /// <summary>Keys in blocks, as the product takes them.</summary>
    private sealed class Blocks(NpgsqlDataSource source, string name, int size)
    {
        private readonly Lock gate = new();
        private long next;
        private long end;

        public long Next()
        {
            lock (gate)
            {
                if (next == end)
                {
                    using var take = source.CreateCommand("update id_block set next = next + $1 where name = $2 returning next");
                    take.Parameters.Add(new NpgsqlParameter { Value = (long)size });
                    take.Parameters.Add(new NpgsqlParameter { Value = name });
                    end = (long)take.ExecuteScalar()!;
                    next = end - size;
                }
                return next++;
            }
        }
    }
}

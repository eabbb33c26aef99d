using Dapper;
using Tieline.Platform.Data;
using Tieline.Platform.Settings;

namespace Tieline.Platform.Batch;

/// <summary>
/// Removes what is kept for a time only, and nothing else: what stands in <see cref="Tables"/>. Dead jobs stay until someone has dealt with them, and events as long as a job is still to hear of them.
/// </summary>
internal sealed class Retention(AppDb db, ISettings settings) : IBatchProcess
{
    public static readonly SettingKey<int> JobDays = new("retention.job_days", 7, "Days for which finished jobs are kept", SettingRules.Between(1, 3_650));
    public static readonly SettingKey<int> EventDays = new("retention.event_days", 90, "Days for which announced events are kept", SettingRules.Between(7, 3_650));
    public static readonly SettingKey<int> IdempotencyDays = new("retention.idempotency_days", 7, "Days for which answers to repeated requests are kept", SettingRules.Between(1, 365));
    public static readonly SettingKey<int> LookDays = new("retention.look_days", 730, "Days for which it is kept who looked at what", SettingRules.Between(30, 36_500));
    public static readonly SettingKey<int> AuditDays = new("retention.audit_days", 3653, "Days for which it is kept who changed what", SettingRules.Between(365, 36_500));

    public static readonly SettingKey<int> WebHookDays = new("retention.web_hook_days", 30, "Days for which it is kept what web hooks were sent and answered", SettingRules.Between(1, 3_650));

    public static readonly SettingKey<int> PaceDays = new("retention.pace_days", 90, "Days for which the speed of batch runs is kept", SettingRules.Between(1, 3_650));

    public static readonly SettingKey<int> FireDays = new("retention.fire_days", 730, "Days for which it is kept when schedules fired", SettingRules.Between(30, 36_500));

    public static readonly ISettingKey[] Settings = [JobDays, EventDays, IdempotencyDays, LookDays, AuditDays, WebHookDays, PaceDays, FireDays];

    // By state, for which jobs have an index each: among all that are done those that are not would be looked for long. Younger jobs are about younger events, however many there are in a storm.
    private const string NobodyWaits = """
        '{"eventId":' || id || '}' not in (
            select payload from job where state = 'Waiting' and created_at < @soon and payload like '{"eventId":%'
            union all select payload from job where state = 'Running' and created_at < @soon and payload like '{"eventId":%'
            union all select payload from job where state = 'Dead' and created_at < @soon and payload like '{"eventId":%')
        """;

    internal static readonly Kept[] Tables =
    [
        new("job", "id", "finished_at", JobDays, "state = 'Done'"),
        new("event", "id", "occurred_at", EventDays, NobodyWaits),
        new("idempotency", "actor, route, key", "created_at", IdempotencyDays),
        new("look", "id", "at", LookDays),
        new("audit_entry", "id", "at", AuditDays),
        new("job_node", "name", "seen_at", JobDays),
        new("batch_pace", "id", "at", PaceDays),
        new("batch_fire", "id", "fire_at", FireDays),
        // What a paused hook still waits for stays, as everything does that is not done.
        new("web_hook_delivery", "id", "created_at", WebHookDays, "state in ('Delivered', 'Failed')"),
    ];

    /// <param name="Key">Columns of the primary key.</param>
    /// <param name="Since">Column from which the days count.</param>
    internal sealed record Kept(string Table, string Key, string Since, SettingKey<int> Days, string Only = "1 = 1");

    public string Code => "RETENTION";

    public string Description => "Removes finished jobs, old events, answers, looks and changes after their days";

    public BatchUsual Usual => new("0 30 2 * * ?", Records: 5_000);

    /// <remarks>The position is the number of tables that are done.</remarks>
    public async Task<BatchStep> Do(BatchInput input, BatchSlice slice, CancellationToken ct)
    {
        if (slice.After >= Tables.Length)
            return new BatchStep(slice.After, 0, 0, Last: true);
        var table = Tables[slice.After];
        // A setting of nonsense must not empty a table.
        var before = db.Now.AddDays(-Math.Max(1, await settings.Get(table.Days, ct)));
        var (connection, transaction) = await db.Sql(ct);
        var removed = await connection.ExecuteAsync(new CommandDefinition(
            $"""
            delete from {table.Table} where ({table.Key}) in (
                select {table.Key} from {table.Table} where {table.Since} < @before and {table.Only} order by {table.Since} limit @limit)
            """,
            new { before, soon = before.AddDays(1), limit = slice.Records }, transaction, cancellationToken: ct));
        var next = removed < slice.Records ? slice.After + 1 : slice.After;
        return new BatchStep(next, removed, 0, Last: next == Tables.Length);
    }
}

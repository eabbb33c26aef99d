using Dapper;
using Tieline.Customers.Sight;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;

namespace Tieline.Customers.Alerts;

internal sealed class AlertReader(AppDb db, CurrentActor actor, IEnumerable<IAlert> alerts, ReferenceCache<KnownAlerts> known, ISettings settings, IUtilityClock clock, PeopleInSight sight) : IAlerts
{
    public async Task<IReadOnlyList<AlertLine>> Of(long personId, CancellationToken ct)
    {
        actor.Require(CustomersPermissions.Read);
        var level = await sight.Of(personId, ct);
        if (level == SightLevel.Closed)
            return [];
        var owing = await sight.Owing(personId, ct);
        var byCode = alerts.Where(a => actor.May(a.Permission) && (owing is not null || !a.TellsOfMoney)).ToDictionary(a => a.Code, StringComparer.Ordinal);
        var (today, currency) = (await clock.Today(ct), Currency.Of(await settings.Get(HouseSettings.Currency, ct)));
        // A setting may be of an alert that this programme has no more.
        var asked = (await known.Get(ct)).Settings.Where(s => s.IsInForce(today) && byCode.ContainsKey(s.Code)).ToDictionary(s => s.Id);
        var (sql, values) = AlertStatement.Of(asked.Values.Select(s => (s, byCode[s.Code])), personId, today, clock.Now, currency, await sight.OwnAccounts(ct), owing ?? "1 = 0");
        var (connection, transaction) = await db.Sql(ct);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(sql, values, transaction, cancellationToken: ct)))
            .OrderBy(r => asked[r.Setting].Position).ThenBy(r => r.Setting).ThenBy(r => r.Day).ThenBy(r => r.Id).DistinctBy(r => new RecordRef(r.Kind, r.Id))
            .Select(r => (Setting: asked[r.Setting], Alert: byCode[asked[r.Setting].Code], Told: new AlertRow(new RecordRef(r.Kind, r.Id), r.A, r.B, r.Number, r.Day, personId))).ToArray();
        // Where nothing is told there are no words to mask.
        if (rows.Length == 0)
            return [];
        var masking = await sight.Masking(personId, ct);
        var others = await sight.Of([.. rows.Select(r => r.Alert.Names(r.Told)).OfType<long>()], ct);
        var moment = new AlertMoment(today, currency);
        var lines = rows.Select(r => (
            r.Setting, r.Alert, r.Told.Cause, Words: r.Alert.Say(r.Alert.Names(r.Told) is { } other && others[other] == SightLevel.Closed ? r.Told with { A = null } : r.Told, moment))).ToArray();
        var places = await sight.Maskings(lines.Where(l => l.Words.PremiseId is not null).Select(l => ((long?)null, (long?)null, l.Words.PremiseId)), ct);
        return
        [
            .. lines.Select(l => new AlertLine(
                l.Setting.Id, l.Setting.Code, l.Alert.Icon, l.Setting.Tone, masking.And(places.Of(null, null, l.Words.PremiseId)).Text(l.Words.Text), l.Words.Href, l.Cause)),
        ];
    }

    // Column names as the statement has them.
    private sealed class Row
    {
        public long Setting { get; init; }
        public string Kind { get; init; } = "";
        public long Id { get; init; }
        public string? A { get; init; }
        public string? B { get; init; }
        public long? Number { get; init; }
        public DateOnly? Day { get; init; }
    }
}

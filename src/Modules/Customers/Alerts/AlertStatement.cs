using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using Tieline.Platform;

namespace Tieline.Customers.Alerts;

/// <summary>Puts the parts of all alerts together into one statement.</summary>
internal static partial class AlertStatement
{
    /// <summary>Of one alert: a landlord may have a thousand reasons for it.</summary>
    public const int MostRows = 10;

    private static string Mine(string? own, string owing) => $"""
        with own_accounts as (select a.id from account a where {(own is null ? "1 = 0" : $"a.id in ({own})")}),
        mine_accounts as (
            select a.id, a.customer_class, case when {owing} then 1 else 0 end as owing from account_person ap join account a on a.id = ap.account_id
            where ap.person_id = @person and (ap.to_on is null or ap.to_on >= @today){(own is null ? "" : $" and a.id not in ({own})")}),
        owing_accounts as (select id from mine_accounts where owing = 1),
        mine_premises as (
            select distinct s.premise_id as id from mine_accounts m join service_agreement s on s.account_id = m.id and s.state not in ('Stopped', 'Closed', 'Cancelled'))
        select cast(null as bigint) as setting, cast(null as text) as kind, cast(null as bigint) as id, cast(null as text) as a, cast(null as text) as b,
            cast(null as bigint) as number, cast(null as date) as day where 1 = 0
        """;

    /// <param name="alerts">Those in force, with what is typed of their conditions.</param>
    /// <param name="own">Accounts of which nothing is told, whoever else stands on them.</param>
    /// <param name="owing">Which of the accounts <c>ap.account_id</c> tell what is owed on them, as a part of the statement.</param>
    public static (string Sql, DynamicParameters Values) Of(
        IEnumerable<(AlertSetting Setting, IAlert Alert)> alerts, long personId, DateOnly today, DateTime now, Currency currency, IReadOnlyCollection<long> own, string owing)
    {
        var sql = new StringBuilder(Mine(own.Count == 0 ? null : string.Join(',', own), owing));
        var values = new DynamicParameters(new { person = personId, today, now });
        foreach (var (setting, alert) in alerts)
        {
            var id = setting.Id.ToString(CultureInfo.InvariantCulture);
            var typed = setting.Typed;
            var part = Parameter().Replace(alert.Sql, found => Named(found.Groups["name"].Value));
            sql.Append(CultureInfo.InvariantCulture, $"\nunion all select * from (select {id}, f.* from ({part}) f");
            if (setting.CustomerClass is { } only)
            {
                sql.Append(CultureInfo.InvariantCulture, $" where exists (select 1 from mine_accounts m where m.customer_class = @c{id})");
                values.Add($"c{id}", only.ToString());
            }
            sql.Append(CultureInfo.InvariantCulture, $" limit {MostRows}) s{id}");

            string Named(string name)
            {
                if (name is "person" or "today" or "now")
                    return $"@{name}";
                var condition = alert.Conditions.FirstOrDefault(c => name == c.Code || (c.Kind == AlertConditionKind.Days && name.StartsWith($"{c.Code}_a", StringComparison.Ordinal)))
                    ?? throw new InvalidOperationException($"The alert {alert.Code} has no condition {name}.");
                values.Add($"s{id}_{name}", Value(condition, name[condition.Code.Length..], typed.GetValueOrDefault(condition.Code) ?? condition.Default, today, now, currency));
                return $"@s{id}_{name}";
            }
        }
        return (sql.ToString(), values);
    }

    private static object Value(AlertCondition condition, string suffix, string typed, DateOnly today, DateTime now, Currency currency) => condition.Kind switch
    {
        AlertConditionKind.Text => typed,
        AlertConditionKind.Amount => currency.TryRead(typed, out var amount) ? amount.Minor : 0L,
        _ when !int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out _) => 0L,
        _ => (int.Parse(typed, CultureInfo.InvariantCulture), suffix) switch
        {
            (var days, "_ago_at") => now.AddDays(-days),
            (var days, "_ago_on") => today.AddDays(-days),
            (var days, "_ahead_on") => today.AddDays(days),
            (var number, _) => (object)(long)number,
        },
    };

    [GeneratedRegex("@(?<name>[a-z_]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}

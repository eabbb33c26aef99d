using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers.Consents;
using Tieline.Customers.People;
using Tieline.Platform.Ui;

namespace Tieline.Customers.Alerts;

/// <summary>An alert of this room.</summary>
internal sealed record CustomerAlert(string Code, string Name, string Icon, Tone Tone, int Order, string Sql, Func<AlertRow, AlertMoment, AlertWords> Words) : IAlert
{
    public string Permission { get; init; } = CustomersPermissions.Read;
    public IReadOnlyList<AlertCondition> Conditions { get; init; } = [];

    /// <summary>The row's <c>b</c> is the key of the one whose name is its <c>a</c>.</summary>
    public bool NamesOther { get; init; }

    public long? Names(AlertRow row) => NamesOther && row.B is { } other ? long.Parse(other, CultureInfo.InvariantCulture) : null;

    public AlertWords Say(AlertRow row, AlertMoment moment) => Words(row, moment);
}

/// <summary>What this room warns of.</summary>
internal static class CustomerAlerts
{
    public static void Add(IServiceCollection services)
    {
        foreach (var alert in All)
            services.AddSingleton<IAlert>(alert);
    }

    private static readonly CustomerAlert[] All =
    [
        new("customers.restricted", "Restricted", "lock", Tone.Danger, 90,
            "select 'person.restricted' as kind, p.id as id, p.restriction as a, null as b, cast(null as bigint) as number, cast(null as date) as day from person p where p.id = @person and p.restriction <> 'None'",
            (row, _) => new($"Restricted: {Sight.RestrictionWords.Of(Enum.Parse<PersonRestriction>(row.A!))}", Customer(row))),
        new("customers.caller_tries", "Callers failed to show who they are", "shield-check", Tone.Warning, 95, """
            select 'person.caller_tries' as kind, @person as id, null as a, null as b, count(*) as number, cast(null as date) as day
            from caller_try t where t.person_id = @person and not t.convinced and t.at >= @days_ago_at having count(*) >= @at_least
            """,
            (row, _) => new($"{row.Number} failed {(row.Number == 1 ? "try" : "tries")} to verify a caller", $"{Customer(row)}/caller/verify"))
        {
            Permission = CustomersPermissions.Verify,
            Conditions = [new("at_least", "Failed tries, at least", AlertConditionKind.Count, "1"), new("days", "Within days", AlertConditionKind.Days, "1")],
        },
        new("customers.life_support", "Life support", "heartbeat", Tone.Danger, 100,
            "select 'person' as kind, p.id as id, null as a, null as b, cast(null as bigint) as number, cast(null as date) as day from person p where p.id = @person and p.life_support",
            (row, _) => new("Life support", Customer(row))),
        new("customers.life_support_premise", "Life support at a premise", "heartbeat", Tone.Danger, 110,
            "select 'premise' as kind, p.id as id, p.one_line as a, null as b, cast(null as bigint) as number, cast(null as date) as day from mine_premises m join premise p on p.id = m.id where p.life_support",
            (row, _) => new($"Life support at {row.A}", $"/premises/{row.Cause.Id}")),
        new("customers.warning", "Warning: threat, dog, two people ...", "alert-triangle", Tone.Danger, 120, """
            select 'warning' as kind, w.id as id, w.kind as a, w.reason as b, cast(null as bigint) as number, cast(null as date) as day from warning w where w.person_id = @person and w.ended_at is null
            union all
            select 'warning', w.id, w.kind, w.reason, w.premise_id, null from mine_premises m join warning w on w.premise_id = m.id where w.ended_at is null
            """,
            (row, _) => new($"{Option.InWords(row.A!)}: {Short(row.B!)}", $"/warnings/{row.Cause.Id}", row.Number)) { Permission = CustomersPermissions.Warnings },
        new("customers.sensitive_load", "Sensitive load", "bolt", Tone.Warning, 130,
            "select 'person.load' as kind, p.id as id, null as a, null as b, cast(null as bigint) as number, cast(null as date) as day from person p where p.id = @person and p.sensitive_load",
            (row, _) => new("Sensitive load", Customer(row))),
        new("customers.sensitive_load_premise", "Sensitive load at a premise", "bolt", Tone.Warning, 140,
            "select 'premise.load' as kind, p.id as id, p.one_line as a, null as b, cast(null as bigint) as number, cast(null as date) as day from mine_premises m join premise p on p.id = m.id where p.sensitive_load",
            (row, _) => new($"Sensitive load at {row.A}", $"/premises/{row.Cause.Id}")),
        new("customers.pending_start", "Service is to start", "plug", Tone.Info, 400, """
            select 'agreement' as kind, s.id as id, s.type as a, cast(s.account_id as text) as b, cast(null as bigint) as number, s.start_on as day
            from mine_accounts m join service_agreement s on s.account_id = m.id where s.state = 'PendingStart'
            """,
            (row, moment) => new($"{Option.InWords(row.A!)} starts {WhenText.Near(row.Day!.Value, moment.Today)}", $"/accounts/{row.B}")),
        new("customers.stopped", "Service has stopped", "player-stop", Tone.Warning, 410, """
            select 'agreement' as kind, s.id as id, s.type as a, cast(s.account_id as text) as b, cast(null as bigint) as number, s.stop_on as day
            from mine_accounts m join service_agreement s on s.account_id = m.id where s.state = 'Stopped' and s.stop_on >= @days_ago_on
            """,
            (row, _) => new($"{Option.InWords(row.A!)} stopped {WhenText.Full(row.Day!.Value)}", $"/accounts/{row.B}"))
        {
            Conditions = [new("days", "Stopped within days", AlertConditionKind.Days, "60")],
        },
        new("customers.authorisation_ends", "An authorisation ends soon", "user-check", Tone.Info, 500, """
            select 'authorisation' as kind, a.id as id, a.name as a, cast(a.other_person_id as text) as b, cast(null as bigint) as number, a.to_on as day from authorisation a
            where a.person_id = @person and a.revoked_at is null and a.from_on <= @today and a.to_on between @today and @days_ahead_on
            """,
            (row, moment) => new($"{row.A ?? Sight.Masks.Closed} may act until {WhenText.Near(row.Day!.Value, moment.Today)}", $"{Customer(row)}/authorisations/{row.Cause.Id}"))
        {
            Conditions = [new("days", "Ends within days", AlertConditionKind.Days, "30")], NamesOther = true,
        },
        new("customers.consent_conflict", "Consents contradict each other", "message-2", Tone.Warning, 510, $"""
            select 'person.consent' as kind, @person as id, max(c.kind) as a, max(c.channel) as b, count(*) as number, cast(null as date) as day
            from ({ConsentConflict.Of("@person")}) c having count(*) > 0
            """,
            (row, _) => new(
                row.A == "Shared" ? $"Shares a number or address with someone who answered otherwise ({row.B!.ToLowerInvariant()})" : $"Prefers {row.B!.ToLowerInvariant()}, and refused it for everything",
                $"{Customer(row)}/consents")),
        new("customers.needs", "What a conversation needs: language, interpreter, large print ...", "language", Tone.Info, 600, """
            select 'person.needs' as kind, p.id as id, p.language as a, p.preferred_channel as b,
                case when p.interpreter then 1 else 0 end + case when p.relay then 2 else 0 end + case when p.large_print then 4 else 0 end + case when p.needs_time then 8 else 0 end as number,
                cast(null as date) as day
            from person p
            where p.id = @person and (p.language <> 'en' or p.preferred_channel <> 'None' or p.interpreter or p.relay or p.large_print or p.needs_time)
            """,
            (row, _) => new(Needs(row), Customer(row))),
    ];

    private static string Customer(AlertRow row) => $"/customers/{row.PersonId.ToString(CultureInfo.InvariantCulture)}";

    private static string Short(string text) => text.Length <= 60 ? text : $"{Platform.Search.SearchText.Cut(text, 59).TrimEnd()}…";

    private static string Needs(AlertRow row)
    {
        bool Has(long bit) => (row.Number!.Value & bit) != 0;
        return string.Join(" · ", new[]
        {
            row.A != "en" ? $"Speaks {Languages.Name(row.A!)}" : null, Has(1) ? "Needs an interpreter" : null, Has(2) ? "Calls by relay or TTY" : null, Has(4) ? "Large print" : null,
            Has(8) ? "Needs time" : null, row.B != "None" ? $"Prefers {(row.B == "Email" ? "e-mail" : row.B!.ToLowerInvariant())}" : null,
        }.OfType<string>());
    }
}

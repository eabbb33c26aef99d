using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Ui;

namespace Tieline.Billing.Standing;

/// <summary>An alert about how an account stands: it leads to the card on the customer's page.</summary>
internal sealed record StandingAlert(string Code, string Name, string Icon, Tone Tone, int Order, string Sql, Func<AlertRow, AlertMoment, string> Words) : IAlert
{
    public string Permission => BillingPermissions.Read;
    // As the card to which it leads: that somebody does not pay is nobody's to hear but the customer's.
    public bool TellsOfMoney => true;
    public IReadOnlyList<AlertCondition> Conditions { get; init; } = [];

    public AlertWords Say(AlertRow row, AlertMoment moment) =>
        new(Words(row, moment), string.Create(CultureInfo.InvariantCulture, $"/customers/{row.PersonId}#standing-{row.Cause.Id}"));
}

/// <summary>What the billing system's word means at the desk. An account that is to be disconnected owes: one cause, told once.</summary>
internal static class StandingAlerts
{
    public static void Add(IServiceCollection services)
    {
        foreach (var alert in All)
            services.AddSingleton<IAlert>(alert);
    }

    private static readonly StandingAlert[] All =
    [
        new("billing.disconnect", "Disconnected, or to be disconnected", "plug", Tone.Danger, 200, """
            select 'account.debt' as kind, s.account_id as id, s.disconnect as a, null as b, cast(null as bigint) as number, s.disconnect_on as day
            from owing_accounts m join account_standing s on s.account_id = m.id where s.disconnect <> 'None'
            """,
            (row, moment) => row.A switch
            {
                nameof(DisconnectStatus.Disconnected) => $"Disconnected{On(" since ", row.Day, moment)}",
                nameof(DisconnectStatus.Scheduled) => $"Disconnection{On(" ", row.Day, moment)}",
                _ => $"Disconnection notice{On(" for ", row.Day, moment)}",
            }),
        new("billing.arrangement_broken", "Payment arrangement broken", "calendar-event", Tone.Warning, 210, """
            select 'account.arrangement' as kind, s.account_id as id, null as a, null as b, cast(null as bigint) as number, s.instalment_due_on as day
            from owing_accounts m join account_standing s on s.account_id = m.id where s.arrangement = 'Broken'
            """,
            (row, moment) => $"Payment arrangement broken{On(" ", row.Day, moment)}"),
        new("billing.cash_only", "Cash only", "credit-card", Tone.Warning, 220, """
            select 'account.cash_only' as kind, s.account_id as id, null as a, null as b, cast(null as bigint) as number, cast(null as date) as day
            from owing_accounts m join account_standing s on s.account_id = m.id where s.cash_only
            """,
            (_, _) => "Cash only"),
        new("billing.balance", "Balance", "receipt", Tone.Neutral, 700, """
            select 'account.debt' as kind, s.account_id as id, case when s.past_due > 0 then 'past' end as a, null as b, s.balance as number, s.due_on as day
            from owing_accounts m join account_standing s on s.account_id = m.id where s.balance >= @at_least
            """,
            (row, moment) => $"Owes {moment.Currency.Text(new Money(row.Number!.Value))}{On(", due ", row.Day, moment)}")
        {
            Conditions = [new("at_least", "At least", AlertConditionKind.Amount, "0.01")],
        },
    ];

    private static string On(string word, DateOnly? day, AlertMoment moment) => day is { } on ? $"{word}{WhenText.Near(on, moment.Today)}" : "";
}

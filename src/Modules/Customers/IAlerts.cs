using Tieline.Platform;
using Tieline.Platform.Ui;

namespace Tieline.Customers;

/// <summary>
/// Something one must know before saying a word to a customer. Rooms register theirs as singletons; administrators decide about order, tone and conditions. All alerts
/// of a customer are read in one statement, of which each gives a part.
/// </summary>
public interface IAlert
{
    /// <summary>Stable, e.g. <c>contacts.open</c>.</summary>
    string Code { get; }
    string Name { get; }

    /// <summary>A name in <c>Ui/icons.txt</c>.</summary>
    string Icon { get; }

    /// <summary>Until an administrator decides otherwise.</summary>
    Tone Tone { get; }

    /// <summary>Until an administrator decides otherwise; the smallest stands first.</summary>
    int Order { get; }

    /// <summary>Who lacks it is not told.</summary>
    string Permission { get; }

    /// <summary>It is for the customer's own ears: hidden while nobody has said who is calling. It asks <c>owing_accounts</c>, which the caller opens.</summary>
    bool TellsOfMoney => false;

    /// <summary>What an administrator may set; the alert is offered several times when that makes sense.</summary>
    IReadOnlyList<AlertCondition> Conditions => [];

    /// <summary>
    /// A SELECT of <c>kind, id</c> (the cause as a RecordRef: of several alerts with one cause the first is shown), <c>a, b</c> (texts), <c>number</c> and <c>day</c>, in this
    /// order, of a few rows at most and alike on both databases (a missing number is <c>cast(null as bigint)</c>, a missing day <c>cast(null as date)</c>). It may use <c>@person</c>, <c>@today</c>, <c>@now</c>, the tables <c>mine_accounts (id, customer_class)</c>, <c>owing_accounts (id)</c>,
    /// <c>mine_premises (id)</c> and <c>own_accounts (id)</c>, of which nothing is told though it is about the person, and its conditions by their code: <c>@at_least</c>; of days also <c>@days_ago_at</c>, <c>@days_ago_on</c> and <c>@days_ahead_on</c>.
    /// </summary>
    string Sql { get; }

    /// <summary>Somebody on record besides the customer whose name is the row's <c>a</c>: to whom they are closed, it is told without it.</summary>
    long? Names(AlertRow row) => null;

    AlertWords Say(AlertRow row, AlertMoment moment);
}

public enum AlertConditionKind { Days, Count, Amount, Text }

/// <param name="Code">As it stands in the statement: lower-case letters and _.</param>
/// <param name="Default">As it is typed; an amount in major units.</param>
public sealed record AlertCondition(string Code, string Label, AlertConditionKind Kind, string Default);

/// <summary>A row of an alert's SELECT.</summary>
public sealed record AlertRow(RecordRef Cause, string? A, string? B, long? Number, DateOnly? Day, long PersonId);

public sealed record AlertMoment(DateOnly Today, Currency Currency);

/// <param name="Href">Where the cause is.</param>
/// <param name="PremiseId">Of words that somebody typed about a place: what others who live there hold is hidden in them, too.</param>
public sealed record AlertWords(string Text, string Href, long? PremiseId = null);

/// <param name="Code">Of the alert.</param>
/// <param name="SettingId">Which of the administrators' alerts it is: several may have one code.</param>
public sealed record AlertLine(long SettingId, string Code, string Icon, Tone Tone, string Text, string Href, RecordRef Cause);

/// <summary>What one must know of a customer.</summary>
public interface IAlerts
{
    /// <summary>The alerts of a person in the administrators' order, each cause once; one SELECT. Needs the right to read customers; the caller keeps the look.</summary>
    Task<IReadOnlyList<AlertLine>> Of(long personId, CancellationToken ct);
}

/// <summary>What rooms above may ask about the alerts that administrators keep.</summary>
public interface IAlertSettings
{
    /// <summary>How many settings of an alert say this value for a condition, those not in use included.</summary>
    /// <param name="alert">Code of the <see cref="IAlert"/>.</param>
    /// <param name="condition">Code of its <see cref="AlertCondition"/>.</param>
    Task<int> Saying(string alert, string condition, string value, CancellationToken ct);
}

using System.Globalization;
using Tieline.Customers;
using Tieline.Platform.Ui;

namespace Tieline.Contacts.Alerts;

/// <summary>A contact that nobody has closed: the customer's, or one about nobody on an account of theirs or where they live.</summary>
internal sealed class OpenContactAlert : IAlert
{
    public string Code => "contacts.open";
    public string Name => "Open contact";
    public string Icon => "message-2";
    public Tone Tone => Tone.Info;
    public int Order => 310;
    public string Permission => ContactsPermissions.Read;

    public string Sql => """
        select 'contact' as kind, c.id as id, t.name as a, null as b, cast(null as bigint) as number, cast(null as date) as day
        from (
            select o.id, o.type_id from contact o where o.person_id = @person and o.status = 'Open' and (o.account_id is null or o.account_id not in (select id from own_accounts))
            union all
            select o.id, o.type_id from mine_accounts m join contact o on o.account_id = m.id where o.person_id is null and o.status = 'Open'
            union all
            select o.id, o.type_id from mine_premises m join contact o on o.premise_id = m.id where o.person_id is null and o.account_id is null and o.status = 'Open') c
        join contact_type t on t.id = c.type_id order by c.id desc limit 10
        """;

    public AlertWords Say(AlertRow row, AlertMoment moment) => new($"Open: {row.A}", string.Create(CultureInfo.InvariantCulture, $"/contacts/{row.Cause.Id}"));
}

/// <summary>Many contacts of one type: three pay plans denied in a year. Administrators add one for each type that matters.</summary>
internal sealed class ContactCountAlert : IAlert
{
    public const string AlertCode = "contacts.count";
    public const string TypeCondition = "type";

    public string Code => AlertCode;
    public string Name => "Pay plans denied";
    public string Icon => "hash";
    public Tone Tone => Tone.Warning;
    public int Order => 320;
    public string Permission => ContactsPermissions.Read;

    public IReadOnlyList<AlertCondition> Conditions =>
    [
        new(TypeCondition, "Code of the contact type", AlertConditionKind.Text, "PAYDENY"), new("at_least", "At least", AlertConditionKind.Count, "2"), new("days", "Within days", AlertConditionKind.Days, "365"),
    ];

    public string Sql => """
        select 'contact_type' as kind, t.id as id, t.name as a, null as b, count(*) as number, cast(null as date) as day
        from contact_type t join contact c on c.type_id = t.id
        where t.code = upper(@type) and c.person_id = @person and c.occurred_at >= @days_ago_at
            and (c.account_id is null or c.account_id not in (select id from own_accounts))
        group by t.id, t.name having count(*) >= @at_least
        """;

    public AlertWords Say(AlertRow row, AlertMoment moment) =>
        new($"{row.A}: {row.Number} times", string.Create(CultureInfo.InvariantCulture, $"/contacts?person={row.PersonId}&type={row.Cause.Id}"));
}

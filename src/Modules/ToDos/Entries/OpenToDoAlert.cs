using Tieline.Customers;
using Tieline.Platform.Ui;
using Tieline.ToDos.FromCustomers;

namespace Tieline.ToDos.Entries;

/// <summary>
/// Work that is still to do for the customer, for an account of theirs, or where they live; of what names no person only its type is told, as its words may be of others. One that comes from a contact or a guided flow has that for its cause. What supervisors must hear of is no work for the customer, and no word for who speaks with them.
/// </summary>
internal sealed class OpenToDoAlert : IAlert
{
    public string Code => "todos.open";
    public string Name => "Outstanding To Dos";
    public string Icon => "calendar-due";
    public Tone Tone => Tone.Warning;
    public int Order => 300;
    public string Permission => ToDosPermissions.Work;
    public IReadOnlyList<AlertCondition> Conditions => [new("days", "Due within days", AlertConditionKind.Days, "30")];

    public string Sql => $"""
        select case when t.contact_id is not null then 'contact' when t.cause like 'guided_flow:%' then 'guided_flow' else 'to_do' end as kind,
            case when t.contact_id is not null then t.contact_id when t.cause like 'guided_flow:%' then cast(substr(t.cause, 13) as bigint) else t.id end as id,
            case when t.person_id is null then y.name else t.subject end as a, cast(t.id as text) as b, cast(null as bigint) as number, t.due_on as day
        from (
            select o.* from to_do o where o.person_id = @person and o.state <> 'Complete' and (o.account_id is null or o.account_id not in (select id from own_accounts))
            union all
            select o.* from mine_accounts m join to_do o on o.account_id = m.id where o.person_id is null and o.state <> 'Complete'
            union all
            select o.* from mine_premises m join to_do o on o.premise_id = m.id where o.person_id is null and o.account_id is null and o.state <> 'Complete') t
        join to_do_type y on y.code = t.type_code
        where t.due_on <= @days_ahead_on and t.type_code not in ('{ToldByCustomers.RestrictedType}', '{ToldByCustomers.CallerType}') order by t.due_on, t.id limit 10
        """;

    public AlertWords Say(AlertRow row, AlertMoment moment) =>
        new($"{row.A}, {(row.Day < moment.Today ? "was due" : "due")} {WhenText.Near(row.Day!.Value, moment.Today)}", $"/todos/{row.B}");
}

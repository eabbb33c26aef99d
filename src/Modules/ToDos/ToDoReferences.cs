using Tieline.Platform.Batch;

namespace Tieline.ToDos;

/// <summary>What is true of To Dos.</summary>
internal static class ToDoReferences
{
    public static readonly ReferenceRule[] Rules =
    [
        new(401, "TODO-TYPE", "A To Do is of a type that there is.", "to_do", "not exists (select 1 from to_do_type t where t.code = r.type_code)", "'to_do:' || r.id"),
        new(402, "TODO-COMPLETED", "A To Do that is complete says when, and its log says so.", "to_do",
            "r.state = 'Complete' and (r.completed_at is null or not exists (select 1 from to_do_log l where l.to_do_id = r.id and l.action = 'completed'))", "'to_do:' || r.id"),
        new(403, "TODO-HANDS", "A To Do that is worked on is in somebody's hands, one on hold has its day, and an open one has neither.", "to_do",
            """
            (r.state = 'BeingWorkedOn' and r.worked_by_id is null) or (r.state = 'OnHold' and r.hold_until is null) or (r.state <> 'OnHold' and r.hold_until is not null)
                or (r.state = 'Open' and r.worked_by_id is not null) or (r.state <> 'Complete' and r.completed_at is not null)
            """, "'to_do:' || r.id"),
        new(404, "TODO-ADDRESS", "A To Do is addressed to a person or a role.", "to_do", "r.employee_id is null and r.role_id is null", "'to_do:' || r.id"),
        new(405, "TODO-ABOUT", "A To Do is about a person, an account and a premise that there are.", "to_do",
            """
            (r.person_id is not null and not exists (select 1 from person p where p.id = r.person_id)) or (r.account_id is not null and not exists (select 1 from account a where a.id = r.account_id))
                or (r.premise_id is not null and not exists (select 1 from premise p where p.id = r.premise_id))
            """, "'to_do:' || r.id"),
        new(406, "TODO-RULE", "The rule that had the last word on a To Do is there.", "to_do", "r.rule_version_id is not null and not exists (select 1 from rule_version v where v.id = r.rule_version_id)", "'to_do:' || r.id"),
        new(407, "BULK-COUNTS", "A step with many To Dos that is over has done or refused each of them.", "to_do_bulk",
            "r.finished_at is not null and (r.done + r.refused <> r.total or exists (select 1 from to_do_bulk_item i where i.bulk_id = r.id and i.done is null))", "'to_do_bulk:' || r.id"),
    ];
}

using Tieline.Platform.Batch;

namespace Tieline.Contacts;

/// <summary>What is true of contacts, promises and conversations.</summary>
internal static class ContactReferences
{
    public static readonly ReferenceRule[] Rules =
    [
        new(501, "CONTACT-LOG", "A contact has somebody's words in its log.", "contact", "not exists (select 1 from contact_log l where l.contact_id = r.id)", "'contact:' || r.id"),
        new(502, "CONTACT-PROMISED", "A contact that is open only until its promise is kept is open, and has such a promise.", "contact",
            "r.open_until_kept and (r.status <> 'Open' or not exists (select 1 from reminder m where m.contact_id = r.id and m.state in ('Waiting', 'Due')))", "'contact:' || r.id"),
        new(503, "CONTACT-MERGED", "A contact belongs to nobody and no premise that was merged.", "contact",
            """
            exists (select 1 from person p where p.id = r.person_id and p.merged_into_id is not null)
                or exists (select 1 from premise p where p.id = r.premise_id and p.merged_into_id is not null)
            """, "'contact:' || r.id"),
        new(504, "CONTACT-FIRST-REPORT", "A further report of an emergency leads to its first report.", "contact",
            "r.same_as_id is not null and exists (select 1 from contact f where f.id = r.same_as_id and (f.same_as_id is not null or f.id = r.id))", "'contact:' || r.id"),
        new(505, "PROMISE-TODO", "A promise that is due stands before somebody.", "reminder",
            "r.state = 'Due' and not exists (select 1 from to_do t where t.cause = 'reminder:' || r.id and t.state <> 'Complete')", "'contact:' || r.contact_id"),
        new(506, "PROMISE-OVER", "A promise that was kept or taken back says when, and stands before nobody.", "reminder",
            "r.state in ('Resolved', 'Withdrawn') and (r.resolved_at is null or exists (select 1 from to_do t where t.cause = 'reminder:' || r.id and t.state <> 'Complete'))", "'contact:' || r.contact_id"),
        new(507, "PROMISE-LOG", "A promise stands in the log of its own contact.", "reminder",
            "exists (select 1 from contact_log l where l.id = r.log_id and l.contact_id <> r.contact_id)", "'contact:' || r.contact_id"),
        new(508, "CONVERSATION-STATE", "A call, visit or chat that is over says when, and one that was handed over to whom.", "interaction",
            "(r.state = 'Ended') <> (r.ended_at is not null) or (r.state = 'HandedOver' and r.handed_to_employee_id is null and r.handed_to_role_id is null)", "'interaction:' || r.id"),
        new(509, "CONVERSATION-TIME", "A call, visit or chat took as long as its stretches.", "interaction",
            "r.handled_seconds <> coalesce((select sum(s.seconds) from interaction_span s where s.interaction_id = r.id), 0)", "'interaction:' || r.id"),
        new(510, "CONVERSATION-EMPLOYEE", "A call, visit or chat is held by an employee who is on record.", "interaction", "not exists (select 1 from employee e where e.id = r.employee_id)", "'interaction:' || r.id"),
        new(511, "TODO-CONTACT", "A To Do of a contact leads to one that there is.", "to_do", "r.contact_id is not null and not exists (select 1 from contact c where c.id = r.contact_id)", "'to_do:' || r.id"),
        new(512, "FILE-OF-CONTACT", "A file of a contact belongs to one that there is.", "file",
            "case when r.attached_to like 'contact:%' then not exists (select 1 from contact c where c.id = cast(substr(r.attached_to, 9) as bigint)) else false end", "'file:' || r.id"),
    ];
}

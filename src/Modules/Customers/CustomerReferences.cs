using Tieline.Platform.Batch;

namespace Tieline.Customers;

/// <summary>What is true of people, accounts, premises and what is recorded about them.</summary>
internal static class CustomerReferences
{
    public static readonly ReferenceRule[] Rules =
    [
        new(301, "PERSON-MAIN-NAME", "A person has one main name, and is shown by it.", "person",
            """
            r.merged_into_id is null and ((select count(*) from person_name n where n.person_id = r.id and n.kind = 'Main') <> 1
                or not exists (select 1 from person_name n where n.person_id = r.id and n.kind = 'Main' and n.full_name = r.display_name))
            """, "'person:' || r.id"),
        new(302, "PERSON-PRIMARY", "A person has at most one primary phone and one primary e-mail address.", "person",
            "(select count(*) from person_phone p where p.person_id = r.id and p.is_primary) > 1 or (select count(*) from person_email e where e.person_id = r.id and e.is_primary) > 1", "'person:' || r.id"),
        new(303, "PERSON-MERGED-ONCE", "Who was merged is found as somebody who was not merged.", "person",
            "r.merged_into_id is not null and exists (select 1 from person s where s.id = r.merged_into_id and s.merged_into_id is not null)", "'person:' || r.id"),
        new(304, "PERSON-MERGE", "Who was merged has a merge on record that was not undone.", "person",
            "r.merged_into_id is not null and not exists (select 1 from merge m where m.from_id = r.id and m.undone_at is null)", "'person:' || r.id"),
        new(305, "PREMISE-MERGED-ONCE", "A premise that was merged is found as one that was not merged.", "premise",
            "r.merged_into_id is not null and exists (select 1 from premise s where s.id = r.merged_into_id and s.merged_into_id is not null)", "'premise:' || r.id"),
        new(306, "PREMISE-MERGE", "A premise that was merged has a merge on record that was not undone.", "premise",
            "r.merged_into_id is not null and not exists (select 1 from merge m where m.from_id = r.id and m.undone_at is null)", "'premise:' || r.id"),
        new(307, "PERSON-DAYS", "Names and addresses of a person do not end before they begin.", "person",
            """
            exists (select 1 from person_name n where n.person_id = r.id and n.to_on < n.from_on)
                or exists (select 1 from person_address a where a.person_id = r.id and not a.every_year and a.to_on < a.from_on)
            """, "'person:' || r.id"),
        new(308, "ACCOUNT-MAIN", "An account has one main person.", "account", "(select count(*) from account_person p where p.account_id = r.id and p.to_on is null and p.role = 'Main') <> 1", "'account:' || r.id"),
        new(309, "ACCOUNT-RESPONSIBLE", "Somebody on an account is financially responsible.", "account",
            "not exists (select 1 from account_person p where p.account_id = r.id and p.to_on is null and p.financially_responsible)", "'account:' || r.id"),
        new(310, "ACCOUNT-CLOSED", "An account that is closed has its day, and supplies nothing any more.", "account",
            """
            (r.status = 'Closed') <> (r.closed_on is not null)
                or (r.status = 'Closed' and exists (select 1 from service_agreement a where a.account_id = r.id and a.state in ('PendingStart', 'Active', 'PendingStop', 'Reactivated')))
            """, "'account:' || r.id"),
        new(311, "ACCOUNT-MERGED", "Who was merged stands on no account any more.", "account_person",
            "r.to_on is null and exists (select 1 from person p where p.id = r.person_id and p.merged_into_id is not null)", "'account:' || r.account_id"),
        new(312, "AGREEMENT-DAYS", "A service agreement does not stop before it starts, and has a last day when it is stopped or is to stop.", "service_agreement",
            "r.stop_on < r.start_on or (r.stop_on is null and r.state in ('PendingStop', 'Stopped', 'Closed'))", "'account:' || r.account_id"),
        new(313, "AGREEMENT-ONE", "Of a service one agreement at most runs at a premise.", "service_agreement",
            """
            r.state in ('Active', 'PendingStop', 'Reactivated') and exists (
                select 1 from service_agreement o where o.premise_id = r.premise_id and o.type = r.type and o.id < r.id and o.state in ('Active', 'PendingStop', 'Reactivated'))
            """, "'premise:' || r.premise_id"),
        new(314, "AGREEMENT-MERGED", "Nothing is supplied at a premise that was merged.", "service_agreement",
            "exists (select 1 from premise p where p.id = r.premise_id and p.merged_into_id is not null)", "'account:' || r.account_id"),
        new(315, "NOTE-SUBJECT", "A note is on a person, an account or a premise that there is.", "note",
            """
            case when r.subject like 'person:%' then not exists (select 1 from person p where p.id = cast(substr(r.subject, 8) as bigint))
                when r.subject like 'account:%' then not exists (select 1 from account a where a.id = cast(substr(r.subject, 9) as bigint))
                when r.subject like 'premise:%' then not exists (select 1 from premise p where p.id = cast(substr(r.subject, 9) as bigint))
                else false end
            """, "'note:' || r.id"),
        new(316, "TIMELINE-OF", "A line of a timeline is of a person, an account and a premise that there are.", "timeline_entry",
            """
            (r.person_id is not null and not exists (select 1 from person p where p.id = r.person_id)) or (r.account_id is not null and not exists (select 1 from account a where a.id = r.account_id))
                or (r.premise_id is not null and not exists (select 1 from premise p where p.id = r.premise_id))
            """, "r.about"),
        new(317, "AUTHORISATION-DAYS", "An authorisation does not end before it begins, and says for whom.", "authorisation",
            "r.to_on < r.from_on or r.other_person_id = r.person_id", "'authorisation:' || r.id"),
        new(318, "WARNING-OF", "A warning is about a person or a premise.", "warning", "r.person_id is null and r.premise_id is null", "'warning:' || r.id"),
        new(319, "PAIR-RECORDS", "Both records of a pair that may be one are there.", "duplicate_pair",
            """
            case r.kind when 'Person' then (select count(*) from person p where p.id in (r.a_id, r.b_id)) <> 2
                when 'Premise' then (select count(*) from premise p where p.id in (r.a_id, r.b_id)) <> 2 else false end
            """, "'duplicate_pair:' || r.id"),
        new(320, "RELATIONSHIP-EMPLOYEE", "Who is related to a customer as an employee is one.", "relationship",
            "r.employee_id is not null and not exists (select 1 from employee e where e.id = r.employee_id)", "'person:' || r.person_id"),
        new(321, "FILE-OF-AUTHORISATION", "A file of an authorisation belongs to one that there is.", "file",
            "case when r.attached_to like 'authorisation:%' then not exists (select 1 from authorisation a where a.id = cast(substr(r.attached_to, 15) as bigint)) else false end", "'file:' || r.id"),
    ];
}

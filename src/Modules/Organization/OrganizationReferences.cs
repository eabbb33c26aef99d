using Tieline.Platform.Batch;

namespace Tieline.Organization;

/// <summary>What is true of departments and those who work here.</summary>
internal static class OrganizationReferences
{
    public static readonly ReferenceRule[] Rules =
    [
        new(201, "DEPARTMENT-LOOP", "A department does not stand below itself.", "department",
            """
            exists (with recursive above(id) as (
                select d.parent_id from department d where d.id = r.id union select d.parent_id from department d join above a on d.id = a.id)
                select 1 from above where above.id = r.id)
            """, "'department:' || r.id"),
        new(202, "ABSENCE-DAYS", "The days of an absence are in order, and nobody is away twice on one day.", "absence",
            """
            r.cancelled_at is null and (r.to_on < r.from_on or exists (
                select 1 from absence o where o.employee_id = r.employee_id and o.id < r.id and o.cancelled_at is null and o.from_on <= r.to_on and o.to_on >= r.from_on))
            """, "'absence:' || r.id"),
        new(203, "USER-EMPLOYEE", "Who signs in as an employee is one.", "user_account", "r.employee_id is not null and not exists (select 1 from employee e where e.id = r.employee_id)", "'user_account:' || r.id"),
    ];
}

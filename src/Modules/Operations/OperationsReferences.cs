using Tieline.Platform.Batch;

namespace Tieline.Operations;

/// <summary>What is true of those who are called at night.</summary>
internal static class OperationsReferences
{
    public static readonly ReferenceRule[] Rules =
    [
        new(701, "DUTY-EMPLOYEE", "Who is on call is an employee who is on record.", "on_call_duty", "not exists (select 1 from employee e where e.id = r.employee_id)", "'on_call_duty:' || r.id"),
        new(702, "DUTY-ONE", "Of a level one is on call at a time.", "on_call_duty",
            "r.to_at <= r.from_at or exists (select 1 from on_call_duty o where o.level = r.level and o.id < r.id and o.from_at < r.to_at and o.to_at > r.from_at)", "'on_call_duty:' || r.id"),
        new(703, "NOTICE-CALLED", "A notice stands before an employee who is on record, or before everyone.", "notice",
            "r.employee_id is not null and not exists (select 1 from employee e where e.id = r.employee_id)", "'notice:' || r.id"),
    ];
}

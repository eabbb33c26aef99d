using Tieline.Platform.Events;

namespace Tieline.Organization;

/// <summary>Someone has left and belongs to no To Do role any more; what was theirs needs another owner.</summary>
/// <param name="On">The last day at work.</param>
/// <param name="WorkToEmployeeId">To whom their open work goes; else to <paramref name="WorkToRoleId"/>; else each piece to the role of its type.</param>
[EventName("organization.employee_left")]
public sealed record EmployeeLeft(long EmployeeId, DateOnly On, long? WorkToEmployeeId = null, long? WorkToRoleId = null);

/// <summary>Someone will be away, or is; or on other days, or with another deputy, than was said before.</summary>
[EventName("organization.absence_recorded")]
public sealed record AbsenceRecorded(long AbsenceId, long EmployeeId, DateOnly FromOn, DateOnly ToOn, long? DeputyId);

[EventName("organization.absence_cancelled")]
public sealed record AbsenceCancelled(long AbsenceId, long EmployeeId);

using Tieline.Platform.Events;

namespace Tieline.Organization;

/// <summary>Someone has left and belongs to no To Do role any more; what was theirs needs another owner.</summary>
/// <param name="On">The last day at work.</param>
[EventName("organization.employee_left")]
public sealed record EmployeeLeft(long EmployeeId, DateOnly On);

using Tieline.Platform.Events;

namespace Tieline.ToDos;

/// <summary>One event for each set-based write; ids in <paramref name="ToDoIds"/>.</summary>
[EventName("todo.created")]
public sealed record ToDosCreated(IReadOnlyList<long> ToDoIds);

[EventName("todo.started")]
public sealed record ToDoStarted(long ToDoId, long EmployeeId);

[EventName("todo.put_back")]
public sealed record ToDoPutBack(long ToDoId);

/// <summary>On hold until a day.</summary>
[EventName("todo.held")]
public sealed record ToDoHeld(long ToDoId, DateOnly Until);

/// <summary>The day until which it was on hold has come.</summary>
[EventName("todo.taken_up")]
public sealed record ToDoTakenUp(long ToDoId);

/// <summary>It was completed by mistake.</summary>
[EventName("todo.reopened")]
public sealed record ToDoReopened(long ToDoId, [Code] string TypeCode);

/// <summary>Given to a person or a role; one of the two is null.</summary>
[EventName("todo.forwarded")]
public sealed record ToDoForwarded(long ToDoId, long? EmployeeId, long? RoleId);

[EventName("todo.priority_changed")]
public sealed record ToDoPriorityChanged(long ToDoId, int From, int To);

/// <summary>A rule kept work from being made.</summary>
/// <param name="RuleVersion">Number of the rule's version.</param>
[EventName("todo.suppressed")]
public sealed record ToDosSuppressed([Code] string TypeCode, long RuleId, int RuleVersion, int Count);

/// <summary>More urgent since they have grown old.</summary>
[EventName("todo.aged")]
public sealed record ToDosAged(IReadOnlyList<long> ToDoIds);

/// <summary>They waited longer than their type allows.</summary>
[EventName("todo.escalated")]
public sealed record ToDosEscalated(IReadOnlyList<long> ToDoIds);

/// <summary>Complete by themselves: nobody needed them so long after their day.</summary>
[EventName("todo.lapsed")]
public sealed record ToDosLapsed(IReadOnlyList<long> ToDoIds);

[EventName("todo.completed")]
public sealed record ToDoCompleted(long ToDoId, [Code] string TypeCode);

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

[EventName("todo.completed")]
public sealed record ToDoCompleted(long ToDoId, [Code] string TypeCode);

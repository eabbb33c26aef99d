using Tieline.Platform.Events;

namespace Tieline.ToDos;

/// <summary>One event for each set-based write; ids in <paramref name="ToDoIds"/>.</summary>
[EventName("todo.created")]
public sealed record ToDosCreated(IReadOnlyList<long> ToDoIds);

[EventName("todo.completed")]
public sealed record ToDoCompleted(long ToDoId, string TypeCode);

using Tieline.Operations.Batch;
using Tieline.Operations.Jobs;
using Tieline.ToDos;

namespace Tieline.Operations;

internal sealed class OperationsMessages : IToDoMessages
{
    public IReadOnlyList<ToDoMessage> Messages =>
    [
        new(DeadJobToDo.ToDoType, "Job {kind} failed {attempts} times: {error}"),
        new(BatchToDos.Failed, "{batch} run {run} failed: {error}"),
        new(BatchToDos.NotStarted, "{batch} did not start on {at}: {error}"),
        new(BatchToDos.Late, "{batch} is late: {error}"),
        new(BatchToDos.Error, "{batch} {found} {record}: {error}"),
        new(PausedHook.ToDoType, "Web hook {name} is paused, its target has failed for a day: {error}"),
    ];
}

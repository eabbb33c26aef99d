using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.ToDos.Types;

internal sealed class GetToDoType(AppDb db, CurrentActor actor) : IUse<GetToDoType.Input, ToDoTypeRow>
{
    public sealed record Input(long Id);

    public async Task<Outcome<ToDoTypeRow>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ToDosPermissions.Work);
        return await db.Set<ToDoType>().SingleOrDefaultAsync(t => t.Id == input.Id, ct) is { } t
            ? new ToDoTypeRow(t.Id, t.Code, t.Name, t.DefaultPriority, t.DefaultRoleId, t.Active, t.FromOn, t.ToOn, t.Version)
            : Problem.NotFound("The To Do type");
    }
}

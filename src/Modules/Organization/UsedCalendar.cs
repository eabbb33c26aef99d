using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Shifts;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;

namespace Tieline.Organization;

internal sealed class UsedCalendar(AppDb db) : IUsedBy
{
    public string Kind => "business_calendar";

    public async Task<IReadOnlyList<UsedByLine>> Of(long id, CancellationToken ct) =>
    [
        new("To Do roles", await ToDoRoleRow.By(db, id, ToDoRoleRow.Of(db)).CountAsync(ct), $"/admin/todo-roles?calendar={id}"),
        new("shift patterns", await db.Set<ShiftPattern>().CountAsync(p => p.CalendarId == id, ct), $"/admin/shifts?calendar={id}"),
    ];
}

using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;

namespace Tieline.ToDos.Entries;

internal sealed class AddressedWork(AppDb db) : IAddressedWork
{
    public string What => "open To Dos";

    public async Task<int> OfEmployee(long employeeId, CancellationToken ct) =>
        await Open.Where(t => t.EmployeeId == employeeId).Take(UsedByLine.Most + 1).CountAsync(ct)
            + await Open.Where(t => t.WorkedById == employeeId && t.EmployeeId != employeeId).Take(UsedByLine.Most + 1).CountAsync(ct);

    public Task<int> OfRole(long toDoRoleId, CancellationToken ct) => Open.Where(t => t.RoleId == toDoRoleId && t.EmployeeId == null).Take(UsedByLine.Most + 1).CountAsync(ct);

    private IQueryable<ToDo> Open => db.Set<ToDo>().Where(t => t.State != ToDoState.Complete);
}

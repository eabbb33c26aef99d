using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.ToDos;

public class LeaverTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task Open_work_of_someone_who_leaves_goes_to_a_role_and_the_log_says_so(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (theirs, begun, colleague) = (await work.Add(employee: work.Bea), await work.Add(role: work.Role), await work.Add(employee: work.Carl));
        Assert.True((await work.Start(work.Person(work.Bea), begun)).Ok);
        await Leaves(house, work.Bea);

        await using var scope = house.As(Roles.Supervisor);
        var toDos = await scope.Db.Set<ToDo>().ToDictionaryAsync(t => t.Id, Ct);
        Assert.Equal(((long?)null, "Customer follow-up", ToDoState.Open), (toDos[theirs].EmployeeId, toDos[theirs].AddressedTo, toDos[theirs].State));
        Assert.Equal(((long?)work.Role, (long?)null, ToDoState.Open), (toDos[begun].RoleId, toDos[begun].WorkedById, toDos[begun].State));
        Assert.Equal(work.Carl, toDos[colleague].EmployeeId);
        var log = await scope.Db.Set<ToDoLog>().Where(l => l.ToDoId == theirs).OrderBy(l => l.Id).Select(l => new { l.Action, l.Body }).ToListAsync(Ct);
        Assert.Equal(("forwarded", "To Customer follow-up: Bea Long does not work here any more."), (log[^1].Action, log[^1].Body));
        Assert.Equal(1, await scope.Db.Set<ToDoLog>().CountAsync(l => l.ToDoId == colleague, Ct));
    }

    [Theory, BothDatabases]
    public async Task New_work_for_someone_who_has_left_goes_to_the_role_of_its_type_one_by_one_and_in_bulk(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await Leaves(house, work.Bea);
        await using var scope = house.As(Actor.Process("test"));
        var toDos = scope.Get<IToDos>();
        NewToDo For(long id, long employee, string name) =>
            new("TD-CCCB", "Call back", work.Today, new("reminder", id), EmployeeId: employee, AddressedTo: name);
        Assert.True((await toDos.Create(For(1, work.Bea, "Bea Long"), Ct)).Ok);
        await scope.Db.SaveChangesAsync(Ct);
        Assert.Equal(2, await scope.Db.InTransaction(() => toDos.CreateMany([For(2, work.Carl, "Carl Ode"), For(3, work.Bea, "Bea Long")], Ct), Ct));

        var made = await scope.Db.Set<ToDo>().AsNoTracking().OrderBy(t => t.Cause).ToListAsync(Ct);
        Assert.Equal(["Customer follow-up", "Carl Ode", "Customer follow-up"], made.Select(t => t.AddressedTo));
        Assert.Equal([null, work.Carl, null], made.Select(t => t.EmployeeId));
        foreach (var (toDo, said) in made.Zip(new[] { true, false, true }))
        {
            Assert.Equal(
                said ? "To Customer follow-up: Bea Long does not work here any more." : null,
                (await scope.Db.Set<ToDoLog>().SingleAsync(l => l.ToDoId == toDo.Id, Ct)).Body);
        }
    }

    private static async Task Leaves(TestHouse house, long employee)
    {
        await using (var scope = house.As(Roles.BusinessAdministrator))
        {
            var left = await scope.Get<EndEmployment>().Handle(new(employee, 0, new DateOnly(2024, 1, 5)), Ct);
            Assert.True(left.Ok, left.ToString());
        }
        await house.RunJobs();
    }
}

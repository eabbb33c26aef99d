using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Employees;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Organization;
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
        await Leaves(house, work.Bea, new(work.Bea, 0, new DateOnly(2024, 1, 5), WorkByType: true));

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

    [Theory, BothDatabases]
    public async Task Whoever_records_the_leaving_says_where_the_open_work_goes(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var day = new DateOnly(2024, 1, 5);
        var (theirs, begun) = (await work.Add(employee: work.Bea), await work.Add(role: work.Role));
        Assert.True((await work.Start(work.Person(work.Bea), begun)).Ok);
        async Task<Outcome<Done>> Try(EndEmployment.Input input) => await work.Do<EndEmployment, EndEmployment.Input, Done>(Actors.Of(Roles.BusinessAdministrator), input);

        var unsaid = Assert.Single((await Try(new(work.Bea, 0, day))).Problems);
        Assert.Equal(("employee.left.work", "Bea Long has 2 open To Dos. To whom do they go?"), (unsaid.Rule, unsaid.Message));
        Assert.Equal("employee.left.heir", (await Try(new(work.Bea, 0, day, WorkToEmployeeId: work.Bea))).Rule());
        Assert.Equal("employee.left.heir", (await Try(new(work.Bea, 0, day, WorkToEmployeeId: 4711))).Rule());
        Assert.Equal("to_do_role.unknown", (await Try(new(work.Bea, 0, day, WorkToRoleId: 4711))).Rule());
        Assert.Equal("employee.left.several", (await Try(new(work.Bea, 0, day, WorkToEmployeeId: work.Carl, WorkToRoleId: work.Role))).Rule());
        using (var page = await house.SignedIn(Roles.BusinessAdministrator))
            Assert.Contains("Their open work goes to", await page.GetStringAsync($"/employees/{work.Bea}/change", Ct), StringComparison.Ordinal);

        await Leaves(house, work.Bea, new(work.Bea, 0, day, WorkToEmployeeId: work.Carl));
        Assert.Equal("Carl Ode", (await work.Get(theirs)).ToDo.AddressedTo);
        Assert.Equal("To Carl Ode: Bea Long does not work here any more.", (await work.Get(theirs)).Log[0].Body);
        Assert.Equal(("Follow up", null), ((await work.Get(begun)).ToDo.AddressedTo, (await work.Get(begun)).ToDo.WorkedBy));
        await Leaves(house, work.Carl, new(work.Carl, 0, day, WorkToRoleId: work.OtherRole));
        Assert.Equal("Billing errors", (await work.Get(theirs)).ToDo.AddressedTo);
    }

    [Theory, BothDatabases]
    public async Task A_role_to_which_open_work_is_addressed_is_not_closed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var id = await work.Add(role: work.OtherRole);
        async Task<Outcome<Done>> Close() => await work.Do<ChangeToDoRole, ChangeToDoRole.Input, Done>(Actors.Of(Roles.BusinessAdministrator), new(work.OtherRole, 0, "Billing errors", Active: false));
        var refused = Assert.Single((await Close()).Problems);
        Assert.Equal(("Active", "1 open To Dos are addressed to it. Forward them first."), (refused.Field, refused.Message));
        Assert.True((await work.Forward(Actors.Of(Roles.Supervisor), id, null, work.Role)).Ok);
        Assert.True((await Close()).Ok);
    }

    private static async Task Leaves(TestHouse house, long employee, EndEmployment.Input? how = null)
    {
        await using (var scope = house.As(Roles.BusinessAdministrator))
        {
            var left = await scope.Get<EndEmployment>().Handle(how ?? new(employee, 0, new DateOnly(2024, 1, 5)), Ct);
            Assert.True(left.Ok, left.ToString());
        }
        await house.RunJobs();
    }
}

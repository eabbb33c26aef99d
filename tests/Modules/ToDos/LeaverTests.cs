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
        Assert.Equal(("employee.left.work", "Bea Long has 2 open To Dos. Who gets what is open?"), (unsaid.Rule, unsaid.Message));
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
        await Leaves(house, work.Carl, new(work.Carl, 0, day, WorkToRoleId: work.OtherRole, InRolesEmployeeId: work.Dora));
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
        Assert.Equal(("Active", "The role still has 1 open To Do. Forward what is open first."), (refused.Field, refused.Message));
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

    [Theory, BothDatabases]
    public async Task What_is_opened_again_goes_to_the_role_when_its_owner_has_left_or_its_role_is_closed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var supervisor = Actors.Of(Roles.Supervisor);
        var (theirs, roles, stays) = (await work.Add(work.Bea), await work.Add(role: work.OtherRole), await work.Add(work.Carl));
        foreach (var id in (long[])[theirs, roles, stays])
            Assert.True((await work.Complete(supervisor, id)).Ok);
        await Leaves(house, work.Bea);
        Assert.True((await work.Do<ChangeToDoRole, ChangeToDoRole.Input, Done>(Actors.Of(Roles.BusinessAdministrator), new(work.OtherRole, 0, "Billing errors", Active: false))).Ok);
        foreach (var id in (long[])[theirs, roles, stays])
            Assert.True((await work.Do<ReopenToDo, ReopenToDo.Input, Done>(supervisor, new(id, (await work.Get(id)).ToDo.Version, "not done"))).Ok);
        Assert.Equal(
            ["forwarded To Customer follow-up: Bea Long does not work here any more.", "forwarded To Customer follow-up: Billing errors is not in use any more.", "reopened not done"],
            new[] { await work.Get(theirs), await work.Get(roles), await work.Get(stays) }.Select(f => $"{f.Log[0].Action} {f.Log[0].Body}"));
        Assert.Equal(("Open", null, "Carl Ode"), ((await work.Get(theirs)).ToDo.State, (await work.Get(theirs)).ToDo.EmployeeId, (await work.Get(stays)).ToDo.AddressedTo));
    }

    [Theory, BothDatabases]
    public async Task A_role_with_open_work_gets_no_last_day_that_has_come_and_keeps_its_last_member(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var admin = Actors.Of(Roles.BusinessAdministrator);
        var id = await work.Add(role: work.Role);
        async Task<Outcome<Done>> Ends(int days, int version = 0) =>
            await work.Do<ChangeToDoRole, ChangeToDoRole.Input, Done>(admin, new(work.Role, version, "Follow up", ToOn: work.Today.AddDays(days)));
        foreach (var days in (int[])[0, -1])
        {
            var refused = Assert.Single((await Ends(days)).Problems);
            Assert.Equal(("ToOn", "to_do_role.has_work", "The role still has 1 open To Do. Forward what is open first."), (refused.Field, refused.Rule, refused.Message));
        }
        Assert.True((await Ends(3)).Ok);

        async Task<Outcome<Done>> Out(long who) => await work.Do<RemoveMember, RemoveMember.Input, Done>(admin, new(work.Role, who));
        Assert.True((await Out(work.Carl)).Ok);
        Assert.True((await Out(work.Dora)).Ok);
        var last = Assert.Single((await Out(work.Bea)).Problems);
        Assert.Equal(("to_do_role.last_member", "Nobody else belongs to this role, and it still has 1 open To Do. Add somebody else or forward what is open first."), (last.Rule, last.Message));
        var ended = Assert.Single((await work.Do<AddMember, AddMember.Input, Done>(admin, new(work.Role, work.Bea, ToOn: work.Today.AddDays(-1)))).Problems);
        Assert.Equal(("ToOn", "to_do_role.last_member"), (ended.Field, ended.Rule));
        using (var browser = await house.SignedIn(Roles.BusinessAdministrator))
            Assert.Contains("Nobody else belongs to this role", await (await browser.Submit($"/admin/todo-roles/{work.Role}", $"out-{work.Bea}")).Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.True((await work.Forward(Actors.Of(Roles.Supervisor), id, null, work.OtherRole)).Ok);
        Assert.True((await Out(work.Bea)).Ok);
        Assert.True((await Ends(0, 1)).Ok);
    }

    [Theory, BothDatabases]
    public async Task Where_the_last_member_of_a_role_with_open_work_leaves_somebody_takes_their_place(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var (admin, day) = (Actors.Of(Roles.BusinessAdministrator), new DateOnly(2024, 1, 5));
        async Task<Outcome<Done>> Try(EndEmployment.Input input) => await work.Do<EndEmployment, EndEmployment.Input, Done>(admin, input);
        async Task<long[]> Members(long role)
        {
            await using var scope = house.As(admin);
            return [.. (await scope.Get<Tieline.Organization.IOrganization>().MembersOf(role, Ct)).Select(m => m.Id)];
        }
        await work.Add(role: work.Role);
        await work.Add(role: work.OtherRole);
        long idle;
        await using (var scope = house.As(admin))
        {
            idle = (await scope.Get<AddToDoRole>().Handle(new("T-IDLE", "Nothing to do"), Ct)).Value.Id;
            foreach (var (role, who, from) in new (long, long, int?)[] { (idle, work.Bea, null), (work.OtherRole, work.Bea, null), (work.OtherRole, work.Dora, 5) })
                Assert.True((await scope.Get<AddMember>().Handle(new(role, who, from is { } days ? work.Today.AddDays(days) : null), Ct)).Ok);
        }

        // Carl is left in the one role; in the other Dora's days are still to come.
        var unsaid = Assert.Single((await Try(new(work.Bea, 0, day))).Problems);
        Assert.Equal(("InRolesEmployeeId", "employee.left.last_member", "Who takes their place in Billing errors? Nobody else is left for the open work."), (unsaid.Field, unsaid.Rule, unsaid.Message));
        foreach (var nobody in (long[])[work.Bea, 4711])
            Assert.Equal(("InRolesEmployeeId", "employee.left.heir"), Assert.Single((await Try(new(work.Bea, 0, day, InRolesEmployeeId: nobody))).Problems) is var p ? (p.Field, p.Rule) : default);
        Assert.Equal([work.Bea], await Members(work.OtherRole));
        using var browser = await house.SignedIn(Roles.BusinessAdministrator);
        Assert.DoesNotContain("Takes their place", await browser.GetStringAsync($"/employees/{work.Carl}/change", Ct), StringComparison.Ordinal);
        var at = $"/employees/{work.Bea}/change";
        Assert.Contains("Nobody else belongs to Billing errors (1 open To Do).", await browser.GetStringAsync(at, Ct), StringComparison.Ordinal);
        Assert.Contains("Who takes their place in Billing errors?", await (await browser.Submit(at, "form-end-employment", ("LeftOn", "2024-01-05"))).Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        await browser.Submit(at, "form-end-employment", ("LeftOn", "2024-01-05"), ("InRolesEmployeeId", $"{work.Dora}"));
        Assert.Equal((work.Dora, work.Carl, 0), (Assert.Single(await Members(work.OtherRole)), Assert.Single(await Members(work.Role)), (await Members(idle)).Length));
        Assert.Single((await work.List(work.Person(work.Dora), new(ToDoScope.Roles))).Items);

        // In all that would be left alone; where somebody else is there already nothing changes.
        Assert.True((await Try(new(work.Dora, 0, day, InRolesEmployeeId: work.Carl))).Ok);
        Assert.Equal("employee.left.last_member", (await Try(new(work.Carl, 0, day))).Rule());
        Assert.Equal("Who takes their place in Billing errors, Follow up? Nobody else is left for the open work.", Assert.Single((await Try(new(work.Carl, 0, day))).Problems).Message);
    }
}

using System.Net;
using System.Net.Http.Json;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Organization;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Tieline.ToDos.Entries;
using Tieline.ToDos.Types;

namespace Tieline.Tests.Modules.ToDos;

public class ToDoApiTests
{
    [Theory, BothDatabases]
    public async Task The_whole_life_of_a_to_do_over_http(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var bea = await house.SignedIn(Roles.Csr, work.Bea);
        var added = await (await bea.PostAsJsonAsync("/api/v1/to-dos", new { type = "general", subject = "Look at the meter", dueOn = work.Today, roleId = work.Role })).Content.ReadFromJsonAsync<Added>();
        var at = $"/api/v1/to-dos/{added!.Id}";

        Assert.Single((await bea.GetFromJsonAsync<Page<ToDoLine>>("/api/v1/to-dos?scope=Roles&due=Today"))!.Items);
        Assert.Equal(HttpStatusCode.NoContent, (await bea.PostAsJsonAsync($"{at}/start", new { })).StatusCode);
        Assert.Equal(new CountToDos.Counts(1, 1, 0), await bea.GetFromJsonAsync<CountToDos.Counts>("/api/v1/to-dos/count"));
        var carl = await house.SignedIn(Roles.Csr, work.Carl);
        var late = await carl.PostAsJsonAsync($"{at}/start", new { });
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Contains("is working on this", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await bea.PutAsJsonAsync($"{at}/priority", new { version = 0, priority = 2 })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await bea.PutAsJsonAsync($"{at}/priority", new { version = 1, priority = 2 })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await bea.PostAsJsonAsync($"{at}/put-back", new { })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await bea.PostAsJsonAsync($"{at}/forward", new { version = 3, employeeId = work.Carl, comment = "yours" })).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await carl.PostAsJsonAsync($"{at}/complete", new { version = 4, resolution = "Meter is fine" })).StatusCode);
        var dora = await house.SignedIn(Roles.Csr, work.Dora);
        Assert.Equal(HttpStatusCode.Forbidden, (await dora.GetAsync(at)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await dora.GetAsync("/api/v1/to-dos/999999")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await dora.GetAsync("/api/v1/to-dos?scope=All")).StatusCode);
        var machine = await house.Machine("todos.work");
        Assert.Equal("todo.start.not_employee", (await work.Start(new Actor(ActorKind.ApiKey, 1, "machine", new HashSet<string> { "todos.work", "todos.read-all", "todos.forward-all" }), await work.Add(work.Bea))).Problems.Single().Rule);
        Assert.Equal(HttpStatusCode.Forbidden, (await machine.GetAsync(at)).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Types_are_kept_by_administrators(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var admin = Actors.Of(Roles.BusinessAdministrator);
        var added = await work.Do<AddToDoType, AddToDoType.Input, Added>(admin, new("meter", "Meter check", 4, work.Role));
        var id = await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("Meter", "Look at it", work.Today));

        Assert.Equal((4, "Follow up"), ((await work.Get(id.Value.Id)).ToDo.Priority, (await work.Get(id.Value.Id)).ToDo.AddressedTo));
        Assert.Equal("todo.type.taken", (await work.Do<AddToDoType, AddToDoType.Input, Added>(admin, new("METER", "x"))).Rule());
        Assert.Equal("required todo.priority todo.role.unknown required", (await work.Do<AddToDoType, AddToDoType.Input, Added>(admin, new(" ", null, 0, 999))).Rule());
        Assert.True((await work.Do<ChangeToDoType, ChangeToDoType.Input, Done>(admin, new(added.Value.Id, 0, "Meter", 3, null, Active: false))).Ok);
        Assert.Equal("todo.type.closed", (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("meter", "x", work.Today, EmployeeId: work.Bea))).Rule());
        var cccb = (await work.Do<ListToDoTypes, ListToDoTypes.Input, Page<ToDoTypeRow>>(admin, new("td-cccb"))).Value.Items.Single();
        Assert.Equal("todo.type.needed todo.type.needed", (await work.Do<ChangeToDoType, ChangeToDoType.Input, Done>(admin, new(cccb.Id, 0, "x", 3, null, Active: false))).Rule());
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Do<AddToDoType, AddToDoType.Input, Added>(work.Person(work.Bea), new("X", "x")));
        var csr = await house.SignedIn(Roles.Csr, work.Bea);
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.PostAsJsonAsync("/api/v1/to-do-types", new { code = "X", name = "X" })).StatusCode);
    }
}

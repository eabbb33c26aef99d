using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Organization.Positions;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.ToDos;

/// <summary>Three colleagues: Bea and Carl share a role, Dora does not belong to it.</summary>
internal sealed class Work
{
    public required TestHouse House { get; init; }
    public long Bea { get; private init; }
    public long Carl { get; private init; }
    public long Dora { get; private init; }
    public long Role { get; private init; }
    public long OtherRole { get; private init; }
    public DateOnly Today { get; private init; }

    public static async Task<Work> In(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        var db = scope.Db;
        var department = new Department(db.NextId(), "T-CS", "Customer service", null);
        var position = new Position(db.NextId(), "T-CSR", "CSR");
        Employee New(string number, string name) => new(db.NextId(), number, name, department.Id, position.Id, null, null, new DateOnly(2020, 1, 1));
        var (bea, carl, dora) = (New("T-1", "Bea Long"), New("T-2", "Carl Ode"), New("T-3", "Dora Pym"));
        var (role, other) = (new ToDoRole(db.NextId(), "T-ROLE", "Follow up", ""), new ToDoRole(db.NextId(), "T-OTHER", "Billing errors", ""));
        db.AddRange(department, position, bea, carl, dora, role, other, new ToDoRoleMember(role.Id, bea.Id), new ToDoRoleMember(role.Id, carl.Id));
        await db.SaveChangesAsync();
        return new Work
        {
            House = house, Bea = bea.Id, Carl = carl.Id, Dora = dora.Id, Role = role.Id, OtherRole = other.Id,
            Today = await scope.Get<IUtilityClock>().Today(CancellationToken.None),
        };
    }

    public Actor Person(long employee, string role = Roles.Csr) =>
        Actors.Of(role, employee) with { Name = employee == Bea ? "Bea Long" : employee == Carl ? "Carl Ode" : "Dora Pym" };

    public async Task<Outcome<TResult>> Do<TUse, TInput, TResult>(Actor actor, TInput input) where TUse : class, IUse<TInput, TResult>
    {
        await using var scope = House.As(actor);
        return await scope.Get<TUse>().Handle(input, CancellationToken.None);
    }

    public async Task<long> Add(long? employee = null, long? role = null, string subject = "Call back", int days = 0, int? priority = null)
    {
        var added = await Do<AddToDo, AddToDo.Input, Added>(
            Person(Dora), new("GENERAL", subject, Today.AddDays(days), EmployeeId: employee, RoleId: role, Priority: priority));
        Assert.True(added.Ok, added.ToString());
        return added.Value.Id;
    }

    public Task<Outcome<Done>> Start(Actor actor, long id) => Do<StartToDo, StartToDo.Input, Done>(actor, new(id));

    public Task<Outcome<Done>> PutBack(Actor actor, long id) => Do<PutBackToDo, PutBackToDo.Input, Done>(actor, new(id));

    public async Task<Outcome<Done>> Forward(Actor actor, long id, long? employee, long? role, string? comment = "please") =>
        await Do<ForwardToDo, ForwardToDo.Input, Done>(actor, new(id, await Version(id), employee, role, comment));

    public async Task<Outcome<Done>> Complete(Actor actor, long id, string? resolution = "done", int? version = null) =>
        await Do<CompleteToDo, CompleteToDo.Input, Done>(actor, new(id, version ?? await Version(id), resolution));

    public async Task<GetToDo.File> Get(long id) => (await Do<GetToDo, GetToDo.Input, GetToDo.File>(Actors.Of(Roles.Supervisor), new(id))).Value;

    public async Task<Page<Tieline.ToDos.ToDoLine>> List(Actor actor, ListToDos.Input input) =>
        (await Do<ListToDos, ListToDos.Input, Page<Tieline.ToDos.ToDoLine>>(actor, input)).Value;

    private async Task<int> Version(long id)
    {
        await using var scope = House.As(Actor.Process("test"));
        return await scope.Db.Set<ToDo>().Where(t => t.Id == id).Select(t => t.Version).SingleAsync();
    }
}

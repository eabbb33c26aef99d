using Tieline.Operations;
using Tieline.Operations.OnCall;
using Tieline.Organization;
using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Organization.Positions;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Operations;

/// <summary>Four people of the computing department; the last one alone belongs to the role OPERATIONS.</summary>
internal sealed record Night(long Ana, long Bo, long Cy, long Dee)
{
    /// <summary>A Tuesday at noon in the time zone of the utility; to come, for jobs whose hour has passed by the database's clock are due.</summary>
    public static readonly DateTimeOffset Noon = new(2037, 10, 27, 19, 0, 0, TimeSpan.Zero);

    public static async Task<Night> Begin(TestHouse house, DateTimeOffset? now = null)
    {
        house.Clock.Set(now ?? Noon);
        await using var scope = house.As(Actor.Process("test"));
        var db = scope.Db;
        var (department, position) = (new Department(db.NextId(), "T-IT", "Computing", null), new Position(db.NextId(), "T-OP", "Operator"));
        db.AddRange(department, position);
        var people = new[] { "Ana Night", "Bo Night", "Cy Night", "Dee Night" }
            .Select((name, i) => new Employee(db.NextId(), $"N-{i}", name, department.Id, position.Id, null, null, new DateOnly(2020, 1, 1))).ToArray();
        db.AddRange(people);
        var role = (await scope.Get<IOrganization>().ToDoRoleId(OperationsSeed.Role, default))!.Value;
        db.Add(new ToDoRoleMember(role, people[3].Id));
        await db.SaveChangesAsync();
        return new Night(people[0].Id, people[1].Id, people[2].Id, people[3].Id);
    }

    public static Actor Operator(long employee) => Actors.Of(Roles.Operator, employee);

    public static async Task<long> OnCall(TestHouse house, long employee, int level, (int Day, int Hour) from, (int Day, int Hour) to)
    {
        await using var scope = house.As(Roles.Operator);
        var added = await scope.Get<AddDuty>().Handle(
            new(employee, level, new DateOnly(2037, 10, 1).AddDays(from.Day - 1), new TimeOnly(from.Hour, 0), new DateOnly(2037, 10, 1).AddDays(to.Day - 1), new TimeOnly(to.Hour, 0)), default);
        Assert.True(added.Ok, added.ToString());
        return added.Value.Id;
    }

    public static async Task<long> Raise(TestHouse house, RecordRef cause, string text = "Something broke")
    {
        await using var scope = house.As(Actor.Process("test"));
        return await scope.Db.InTransaction(async () =>
        {
            var id = await scope.Get<IOperations>().Raise(new NewNotice(cause, cause, text), default);
            await scope.Db.SaveChangesAsync();
            return id;
        }, default);
    }
}

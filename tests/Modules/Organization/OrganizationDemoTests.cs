using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tieline.Host;
using Tieline.Organization;
using Tieline.Organization.Departments;
using Tieline.Organization.Employees;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Organization;

public class OrganizationDemoTests
{
    [Theory, BothDatabases]
    public async Task The_demonstration_has_its_people_and_each_role_signs_in(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var plan = new DemoPlan(DateOnly.FromDateTime(DateTime.UtcNow));
        await Load(house, plan);
        await using var scope = house.As(Roles.Supervisor);

        Assert.Equal(27, (await scope.Get<ListDepartments>().Handle(new(Active: true), CancellationToken.None)).Value.Total);
        Assert.Equal(500, (await scope.Get<ListEmployees>().Handle(new(), CancellationToken.None)).Value.Total);
        var door = scope.Get<IOrganization>();
        var ids = await door.EmployeeIds(CancellationToken.None);
        Assert.Equal(new DemoWorld(plan).Employee(41).Number, (await door.Employee(ids["E10042"], CancellationToken.None))!.Number);
        var connection = await scope.Connection();
        Assert.Equal(Roles.All.Order(), (await connection.QueryAsync<string>(
            "select r.role from user_account u join user_role r on r.user_id = u.id join employee e on e.id = u.employee_id where e.left_on is null")).Order());
        var csr = await connection.ExecuteScalarAsync<long>("select employee_id from user_account where user_name = 'csr'");
        Assert.NotEmpty(await door.RolesOf(csr, CancellationToken.None));
        foreach (var role in await door.ToDoRoles(CancellationToken.None))
            Assert.NotEmpty(await door.MembersOf(role.Id, CancellationToken.None));
        var away = (await scope.Get<ListEmployees>().Handle(new(Sort: "-away", Active: true), CancellationToken.None)).Value.Items;
        Assert.Contains(away, e => e.AwayUntil is not null);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>(
            "select count(*) from absence a join absence b on b.employee_id = a.deputy_id and b.from_on <= a.to_on and b.to_on >= a.from_on and b.id < a.id"));
    }

    [Theory, BothDatabases]
    public async Task A_load_that_was_killed_goes_on_and_a_whole_one_is_not_repeated(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on, services => services.AddScoped<IDemoData, Failing>());
        var loader = new DemoLoader(house.Services, TextWriter.Null);
        Failing.Fails = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => loader.Run(wanted: true, CancellationToken.None));
        Failing.Fails = false;
        await new DemoLoader(house.Services, TextWriter.Null).Run(wanted: true, CancellationToken.None);
        await new DemoLoader(house.Services, TextWriter.Null).Run(wanted: true, CancellationToken.None);

        await using var scope = house.As(Roles.Supervisor);
        Assert.Equal(500, (await scope.Get<ListEmployees>().Handle(new(), CancellationToken.None)).Value.Total);
        Assert.Equal(1, await (await scope.Connection()).ExecuteScalarAsync<long>("select count(*) from position where code = 'HALF'"));
        Assert.Equal(DemoPlaces.Utility, await scope.Get<ISettings>().Get(HouseSettings.UtilityName, CancellationToken.None));
    }

    [Fact]
    public async Task Of_two_nodes_that_start_at_once_one_loads()
    {
        void WithOnePart(IServiceCollection services) => services.RemoveAll<IDemoData>().AddScoped<IDemoData, Failing>();
        await using var house = await TestHouse.Open(TestDatabase.Postgres, WithOnePart);
        await using var second = house.Beside(WithOnePart);
        Failing.Fails = false;
        await Task.WhenAll(((TestHouse[])[house, second]).Select(node => new DemoLoader(node.Services, TextWriter.Null).Run(wanted: true, CancellationToken.None)));

        await using var scope = house.As(Roles.Supervisor);
        var connection = await scope.Connection();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from position where code = 'HALF'"));
        Assert.Matches(@"^\d{4}-\d\d-\d\d$", await connection.ExecuteScalarAsync<string>("select value from setting where name = 'demo.as_of'"));
    }

    [Theory, BothDatabases]
    public async Task What_began_without_the_demonstration_stays_without(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await new DemoLoader(house.Services, TextWriter.Null).Run(wanted: false, CancellationToken.None);
        await new DemoLoader(house.Services, TextWriter.Null).Run(wanted: true, CancellationToken.None);
        await using var scope = house.As(Roles.Supervisor);

        Assert.Equal(0, (await scope.Get<ListEmployees>().Handle(new(), CancellationToken.None)).Value.Total);
    }

    [Theory, BothDatabases]
    public async Task What_someone_has_already_worked_with_is_left_alone(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        await scope.Employee("E1");
        await new DemoLoader(house.Services, TextWriter.Null).Run(wanted: true, CancellationToken.None);

        Assert.Equal(1, (await scope.Get<ListEmployees>().Handle(new(), CancellationToken.None)).Value.Total);
    }

    [Theory, BothDatabases]
    public async Task At_any_hour_somebody_sits_at_dispatch_and_the_telephones_are_served_by_day(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var plan = new DemoPlan(DateOnly.FromDateTime(DateTime.UtcNow));
        await Load(house, plan);
        await using var scope = house.As(Roles.Supervisor);
        var (door, clock, ct) = (scope.Get<IOrganization>(), scope.Get<Tieline.Platform.Time.IUtilityClock>(), CancellationToken.None);
        // Whoever is away is replaced by hand.
        await (await scope.Connection()).ExecuteAsync("delete from absence");
        long[] dispatchers = [.. (await door.MembersOf((await door.ToDoRole("DISPATCH", ct))!.Id, ct)).Select(m => m.Id)];
        var monday = plan.AsOf.AddDays(-(((int)plan.AsOf.DayOfWeek + 6) % 7));
        var shifts = new List<ShiftLine>();
        for (var day = -1; day < 7; day++)
            shifts.AddRange(await door.Shifts(monday.AddDays(day), dispatchers, ct));
        for (var at = await clock.StartOf(monday, ct); at < await clock.StartOf(monday.AddDays(7), ct); at = at.AddHours(1))
            Assert.Contains(shifts, s => s.FromAt <= at && s.ToAt > at);
        var patterns = (await scope.Get<Tieline.Organization.Shifts.ListShiftPatterns>().Handle(new(), ct)).Value.Items;
        Assert.All(patterns, p => Assert.True(p.People > 0, p.Code));
        // Everybody has one, and those who sign in are here by day.
        var ids = await door.EmployeeIds(ct);
        var working = (await scope.Get<ListEmployees>().Handle(new(Active: true, Size: 200), ct)).Value.Items.Select(e => e.Id).ToList();
        Assert.Equal(working.Count, (await door.ShiftsNow(working, ct)).Count);
    }

    private static async Task Load(TestHouse house, DemoPlan plan)
    {
        await using var scope = house.As(Actor.Process("demonstration"));
        foreach (var part in scope.Get<IEnumerable<IDemoData>>().Where(d => d.Name == "employees"))
            await scope.Db.InTransaction(async () => { await part.Load(plan, new Progress<string>(), CancellationToken.None); return 0; }, CancellationToken.None);
    }

    /// <summary>Writes something and then stops, as a killed process would.</summary>
    private sealed class Failing(Tieline.Platform.Data.AppDb db) : IDemoData
    {
        public static bool Fails { get; set; }

        public int Order => 11;
        public string Name => "half";

        public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
        {
            db.Add(new Tieline.Organization.Positions.Position(db.NextId(), "HALF", "Half"));
            await db.SaveChangesAsync(ct);
            if (Fails)
                throw new InvalidOperationException("killed");
        }
    }
}

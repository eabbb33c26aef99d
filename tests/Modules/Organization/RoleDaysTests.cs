using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Tieline.ToDos.Types;
using Xunit;

namespace Tieline.Tests.Modules.Organization;

public class RoleDaysTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Work_is_given_to_a_role_on_its_days_only(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        long id, followUp;
        DateOnly today;
        await using (var scope = house.As(Roles.BusinessAdministrator))
        {
            today = await scope.Get<IUtilityClock>().Today(Token);
            id = (await scope.Get<AddToDoRole>().Handle(new("STORM", "Storm desk"), Token)).Value.Id;
            followUp = (await scope.Get<IOrganization>().FollowUpRole(Token))!.Id;
        }
        Assert.True(await Given(house, id));
        Assert.Equal("date.order", (await Change(house, new(id, 0, "Storm desk", FromOn: today.AddDays(2), ToOn: today.AddDays(1)))).Problems.Single().Rule);
        Assert.True((await Change(house, new(id, 0, "Storm desk", FromOn: today.AddDays(1), ToOn: today.AddDays(2)))).Ok);
        Assert.False(await Given(house, id));
        house.Clock.Advance(TimeSpan.FromDays(1));
        Assert.True(await Given(house, id));
        house.Clock.Advance(TimeSpan.FromDays(2));
        Assert.False(await Given(house, id));
        await What_would_go_to_it_goes_to_whoever_follows_up(house, id, followUp, today);
        // What has nobody else to go to must always have somewhere to go.
        Assert.Equal("to_do_role.needed", (await Change(house, new(followUp, 0, "Follow up", ToOn: today))).Problems.Single().Rule);
    }

    private static async Task What_would_go_to_it_goes_to_whoever_follows_up(TestHouse house, long role, long followUp, DateOnly today)
    {
        await using var scope = house.As(Roles.BusinessAdministrator);
        Assert.True((await scope.Get<AddToDoType>().Handle(new("STORMWORK", "Storm work", DefaultRoleId: role), Token)).Ok);
        var one = (await scope.Get<IToDos>().Create(new("STORMWORK", "Tree on a line", today), Token)).Value;
        await scope.Db.SaveChangesAsync(Token);
        // As the nightly runs make them: none of a thousand may stop the others.
        await scope.Db.InTransaction(() => scope.Get<IToDos>().CreateMany([new("STORMWORK", "Tree on a road", today, new("premise", 4711))], Token), Token);
        var made = await scope.Db.Set<Tieline.ToDos.Entries.ToDo>().Where(t => t.TypeCode == "STORMWORK").ToListAsync(Token);
        Assert.Equal(2, made.Count);
        Assert.Contains(made, t => t.Id == one);
        Assert.All(made, t => Assert.Equal((followUp, "Customer follow-up"), (t.RoleId, t.AddressedTo)));
    }

    private static async Task<bool> Given(TestHouse house, long role)
    {
        await using var scope = house.As(Roles.Csr);
        return await scope.Get<IOrganization>().ToDoRole(role, Token) is not null;
    }

    private static async Task<Outcome<Done>> Change(TestHouse house, ChangeToDoRole.Input input)
    {
        await using var scope = house.As(Roles.BusinessAdministrator);
        return await scope.Get<ChangeToDoRole>().Handle(input, Token);
    }
}

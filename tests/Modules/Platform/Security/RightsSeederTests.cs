using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Security;

public sealed class RightsSeederTests
{
    [Theory, BothDatabases]
    public async Task Default_roles_have_their_rights_and_a_second_start_changes_nothing(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var before = await Grants(house);
        Assert.Contains((Roles.Supervisor, PlatformPermissions.ReadAudit), before);
        Assert.DoesNotContain((Roles.Csr, PlatformPermissions.ManageUsers), before);
        await Seed(house);
        Assert.Equal(before, await Grants(house));
    }

    [Theory, BothDatabases]
    public async Task A_right_taken_away_stays_away_and_a_new_one_comes(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Actor.Process("test")))
        {
            var token = TestContext.Current.CancellationToken;
            await scope.Db.Set<RolePermission>().Where(r => r.Permission == PlatformPermissions.ReadAudit && r.Role == Roles.Supervisor).ExecuteDeleteAsync(token);
            // As if a newer programme had brought this one.
            await scope.Db.Set<RolePermission>().Where(r => r.Permission == PlatformPermissions.ManageJobs).ExecuteDeleteAsync(token);
            await scope.Db.Set<KnownPermission>().Where(p => p.Name == PlatformPermissions.ManageJobs).ExecuteDeleteAsync(token);
        }
        await Seed(house);
        var after = await Grants(house);
        Assert.DoesNotContain((Roles.Supervisor, PlatformPermissions.ReadAudit), after);
        Assert.Contains((Roles.Operator, PlatformPermissions.ManageJobs), after);
    }

    private static async Task Seed(TestHouse house) => await Host.House.Prepare(house.Services, TestContext.Current.CancellationToken);

    private static async Task<IReadOnlyList<(string, string)>> Grants(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        return [.. (await scope.Db.Set<RolePermission>().AsNoTracking().ToListAsync()).Select(r => (r.Role, r.Permission)).Order()];
    }
}

using Tieline.Platform.Demo;
using Tieline.Platform.Demo.Kill;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Demo;

/// <summary>That it kills, and what comes after, is shown with real processes (NightFaults).</summary>
public class KillWorkerTests
{
    [Theory, BothDatabases]
    public async Task Nothing_is_killed_where_people_work_or_nobody_would_start_it_again(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        Assert.Equal(Problem.NotFoundRule, await Refused(house, Roles.Operator));
        Assert.DoesNotContain("Kill a worker", await (await house.SignedIn(Roles.Operator)).GetStringAsync("/operations"), StringComparison.Ordinal);
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            await scope.Get<ISettings>().Set(Demonstration.AsOf, "2026-11-23", CancellationToken.None);
            await scope.Db.SaveChangesAsync(CancellationToken.None);
        }
        Assert.Contains("Kill a worker", await (await house.SignedIn(Roles.Operator)).GetStringAsync("/operations"), StringComparison.Ordinal);
        Assert.Equal("demo.not_started_again", await Refused(house, Roles.Operator));
        await Assert.ThrowsAsync<ForbiddenException>(() => Refused(house, Roles.Csr));
        await using var after = house.As(Roles.Operator);
        Assert.Empty(after.Db.Set<Tieline.Platform.Batch.BatchRun>());
    }

    private static async Task<string> Refused(TestHouse house, string role)
    {
        await using var scope = house.As(role);
        return (await scope.Get<KillWorker>().Handle(new("TD-CCCB"), CancellationToken.None)).Problems[0].Rule;
    }
}

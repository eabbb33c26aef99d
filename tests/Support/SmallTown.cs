using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;

namespace Tieline.Tests.Support;

/// <summary>The demonstration utility, as small as a test wants it, in a house that was empty.</summary>
public static class SmallTown
{
    public static async Task LoadTown(this TestHouse house, int people, int contactsPerPerson = 1, int employees = 120)
    {
        await using var scope = house.As(Actor.Process("test"));
        await Begin(scope, CancellationToken.None);
        var plan = new DemoPlan(await scope.Get<IUtilityClock>().Today(CancellationToken.None), people, employees, contactsPerPerson);
        foreach (var part in scope.Get<IEnumerable<IDemoData>>().OrderBy(d => d.Order))
        {
            await scope.Db.InTransaction(async () =>
            {
                await part.Load(plan, new Progress<string>(), CancellationToken.None);
                return await scope.Db.SaveChangesAsync(CancellationToken.None);
            }, CancellationToken.None);
        }
        await house.Services.GetRequiredService<Dialect>().Analyze(CancellationToken.None);
    }

    /// <summary>Says that this is the demonstration utility, though nobody lives in it yet.</summary>
    public static async Task Begin(TestScope scope, CancellationToken ct)
    {
        var settings = scope.Get<ISettings>();
        await settings.Set(HouseSettings.UtilityName, DemoPlaces.Utility, ct);
        await settings.Set(HouseSettings.TimeZone, DemoPlaces.TimeZone, ct);
        await scope.Db.SaveChangesAsync(ct);
        var today = await scope.Get<IUtilityClock>().Today(ct);
        await settings.Set(Demonstration.AsOf, today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ct);
        await scope.Db.SaveChangesAsync(ct);
    }

    /// <summary>Whom the town has given a sign-in, by user name.</summary>
    public static async Task<long> Employee(this TestHouse house, string userName)
    {
        await using var scope = house.As(Actor.Process("test"));
        return (await scope.Get<IDemoUsers>().Employees(CancellationToken.None))[userName];
    }
}

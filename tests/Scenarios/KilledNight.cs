using Tieline.Customers.People;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Demo.Night;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Scenarios;

/// <summary>"Advance to tonight", and the node dies in the middle of that night. The next one brings it to its end: nothing is lost, nothing doubled.</summary>
[Trait("Category", "Long")]
public class KilledNight
{
    private const int Reminders = 8_000;
    private const int Names = 450;

    [Theory, BothDatabases]
    public async Task It_goes_on_to_its_end(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        DateOnly today;
        await using (var scope = house.As(Actor.Process("test")))
        {
            await SmallTown.Begin(scope, CancellationToken.None);
            // Nobody moves in when a node starts.
            foreach (var part in scope.Get<IEnumerable<IDemoData>>())
                await scope.Get<ISettings>().Set(new SettingKey<string>($"demo.loaded.{part.Name}", "", ""), "never", CancellationToken.None);
            today = await scope.Get<IUtilityClock>().Today(CancellationToken.None);
            await Names_to_come(scope.Db, today.AddDays(1));
        }
        await KilledWorker.Promise(house, Reminders, today.AddDays(1));
        Assert.Equal(today.AddDays(1), (await Advance(house)).MorningOn);

        using (var first = Node.Start(house))
        {
            await first.Until(async () => await Count("select count(*) from to_do") > 0);
            first.Kill();
        }
        Assert.InRange(await Count("select count(*) from to_do"), 1, Reminders - 1);
        Assert.NotEqual(0, await Count("select count(*) from batch_run where state not in ('Completed', 'Failed')"));
        // Whoever presses again means the night that goes on.
        Assert.Equal(1, (await Advance(house)).Night);

        using (var second = Node.Start(house))
        {
            await second.Until(async () => await Count("select count(*) from batch_run where state not in ('Completed', 'Failed')") == 0);
            second.Kill();
        }
        var batches = today.AddDays(1).DayOfWeek == DayOfWeek.Sunday ? 11L : 10L;
        Assert.Equal((batches, batches), (await Count("select count(*) from batch_run"), await Count("select count(distinct code) from batch_run where state = 'Completed'")));
        Assert.Equal(1, await Count($"select count(*) from (select sum(done) done, sum(skipped) skipped from batch_chunk c join batch_run r on r.id = c.run_id where r.code = 'TD-CCCB') told where done = {Reminders} and skipped = 0"));
        Assert.Equal(((long)Reminders, (long)Reminders, (long)Reminders), (await Count("select count(*) from to_do"), await Count("select count(distinct cause) from to_do"), await Count("select count(*) from to_do_log")));
        Assert.Equal(1, await Count($"select count(*) from (select sum(done) done, sum(skipped) skipped from batch_chunk c join batch_run r on r.id = c.run_id where r.code = '{StartNames.BatchCode}') told where done = {Names} and skipped = 0"));
        Assert.Equal(((long)Names, (long)Names), (await Count("select count(*) from person where display_name like 'Ana New%'"), await Count("select count(*) from event where name = 'person.renamed'")));
        Assert.Equal((1L, 1), (await Count("select count(*) from demo_night"), (await Advance(house)).Night));

        Task<long> Count(string sql) => KilledWorker.Count(house, sql);
    }

    private static async Task<AdvanceDemo.Advanced> Advance(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        return (await scope.Get<AdvanceDemo>().Handle(new(1), CancellationToken.None)).Value;
    }

    private static async Task Names_to_come(AppDb db, DateOnly on)
    {
        for (var i = 0; i < Names; i++)
        {
            var id = db.NextId();
            var person = new Person(id, ReferenceNumber.Format(id, "P"), PersonKind.Individual, new PersonName(db.NextId(), id, NameKind.Main, "Ana", $"Old{i}", $"Ana Old{i}", null), db.Now);
            person.AddName(new PersonName(db.NextId(), id, NameKind.Coming, "Ana", $"New{i}", $"Ana New{i}", on), on);
            db.Add(person);
        }
        await db.SaveChangesAsync();
    }
}

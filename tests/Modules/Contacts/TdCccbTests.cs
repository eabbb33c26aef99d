using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Contacts;

public class TdCccbTests
{
    [Theory, BothDatabases]
    public async Task Two_days_of_lead_make_the_to_do_on_the_eighth_not_the_seventh(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        house.Clock.Set(new DateTimeOffset(2027, 3, 1, 18, 0, 0, TimeSpan.Zero));
        var given = await Given.A_small_utility(house);
        await Promise(house, given, new DateOnly(2027, 3, 10));

        await Run(house, new DateOnly(2027, 3, 7), 2);
        Assert.Equal(0, await ToDos(house));
        var run = await Run(house, new DateOnly(2027, 3, 8), 2);
        Assert.Equal(1, await ToDos(house));
        Assert.Equal(("Completed", 1L), (run.State, run.Done));
    }

    [Theory, BothDatabases]
    public async Task However_often_it_runs_there_is_one(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var day = DateOnly.FromDateTime(house.Clock.GetUtcNow().UtcDateTime).AddDays(3);
        for (var i = 0; i < 5; i++)
            await Promise(house, given, day);

        await using (var scope = house.As(Roles.Operator))
            Assert.True((await scope.Get<ChangeControl>().Handle(new("TD-CCCB", 0, "Beside each other", Threads: 2, MayOverlap: true), CancellationToken.None)).Ok);
        await Task.WhenAll(Submit(house, day, 0), Submit(house, day, 0));
        await house.RunJobs();
        await Run(house, day, 0);
        Assert.Equal(5, await ToDos(house));
    }

    internal static async Task Promise(TestHouse house, Given given, DateOnly on)
    {
        await using var scope = house.As(Roles.Csr);
        var recorded = await scope.Get<RecordContact>().Handle(
            new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "promised", Reminder: new ReminderBook.Promise(on)), CancellationToken.None);
        Assert.True(recorded.Ok, recorded.ToString());
    }

    private static async Task<long> Submit(TestHouse house, DateOnly on, int lead)
    {
        await using var scope = house.As(Roles.Operator);
        var submitted = await scope.Get<SubmitBatch>().Handle(new("TD-CCCB", on, new Dictionary<string, string> { [TdCccb.LeadDays] = lead.ToString() }, Anyway: true), CancellationToken.None);
        Assert.True(submitted.Ok, submitted.ToString());
        return submitted.Value.Id;
    }

    private static async Task<BatchRunLine> Run(TestHouse house, DateOnly on, int lead)
    {
        var id = await Submit(house, on, lead);
        await house.RunJobs();
        await using var scope = house.As(Roles.Operator);
        return (await scope.Get<GetBatchRun>().Handle(new(id), CancellationToken.None)).Value;
    }

    private static async Task<int> ToDos(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        return await scope.Db.Set<ToDo>().CountAsync(t => t.TypeCode == ReminderBook.ToDoType);
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Customers;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Contacts;

/// <summary>A contact that stands open for what was promised only is closed when nothing of it is left.</summary>
public class OpenUntilKeptTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task It_closes_with_the_last_promise_and_says_so_in_log_timeline_and_event(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given, promised: true);
        await Promise(house, id);
        var promises = await Promises(house, id);
        await using var scope = house.As(Roles.Csr);
        Assert.True((await scope.Get<ResolveReminder>().Handle(new(promises[0].Id, "Called"), Ct)).Ok);
        Assert.Equal("Open", await Status(house, id));
        Assert.True((await scope.Get<WithdrawReminder>().Handle(new(promises[1].Id, promises[1].Version, "Not needed"), Ct)).Ok);

        await using var check = house.As(Roles.Csr);
        var file = (await check.Get<GetContact>().Handle(new(id), Ct)).Value;
        Assert.Equal(("Closed", "Closed"), (file.Contact.Status, file.Log[^1].Kind));
        Assert.False((await check.Get<ITimeline>().Read(new TimelineFilter(PersonId: given.Person), null, 10, Ct)).Items.Single(e => e.Kind == "contact").IsOpen);
        Assert.Equal(1, await check.Db.Set<Tieline.Platform.Events.Event>().CountAsync(e => e.Name == "contact.closed", Ct));
    }

    [Theory, BothDatabases]
    public async Task It_closes_too_when_the_to_do_is_completed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given, promised: true);
        await house.RunJobs();
        await using var scope = house.As(Actors.Of(Roles.Csr, given.Employee));
        var toDo = await scope.Db.Set<ToDo>().AsNoTracking().SingleAsync(Ct);
        var completed = await scope.Get<CompleteToDo>().Handle(new(toDo.Id, toDo.Version, "Called"), Ct);
        Assert.True(completed.Ok, completed.ToString());
        Assert.Equal("Closed", await Status(house, id));
    }

    [Theory, BothDatabases]
    public async Task What_someone_opened_or_its_type_keeps_open_stays_open(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var byHand = await KeepingContactsTests.Recorded(house, given);
        long byType, asked;
        await using (var scope = house.As(Roles.Csr))
        {
            Assert.True((await scope.Get<ReopenContact>().Handle(new(byHand, await KeepingContactsTests.Version(house, byHand), "Not done"), Ct)).Ok);
            var record = scope.Get<RecordContact>();
            byType = (await record.Handle(new(given.WireDown, null, null, null, given.Premise, Channel.Phone, null, "down"), Ct)).Value.Id;
            asked = (await record.Handle(new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "mine", StaysOpen: true), Ct)).Value.Id;
        }
        foreach (var id in (long[])[byHand, byType, asked])
        {
            await Promise(house, id);
            await using var scope = house.As(Roles.Csr);
            Assert.True((await scope.Get<ResolveReminder>().Handle(new((await Promises(house, id)).Single().Id, "Called"), Ct)).Ok);
            Assert.Equal("Open", await Status(house, id));
        }
    }

    [Theory, BothDatabases]
    public async Task Closing_it_by_hand_says_so_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given, promised: true);
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<CloseContact>().Handle(new(id, await KeepingContactsTests.Version(house, id), "Done", "Called"), Ct)).Ok);
        await using var check = house.As(Roles.Csr);
        Assert.Equal("Done", (await check.Get<GetContact>().Handle(new(id), Ct)).Value.Log.Single(l => l.Kind == "Closed").Body);
    }

    [Theory, BothDatabases]
    public async Task Two_who_keep_the_last_two_promises_at_once_do_not_leave_it_open(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given, promised: true);
        await Promise(house, id);
        var promises = await Promises(house, id);
        await using var first = house.As(Roles.Csr);
        await using var second = house.As(Roles.Csr);
        // Both have read the contact before either has written.
        await first.Db.Set<Contact>().SingleAsync(c => c.Id == id, Ct);
        await second.Db.Set<Contact>().SingleAsync(c => c.Id == id, Ct);
        Assert.True((await first.Get<ResolveReminder>().Handle(new(promises[0].Id, "Called"), Ct)).Ok);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => second.Get<ResolveReminder>().Handle(new(promises[1].Id, "Called"), Ct));
        await using var again = house.As(Roles.Csr);
        Assert.True((await again.Get<ResolveReminder>().Handle(new(promises[1].Id, "Called"), Ct)).Ok);
        Assert.Equal("Closed", await Status(house, id));
    }

    private static async Task Promise(TestHouse house, long contactId)
    {
        await using var scope = house.As(Roles.Csr);
        var day = (await scope.Get<IUtilityClock>().Today(Ct)).AddDays(2);
        var added = await scope.Get<AddReminder>().Handle(new(contactId, new(day)), Ct);
        Assert.True(added.Ok, added.ToString());
    }

    private static async Task<List<Reminder>> Promises(TestHouse house, long contactId)
    {
        await using var scope = house.As(Roles.Csr);
        return await scope.Db.Set<Reminder>().AsNoTracking().Where(r => r.ContactId == contactId).OrderBy(r => r.Id).ToListAsync(Ct);
    }

    private static async Task<string> Status(TestHouse house, long contactId)
    {
        await using var scope = house.As(Roles.Csr);
        return (await scope.Db.Set<Contact>().AsNoTracking().SingleAsync(c => c.Id == contactId, Ct)).Status.ToString();
    }
}

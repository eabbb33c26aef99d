using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts;

public class RecordContactTests
{
    [Theory, BothDatabases]
    public async Task A_contact_is_recorded_with_log_timeline_and_reference(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.Csr);
        var recorded = await scope.Get<RecordContact>().Handle(
            new(null, "thb", given.Person, given.Account, given.Premise, Channel.Phone, null, "Says the bill is <b>twice</b> as high ‮ 💡"), CancellationToken.None);

        Assert.True(recorded.Ok, recorded.ToString());
        Assert.StartsWith("C-", recorded.Value.Reference, StringComparison.Ordinal);
        var log = Assert.Single(await scope.Db.Set<ContactLog>().Where(l => l.ContactId == recorded.Value.Id).ToListAsync());
        Assert.Contains("💡", log.Body, StringComparison.Ordinal);
        var line = Assert.Single((await scope.Get<ITimeline>().Read(new TimelineFilter(given.Person), null, 10, CancellationToken.None)).Items);
        Assert.Equal(("contact", "High bill", false), (line.Kind, line.Title, line.IsOpen));
    }

    [Theory, BothDatabases]
    public async Task A_type_that_forbids_the_account_says_so_at_the_field(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.Csr);
        var refused = await scope.Get<RecordContact>().Handle(new(given.WireDown, null, null, given.Account, given.Premise, Channel.Phone, null, "Wire"), CancellationToken.None);

        Assert.Equal(("AccountId", "contact.account.not_allowed"), refused.Problems.Select(p => (p.Field, p.Rule)).Single());
        Assert.Equal(0, await scope.Db.Set<Contact>().CountAsync());
    }

    [Theory, BothDatabases]
    public async Task Accounts_of_two_people_are_never_mixed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.Csr);
        var refused = await scope.Get<RecordContact>().Handle(new(given.HighBill, null, given.Person, given.OtherAccount, null, Channel.Phone, null, "x"), CancellationToken.None);

        Assert.Equal("account.not_of_person", Assert.Single(refused.Problems).Rule);
    }

    [Theory, BothDatabases]
    public async Task A_contact_may_belong_to_a_premise_only(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.Csr);
        var recorded = await scope.Get<RecordContact>().Handle(new(given.WireDown, null, null, null, given.Premise, Channel.Phone, null, "Sparks"), CancellationToken.None);

        Assert.True(recorded.Ok, recorded.ToString());
        Assert.Equal(ContactStatus.Open, (await scope.Db.Set<Contact>().SingleAsync()).Status);
    }

    [Theory, BothDatabases]
    public async Task A_megabyte_is_refused_with_a_message(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.Csr);
        var refused = await scope.Get<RecordContact>().Handle(new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, new string('x', 1_000_000)), CancellationToken.None);

        Assert.Equal(("Comment", "too_long"), refused.Problems.Select(p => (p.Field, p.Rule)).Single());
    }

    [Theory, BothDatabases]
    public async Task An_operator_may_not_record(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.Operator);
        await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<RecordContact>().Handle(new(1, null, 1, null, null, Channel.Phone, null, "x"), CancellationToken.None));
    }

    [Theory, BothDatabases]
    public async Task A_double_click_is_one_contact(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var input = new RecordContact.Input(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "twice");
        async Task<Outcome<RecordContact.Recorded>> Click()
        {
            await using var scope = house.As(Roles.Csr);
            return await scope.Get<IOnce>().Run("record", "form-1", input, () => scope.Get<RecordContact>().Handle(input, CancellationToken.None), CancellationToken.None);
        }
        var clicks = await Task.WhenAll(Click(), Click(), Click());

        Assert.Single(clicks.Select(c => c.Value.Id).Distinct());
        await using var check = house.As(Roles.Csr);
        Assert.Equal(1, await check.Db.Set<Contact>().CountAsync());
    }

    [Theory, BothDatabases]
    public async Task A_promise_for_today_becomes_a_to_do_through_the_job_table(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.Csr);
        var today = await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(CancellationToken.None);
        var recorded = await scope.Get<RecordContact>().Handle(
            new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "call back", Reminder: new ReminderBook.Promise(today, EmployeeId: given.Employee)), CancellationToken.None);
        Assert.True(recorded.Ok, recorded.ToString());
        await house.RunJobs();

        await using var check = house.As(Roles.Csr);
        var toDo = Assert.Single(await check.Db.Set<Tieline.ToDos.Entries.ToDo>().ToListAsync());
        Assert.Equal(new RecordRef("reminder", recorded.Value.ReminderId!.Value), toDo.Cause);
        Assert.Equal((given.Employee, "Bea Long"), (toDo.EmployeeId, toDo.AddressedTo));
    }
}

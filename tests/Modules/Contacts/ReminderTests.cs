using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Contacts;

public class ReminderTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task A_new_promise_is_a_new_entry_and_opens_a_closed_contact(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given);
        await using var scope = house.As(Roles.Csr);
        var day = await scope.Get<IUtilityClock>().Today(Ct);
        var add = scope.Get<AddReminder>();
        Assert.Equal("Reminder.On", (await add.Handle(new(id, null), Ct)).Problems[0].Field);
        Assert.Equal("reminder.past", (await add.Handle(new(id, new(day.AddDays(-1))), Ct)).Problems[0].Rule);
        Assert.Equal("reminder.employee.unknown", (await add.Handle(new(id, new(day, EmployeeId: 999_999)), Ct)).Problems[0].Rule);
        var added = await add.Handle(new(id, new(day.AddDays(5), new TimeOnly(15, 0), new TimeOnly(16, 0), given.Employee, Phone: "(541) 555-0101", Text: "call at three")), Ct);
        Assert.True(added.Ok, added.ToString());

        var contact = (await scope.Get<GetContact>().Handle(new(id), Ct)).Value;
        Assert.Equal(("Open", "call at three", "Waiting"), (contact.Contact.Status, contact.Log[1].Body, contact.Reminders.Single().State));
    }

    [Theory, BothDatabases]
    public async Task Who_promises_to_a_role_without_members_hears_so_and_so_does_who_can_mend_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.Csr);
        const string nobody = "Nobody is in the role Customer follow-up yet: the promise would stand before nobody.";
        var day = await scope.Get<IUtilityClock>().Today(Ct);
        while (await scope.Get<Tieline.Organization.IOrganization>().ClosedOn(day, Ct) is not null)
            day = day.AddDays(1);
        var record = scope.Get<RecordContact>();
        async Task<IReadOnlyList<string>> Warnings(long type, ReminderBook.Promise promise) => (await record.Handle(
            new(type, null, type == given.HighBill ? given.Person : null, null, type == given.WireDown ? given.Premise : null, Channel.Phone, null, "words", Reminder: promise), Ct)).Value.Warnings;
        Assert.Equal([nobody], await Warnings(given.WireDown, new(day)));
        Assert.Empty(await Warnings(given.HighBill, new(day)));
        Assert.Empty(await Warnings(given.WireDown, new(day, EmployeeId: given.Employee)));

        var role = (await scope.Get<Tieline.Organization.IOrganization>().FollowUpRole(Ct))!.Id;
        var csr = await house.SignedIn(Roles.Csr, given.Employee);
        Assert.Contains(nobody, await csr.GetStringAsync($"/contacts/promise/warnings?Reminder.On={day:yyyy-MM-dd}&Reminder.RoleId={role}"), StringComparison.Ordinal);
        Assert.DoesNotContain("Nobody belongs to these roles yet", await csr.GetStringAsync("/"), StringComparison.Ordinal);
        var administrator = await (await house.SignedIn(Roles.BusinessAdministrator)).GetStringAsync("/");
        Assert.Contains($"href=\"/admin/todo-roles/{role}\"", administrator[administrator.IndexOf("Nobody belongs to these roles yet", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Moving_the_day_moves_the_open_to_do(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given, promised: true);
        await house.RunJobs();
        var reminder = await Reminder(house, id);
        await using var scope = house.As(Roles.Csr);
        var day = (await scope.Get<IUtilityClock>().Today(Ct)).AddDays(3);
        var moved = await scope.Get<MoveReminder>().Handle(new(reminder.Id, reminder.Version, day, new TimeOnly(9, 30), null, "Is at work"), Ct);
        Assert.True(moved.Ok, moved.ToString());
        Assert.Equal(Problem.ConflictRule, (await scope.Get<MoveReminder>().Handle(new(reminder.Id, reminder.Version, day.AddDays(1)), Ct)).Problems[0].Rule);

        await using var check = house.As(Roles.Csr);
        var toDo = await check.Db.Set<ToDo>().SingleAsync();
        Assert.Equal((day, await check.Get<IUtilityClock>().ToInstant(day, new TimeOnly(9, 30), Ct)), (toDo.DueOn, toDo.DueAt!.Value));
        Assert.EndsWith("Is at work", (await check.Get<GetContact>().Handle(new(id), Ct)).Value.Log[^1].Body, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_promise_moved_to_today_gets_its_to_do_today_and_one_moved_away_does_not(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var away = await KeepingContactsTests.Recorded(house, given, promised: true);
        var near = await KeepingContactsTests.Recorded(house, given);
        await using (var scope = house.As(Roles.Csr))
        {
            var today = await scope.Get<IUtilityClock>().Today(Ct);
            var add = await scope.Get<AddReminder>().Handle(new(near, new(today.AddDays(4))), Ct);
            var first = await Reminder(house, away);
            Assert.True((await scope.Get<MoveReminder>().Handle(new(first.Id, first.Version, today.AddDays(4)), Ct)).Ok);
            var second = await Reminder(house, near);
            Assert.True((await scope.Get<MoveReminder>().Handle(new(second.Id, second.Version, today), Ct)).Ok);
        }
        await house.RunJobs();
        await using var check = house.As(Roles.Csr);
        Assert.Equal(near, Assert.Single(await check.Db.Set<ToDo>().ToListAsync()).ContactId);
    }

    [Theory, BothDatabases]
    public async Task A_promise_withdrawn_says_why_and_its_to_do_is_complete(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given, promised: true);
        await house.RunJobs();
        var reminder = await Reminder(house, id);
        await using var scope = house.As(Roles.Csr);
        var withdraw = scope.Get<WithdrawReminder>();
        Assert.Equal(("Reason", "required"), (await withdraw.Handle(new(reminder.Id, reminder.Version, ""), Ct)).Problems.Select(p => (p.Field, p.Rule)).Single());
        Assert.True((await withdraw.Handle(new(reminder.Id, reminder.Version, "Customer will write"), Ct)).Ok);
        Assert.Contains("withdrawn by Test csr", (await withdraw.Handle(new(reminder.Id, reminder.Version, "again"), Ct)).ToString(), StringComparison.Ordinal);

        await using var check = house.As(Roles.Csr);
        var toDo = await check.Db.Set<ToDo>().SingleAsync();
        Assert.Equal((ToDoState.Complete, "Withdrawn: Customer will write"), (toDo.State, toDo.Resolution));
    }

    [Theory, BothDatabases]
    public async Task A_promise_that_was_not_kept_after_all_stands_again_with_its_contact(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given, promised: true);
        await house.RunJobs();
        async Task<(ToDoState ToDo, ReminderState Reminder, ContactStatus Contact)> States()
        {
            await using var check = house.As(Roles.Csr);
            return ((await check.Db.Set<ToDo>().SingleAsync(Ct)).State, (await Reminder(house, id)).State, (await check.Db.Set<Contact>().SingleAsync(c => c.Id == id, Ct)).Status);
        }
        async Task<Outcome<Done>> Do<TUse, TInput>(Func<ToDo, TInput> input) where TUse : class, IUse<TInput, Done>
        {
            await using var scope = house.As(Actors.Of(Roles.Supervisor, given.Employee));
            return await scope.Get<TUse>().Handle(input(await scope.Db.Set<ToDo>().AsNoTracking().SingleAsync(Ct)), Ct);
        }
        Assert.True((await Do<CompleteToDo, CompleteToDo.Input>(t => new(t.Id, t.Version, "Reached them"))).Ok);
        Assert.Equal((ToDoState.Complete, ReminderState.Resolved, ContactStatus.Closed), await States());
        Assert.True((await Do<ReopenToDo, ReopenToDo.Input>(t => new(t.Id, t.Version, "It was the neighbour"))).Ok);
        Assert.Equal((ToDoState.Open, ReminderState.Due, ContactStatus.Open), await States());
        await using (var scope = house.As(Roles.BackOffice))
            Assert.Contains((await scope.Get<GetContact>().Handle(new(id), Ct)).Value.Log, l => l.Body.EndsWith("stands again.\nIt was the neighbour", StringComparison.Ordinal));
        Assert.True((await Do<CompleteToDo, CompleteToDo.Input>(t => new(t.Id, t.Version, "Reached them"))).Ok);
        Assert.Equal((ToDoState.Complete, ReminderState.Resolved, ContactStatus.Closed), await States());

        Assert.True((await Do<ReopenToDo, ReopenToDo.Input>(t => new(t.Id, t.Version, "And again"))).Ok);
        var reminder = await Reminder(house, id);
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<WithdrawReminder>().Handle(new(reminder.Id, reminder.Version, "Not needed"), Ct)).Ok);
        Assert.Equal("reminder.withdrawn", Assert.Single((await Do<ReopenToDo, ReopenToDo.Input>(t => new(t.Id, t.Version, "Needed"))).Problems).Rule);
        Assert.Equal((ToDoState.Complete, ReminderState.Withdrawn, ContactStatus.Closed), await States());
    }

    [Theory, BothDatabases]
    public async Task When_the_transaction_fails_after_the_to_do_was_completed_nothing_is_half_written(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given, promised: true);
        await house.RunJobs();
        var reminder = await Reminder(house, id);
        var before = await Counts(house);
        await using (var scope = house.As(Roles.Csr))
        {
            // All rows are written by then, the commit is not.
            scope.Db.BeforeCommit("the line is cut", _ => throw new IOException("cut"));
            await Assert.ThrowsAsync<IOException>(() => scope.Get<ResolveReminder>().Handle(new(reminder.Id, "Called"), Ct));
        }
        Assert.Equal(before, await Counts(house));
        Assert.Equal(ReminderState.Due, (await Reminder(house, id)).State);
        await using var again = house.As(Roles.Csr);
        Assert.True((await again.Get<ResolveReminder>().Handle(new(reminder.Id, "Called"), Ct)).Ok);
        Assert.Equal(ToDoState.Complete, (await again.Db.Set<ToDo>().SingleAsync()).State);
    }

    [Theory, BothDatabases]
    public async Task Hostile_text_is_kept_clean_or_refused_at_its_field(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given);
        await using var scope = house.As(Roles.Csr);
        var day = (await scope.Get<IUtilityClock>().Today(Ct)).AddDays(1);
        var refused = await scope.Get<AddLogEntry>().Handle(
            new(id, new string('x', 1_000_000), new(day, new TimeOnly(10, 0), new TimeOnly(9, 0), Phone: new string('1', 51), Text: new string('y', 3_000))), Ct);
        Assert.Equal(["Reminder.Phone", "Reminder.Text", "Reminder.To", "Text"], refused.Problems.Select(p => p.Field).Order());
        Assert.True((await scope.Get<AddLogEntry>().Handle(new(id, "'); drop table contact; --\u0000\u202E<script>alert(1)</script>\n💡"), Ct)).Ok);
        Assert.Equal("'); drop table contact; --<script>alert(1)</script>\n💡", (await scope.Get<GetContact>().Handle(new(id), Ct)).Value.Log[^1].Body);
        Assert.Equal(Problem.NotFoundRule, (await scope.Get<AddLogEntry>().Handle(new(-5, "x"), Ct)).Problems[0].Rule);
    }

    private static async Task<Reminder> Reminder(TestHouse house, long contactId)
    {
        await using var scope = house.As(Roles.Csr);
        return await scope.Db.Set<Reminder>().AsNoTracking().SingleAsync(r => r.ContactId == contactId);
    }

    private static async Task<(int Logs, int Open, int Events, int Audit)> Counts(TestHouse house)
    {
        await using var scope = house.As(Roles.Csr);
        return (await scope.Db.Set<ContactLog>().CountAsync(), await scope.Db.Set<ToDo>().CountAsync(t => t.State != ToDoState.Complete),
            await scope.Db.Set<Tieline.Platform.Events.Event>().CountAsync(), await scope.Db.Set<AuditEntry>().CountAsync());
    }
}

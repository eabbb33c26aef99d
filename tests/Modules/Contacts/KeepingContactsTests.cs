using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Contacts;

public class KeepingContactsTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task The_log_grows_and_nothing_in_it_changes(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await Recorded(house, given);
        await using var scope = house.As(Roles.BackOffice);
        Assert.True((await scope.Get<AddLogEntry>().Handle(new(id, "Called again"), Ct)).Ok);
        Assert.Equal("required", Assert.Single((await scope.Get<AddLogEntry>().Handle(new(id, " "), Ct)).Problems).Rule);
        var contact = (await scope.Get<GetContact>().Handle(new(id), Ct)).Value;

        Assert.Equal(["first words", "Called again"], contact.Log.Select(l => l.Body));
        Assert.Equal("first words", contact.Text);
        Assert.All(contact.Log, l => Assert.Equal("Test back-office", l.Author.Name));
    }

    [Theory, BothDatabases]
    public async Task How_it_ended_is_corrected_by_those_who_may_and_the_figures_follow(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var (done, passed) = (await Interactions.InteractionTests.AWrapUp(house, "DONE", resolves: true), await Interactions.InteractionTests.AWrapUp(house, "PASSED", resolves: false));
        long id;
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
            id = (await scope.Get<RecordContact>().Handle(new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "words", WrapUpCodeId: done), Ct)).Value.Id;
        async Task<(int Said, int Resolved)> Figures()
        {
            await using var scope = house.As(Roles.Supervisor);
            var all = (await scope.Get<Tieline.Contacts.Figures.CallFigures>().Handle(new(), Ct)).Value.All;
            return (all.Said, all.ResolvedNow);
        }
        Assert.Equal((1, 1), await Figures());
        await using (var scope = house.As(new Actor(ActorKind.Employee, 9, "Reader", new HashSet<string>(["contacts.read", "contacts.record", "customers.read", "customers.unmasked"]))))
            await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<CorrectContact>().Handle(new(id, 0, WrapUpCodeId: passed), Ct));
        await using (var scope = house.As(Roles.BackOffice))
        {
            var version = await Version(house, id);
            Assert.Equal("wrap_up.unknown", Assert.Single((await scope.Get<CorrectContact>().Handle(new(id, version, WrapUp: "NONE"), Ct)).Problems).Rule);
            var corrected = await scope.Get<CorrectContact>().Handle(new(id, version, WrapUp: "t-passed"), Ct);
            Assert.True(corrected.Ok, corrected.ToString());
            var contact = (await scope.Get<GetContact>().Handle(new(id), Ct)).Value;
            Assert.Equal(("PASSED", false), (contact.WrapUp, contact.ResolvedNow!.Value));
            Assert.Contains("How it ended: was “DONE”, is “PASSED”.\nResolved now: was “yes”, is “no”.", contact.Log[^1].Body, StringComparison.Ordinal);
            Assert.Contains(await scope.Get<IAuditTrail>().Of(new RecordRef("contact", id), 5, null, Ct), e => e.Changes?.Contains("ResolvedNow", StringComparison.OrdinalIgnoreCase) == true);
        }
        Assert.Equal((1, 0), await Figures());
        // What somebody says goes before what the code says.
        await using (var scope = house.As(Roles.BackOffice))
            Assert.True((await scope.Get<CorrectContact>().Handle(new(id, await Version(house, id), ResolvedNow: true), Ct)).Ok);
        Assert.Equal((1, 1), await Figures());
    }

    [Theory, BothDatabases]
    public async Task A_correction_says_what_it_was_and_what_it_is(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await Recorded(house, given);
        await using (var scope = house.As(Roles.BackOffice))
        {
            var corrected = await scope.Get<CorrectContact>().Handle(
                new(id, await Version(house, id), Channel: Channel.Email, OccurredAt: house.Clock.GetUtcNow().UtcDateTime.AddDays(-2), Text: "better words", Reason: "slip"), Ct);
            Assert.True(corrected.Ok, corrected.ToString());
        }
        await using var check = house.As(Roles.BackOffice);
        var contact = (await check.Get<GetContact>().Handle(new(id), Ct)).Value;
        Assert.Equal(["Comment", "Correction", "CorrectedText"], contact.Log.Select(l => l.Kind));
        Assert.Equal("first words", contact.Log[0].Body);
        Assert.Contains("Channel: was “Phone”, is “Email”.", contact.Log[1].Body, StringComparison.Ordinal);
        Assert.Contains("Text: was “first words”, is “better words”.", contact.Log[1].Body, StringComparison.Ordinal);
        Assert.Equal("better words", contact.Text);
        var line = Assert.Single((await check.Get<ITimeline>().Read(new TimelineFilter(given.Person), null, 10, Ct)).Items);
        Assert.Equal(("better words", contact.Contact.OccurredAt), (line.Body, line.At));
        Assert.Equal("contact.correction.nothing", Assert.Single((await check.Get<CorrectContact>().Handle(new(id, contact.Contact.Version), Ct)).Problems).Rule);
        Assert.Equal(
            ["contact.account.not_allowed", "contact.premise.required"],
            (await check.Get<CorrectContact>().Handle(new(id, contact.Contact.Version, TypeId: given.WireDown), Ct)).Problems.Select(p => p.Rule));
    }

    [Theory, BothDatabases]
    public async Task The_second_of_two_who_save_hears_who_was_first_and_what_changed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await Recorded(house, given);
        var seen = await Version(house, id);
        await using (var first = house.As(Roles.Supervisor))
            Assert.True((await first.Get<CorrectContact>().Handle(new(id, seen, Channel: Channel.Letter), Ct)).Ok);
        await using var second = house.As(Roles.BackOffice);
        var late = Assert.Single((await second.Get<CorrectContact>().Handle(new(id, seen, Channel: Channel.Fax), Ct)).Problems);

        Assert.Equal(Problem.ConflictRule, late.Rule);
        Assert.Contains("Test supervisor has changed this contact in the meantime (channel)", late.Message, StringComparison.Ordinal);
        var machine = await house.Machine("contacts.correct", "customers.unmasked");
        Assert.Equal(HttpStatusCode.Conflict, (await machine.PostAsJsonAsync($"/api/v1/contacts/{id}/correct", new { version = seen, channel = "Fax" })).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Two_who_save_at_the_same_moment_do_not_both_win(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await Recorded(house, given);
        var seen = await Version(house, id);
        var machine = await house.Machine("contacts.correct", "customers.unmasked");
        var answers = await Task.WhenAll(new[] { "Fax", "Letter", "Email" }.Select(channel => machine.PostAsJsonAsync($"/api/v1/contacts/{id}/correct", new { version = seen, channel })));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.Conflict], answers.Select(a => a.StatusCode).Order());
        await using var scope = house.As(Roles.BackOffice);
        Assert.Equal(1, await scope.Db.Set<ContactLog>().CountAsync(l => l.ContactId == id && l.Kind == LogKind.Correction));
    }

    [Theory, BothDatabases]
    public async Task A_contact_moved_is_not_shown_on_the_wrong_person(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await Recorded(house, given, promised: true);
        await house.RunJobs();
        await using (var scope = house.As(Roles.BackOffice))
        {
            var move = scope.Get<MoveContact>();
            var version = await Version(house, id);
            Assert.Equal("contact.person.required", (await move.Handle(new(id, version, null, null, null, "nobody"), Ct)).Problems[0].Rule);
            Assert.Equal("account.not_of_person", (await move.Handle(new(id, version, given.OtherPerson, given.Account, null, "wrong"), Ct)).Problems[0].Rule);
            Assert.Equal("Reason", (await move.Handle(new(id, version, given.OtherPerson, null, null, ""), Ct)).Problems[0].Field);
            var moved = await move.Handle(new(id, version, given.OtherPerson, given.OtherAccount, null, "Was the neighbour"), Ct);
            Assert.True(moved.Ok, moved.ToString());
        }
        await using var check = house.As(Roles.BackOffice);
        Assert.Empty((await check.Get<ITimeline>().Read(new TimelineFilter(given.Person), null, 10, Ct)).Items);
        Assert.Single((await check.Get<ITimeline>().Read(new TimelineFilter(given.OtherPerson), null, 10, Ct)).Items);
        var toDo = Assert.Single(await check.Db.Set<ToDo>().ToListAsync());
        Assert.Equal((given.OtherPerson, given.OtherAccount), (toDo.PersonId, toDo.AccountId));
        var log = (await check.Get<GetContact>().Handle(new(id), Ct)).Value.Log.Single(l => l.Kind == "Moved");
        Assert.Equal("Was the neighbour", log.Body);
        Assert.Equal(["P-0000-0101-1"], log.Records!.Select(r => r.Text).Where(t => t.StartsWith("P-", StringComparison.Ordinal)));
        Assert.Equal("contact-moved-away", (await check.Get<IAuditTrail>().Of(new RecordRef("person", given.Person), 1, null, Ct))[0].Action);
        var reader = new Actor(ActorKind.Employee, 9, "Reader", new HashSet<string> { "contacts.read" });
        await using var plain = house.As(reader);
        Assert.Null((await plain.Get<GetContact>().Handle(new(id), Ct)).Value.Log.Single(l => l.Kind == "Moved").Records);
        Assert.Equal(0, (await plain.Get<ListContacts>().Handle(new(given.Person), Ct)).Value.Items.Count);
    }

    [Theory, BothDatabases]
    public async Task A_contact_of_a_premise_is_attached_to_its_person_visibly(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.BackOffice);
        var id = (await scope.Get<RecordContact>().Handle(new(given.WireDown, null, null, null, given.Premise, Channel.Phone, null, "Sparks"), Ct)).Value.Id;
        var attach = scope.Get<AttachContact>();
        var version = await Version(house, id);
        Assert.Equal("contact.attach.nothing", (await attach.Handle(new(id, version, null), Ct)).Problems[0].Rule);
        Assert.Equal("contact.account.not_allowed", (await attach.Handle(new(id, version, given.Person, given.Account), Ct)).Problems[0].Rule);
        Assert.Equal("person.unknown", (await attach.Handle(new(id, version, 987_654_321), Ct)).Problems[0].Rule);
        Assert.True((await attach.Handle(new(id, version, given.Person), Ct)).Ok);
        Assert.Equal("contact.attach.taken", (await attach.Handle(new(id, await Version(house, id), given.OtherPerson), Ct)).Problems[0].Rule);

        var contact = (await scope.Get<GetContact>().Handle(new(id), Ct)).Value;
        Assert.Equal(("Attached", "P-0000-0101-1"), (contact.Log[^1].Kind, contact.Log[^1].Records!.Single().Text));
        Assert.Single((await scope.Get<ITimeline>().Read(new TimelineFilter(given.Person), null, 10, Ct)).Items);
    }

    [Theory, BothDatabases]
    public async Task Closing_asks_for_the_promises_first(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await Recorded(house, given, promised: true);
        await house.RunJobs();
        await using (var scope = house.As(Roles.BackOffice))
        {
            var close = scope.Get<CloseContact>();
            var refused = await close.Handle(new(id, await Version(house, id)), Ct);
            Assert.Equal(("ResolveReminders", "contact.promises_unkept"), refused.Problems.Select(p => (p.Field, p.Rule)).Single());
            var closed = await close.Handle(new(id, await Version(house, id), null, "Called, all is well"), Ct);
            Assert.True(closed.Ok, closed.ToString());
        }
        await using var check = house.As(Roles.BackOffice);
        var contact = (await check.Get<GetContact>().Handle(new(id), Ct)).Value;
        Assert.Equal(("Closed", "Resolved", "Called, all is well"), (contact.Contact.Status, contact.Reminders[0].State, contact.Reminders[0].Resolution));
        Assert.Equal(ToDoState.Complete, (await check.Db.Set<ToDo>().SingleAsync()).State);
        Assert.False((await check.Get<ITimeline>().Read(new TimelineFilter(given.Person), null, 10, Ct)).Items[0].IsOpen);
        Assert.Equal(Problem.ConflictRule, (await check.Get<CloseContact>().Handle(new(id, contact.Contact.Version), Ct)).Problems[0].Rule);
        Assert.True((await check.Get<ReopenContact>().Handle(new(id, contact.Contact.Version, "Not so well"), Ct)).Ok);
        Assert.True((await check.Get<ITimeline>().Read(new TimelineFilter(given.Person), null, 10, Ct)).Items[0].IsOpen);
    }

    [Theory, BothDatabases]
    public async Task Lists_filter_and_page_without_gap_or_overlap(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var at = house.Clock.GetUtcNow().UtcDateTime.AddDays(-1);
        var ids = new List<long>();
        foreach (var i in Enumerable.Range(0, 5))
            ids.Add(await Recorded(house, given, at: i < 3 ? at : at.AddHours(i)));
        await using var scope = house.As(Roles.BackOffice);
        var list = scope.Get<ListContacts>();
        var seen = new List<long>();
        string? after = null;
        do
        {
            var page = (await list.Handle(new(given.Person, Status: ContactStatus.Closed, Channel: Channel.Phone, RecordedBy: 1, After: after, Size: 2), Ct)).Value;
            seen.AddRange(page.Items.Select(r => r.Contact.Id));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(ids.Order(), seen.Order());
        Assert.Equal(ids[^1], seen[0]);
        Assert.Equal(ids[^1], (await list.Handle(new(Sort: "occurred"), Ct)).Value.Items[^1].Contact.Id);
        Assert.Equal(("Ana Ruiz", "first words"), (await list.Handle(new(given.Person), Ct)).Value.Items.Select(r => (r.Person, r.Text)).First());
        Assert.Empty((await list.Handle(new(given.OtherPerson), Ct)).Value.Items);
        Assert.Empty((await list.Handle(new(RecordedBy: 12), Ct)).Value.Items);
        Assert.Empty((await list.Handle(new(To: new DateOnly(2001, 1, 1)), Ct)).Value.Items);
        Assert.NotEmpty(await scope.LooksAt(new RecordRef("person", given.Person)));
    }

    [Theory, BothDatabases]
    public async Task What_someone_recorded_is_found_by_its_own_index(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using (var process = house.As(Actor.Process("test")))
        {
            var record = process.Get<RecordContact>();
            Assert.True((await record.Handle(new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "by a machine"), Ct)).Ok);
        }
        var mine = await Recorded(house, given);
        await using var scope = house.As(Roles.BackOffice);
        Assert.Equal(mine, Assert.Single((await scope.Get<ListContacts>().Handle(new(RecordedBy: 1), Ct)).Value.Items).Contact.Id);

        var plan = await scope.Plan("select id from contact where recorded_by_employee_id = @who order by occurred_at desc, id desc limit 51", 1);
        Assert.Contains("ix_contact_recorded_by", plan, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_machine_reads_the_history_of_a_contact_and_one_promise(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await Recorded(house, given, promised: true);
        await using var scope = house.As(Roles.BackOffice);
        var reminder = await scope.Db.Set<Reminder>().Select(r => r.Id).SingleAsync(Ct);
        var machine = await house.SignedInApi(Roles.BackOffice);
        Assert.Contains("\"changes\":[{", await machine.GetStringAsync($"/api/v1/contacts/{id}/history", Ct), StringComparison.Ordinal);
        Assert.Contains($"\"contactId\":{id}", await machine.GetStringAsync($"/api/v1/reminders/{reminder}", Ct), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Without_the_right_every_way_answers_403_and_keeps_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var machine = await house.Machine("something.else");
        Assert.Equal(HttpStatusCode.Forbidden, (await machine.PostAsJsonAsync("/api/v1/contacts", new { comment = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await machine.GetAsync("/api/v1/contacts")).StatusCode);
        foreach (var way in new[] { "contacts/1/log", "contacts/1/close", "contacts/1/reopen", "contacts/1/correct", "contacts/1/move", "contacts/1/attach", "contacts/1/reminders", "reminders/1/move", "reminders/1/withdraw", "reminders/1/resolve" })
            Assert.Equal(HttpStatusCode.Forbidden, (await machine.PostAsJsonAsync($"/api/v1/{way}", new { version = 0 })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await machine.PostAsJsonAsync("/api/v1/contact-types", new { code = "x" })).StatusCode);
        await using var scope = house.As(Roles.Supervisor);
        Assert.Equal(13, (await scope.Get<IAuditTrail>().Of(new RecordRef("permission", 0), 50, null, Ct)).Count(a => a.Action == "denied"));
    }

    internal static async Task<long> Recorded(TestHouse house, Given given, bool promised = false, DateTime? at = null)
    {
        await using var scope = house.As(Roles.BackOffice);
        var today = await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(Ct);
        var recorded = await scope.Get<RecordContact>().Handle(
            new(given.HighBill, null, given.Person, given.Account, null, Channel.Phone, null, "first words", at, Reminder: promised ? new ReminderBook.Promise(today, EmployeeId: given.Employee) : null), Ct);
        Assert.True(recorded.Ok, recorded.ToString());
        return recorded.Value.Id;
    }

    internal static async Task<int> Version(TestHouse house, long id)
    {
        await using var scope = house.As(Roles.BackOffice);
        return await scope.Db.Set<Contact>().Where(c => c.Id == id).Select(c => c.Version).SingleAsync();
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Import;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts;

public sealed class ImportContactsTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private static readonly ContactMapping Mapping = new(
        "old", "id", "America/Los_Angeles", new(Otherwise: "Old"), new("type"), new(Otherwise: "Phone"), "opened", "{text}", Closed: "closed", Organization: "{who}",
        Address: "{where}", ReminderOn: "due", Characteristics: new Dictionary<string, MappedValue> { ["READING"] = new("reading") });

    [Theory, BothDatabases]
    public async Task Impossible_days_and_rules_of_types_reject_a_row_and_what_it_names(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Given.A_small_utility(house);
        await using (var admin = house.As(Actor.Process("test")))
        {
            var db = admin.Db;
            var kind = await db.Set<ContactClass>().Where(c => c.Code == "T-BILL").Select(c => c.Id).SingleAsync();
            var gone = new ContactType { Id = db.NextId(), ClassId = kind, Code = "T-GONE", Name = "Gone", FromOn = new(2000, 1, 1), ToOn = new(2010, 12, 31) };
            gone.Allow(LinkRule.Optional, LinkRule.Optional, LinkRule.Optional);
            var read = new ContactType { Id = db.NextId(), ClassId = kind, Code = "T-READ", Name = "Reading", FromOn = new(2000, 1, 1) };
            read.Allow(LinkRule.Optional, LinkRule.Optional, LinkRule.Optional);
            db.AddRange(gone, read, new Characteristic(db.NextId(), read.Id, "READING", "Reading", CharacteristicKind.Number, true, null, 0));
            await db.SaveChangesAsync();
        }
        var results = await Import(house,
            Row(1, type: "new", opened: "2999-01-01"), Row(2, type: "new", opened: "0017-01-01"), Row(3, type: "new", closed: "2999-01-01"), Row(4, type: "new", due: "2999-01-01", closed: ""),
            Row(5, type: "t-gone", opened: "2015-01-01"), Row(6, type: "t-gone", opened: "2010-05-01"), Row(7, type: "t-read"), Row(8, type: "t-read", reading: "12"), Row(9, type: "t-wire"));
        Assert.Equal([6, 8], results.Where(r => r.Outcome == RowOutcome.Imported).Select(r => r.Line).Order());
        await using var scope = house.As(Roles.Supervisor);
        Assert.Equal(["Council 6", "Council 8"], await scope.Db.Set<Person>().Where(p => p.Source == "old").OrderBy(p => p.Id).Select(p => p.DisplayName).ToListAsync(Ct));
        Assert.Equal("{\"READING\":\"12\"}", await scope.Db.Set<Contact>().Where(c => c.ExternalKey == "8").Select(c => c.Characteristics).SingleAsync(Ct));
    }

    [Theory, BothDatabases]
    public async Task A_promise_that_is_due_becomes_a_To_Do_and_is_on_record(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        Assert.Equal(RowOutcome.Imported, Assert.Single(await Import(house, Row(1, type: "new", closed: "", due: "2015-02-01"))).Outcome);
        await house.RunJobs();
        await using var scope = house.As(Roles.Supervisor);
        var reminder = await scope.Db.Set<Reminder>().SingleAsync(Ct);
        Assert.Equal(ReminderState.Due, reminder.State);
        var entries = await scope.Get<IAuditTrail>().Of(new RecordRef("contact", reminder.ContactId), 20, null, Ct);
        Assert.Contains(entries, e => e.Action == "created" && e.Changes!.Contains("\"TriggerOn\":\"2015-02-01\"", StringComparison.Ordinal));
    }

    [Theory, BothDatabases]
    public async Task An_employee_sends_no_row_about_their_own_record_and_a_machine_does(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var me = Actors.Of(Roles.BusinessAdministrator, given.Employee);
        Assert.All(await Import(house, me, Row(1, type: "new"), Row(2, type: "new")), r => Assert.Equal(RowOutcome.Imported, r.Outcome));
        await using (var scope = house.As(Actor.Process("test")))
        {
            var own = await scope.Db.Set<Person>().Where(p => p.DisplayName == "Council 1").Select(p => p.Id).SingleAsync(Ct);
            Assert.True((await scope.Get<AddRelationship>().Handle(new(own, RelationshipKind.Self, EmployeeId: given.Employee), Ct)).Ok);
        }
        ImportRow[] more = [About(Row(3, type: "new"), 1, "77 Own Lane, Springfield OR 97477"), About(Row(4, type: "new"), 2, "")];
        var results = (await Import(house, me, more)).ToDictionary(r => r.Line);
        Assert.Equal((RowOutcome.Rejected, RowOutcome.Imported), (results[3].Outcome, results[4].Outcome));
        Assert.Contains("closed to you", results[3].Reason, StringComparison.Ordinal);
        await using (var scope = house.As(Roles.Supervisor))
            Assert.False(await scope.Db.Set<Tieline.Customers.Premises.Premise>().AnyAsync(p => p.OneLine.Contains("Own Lane"), Ct));
        var machine = new Actor(ActorKind.ApiKey, 7, "feed", me.Permissions);
        Assert.Equal([(3, RowOutcome.Imported), (4, RowOutcome.AlreadyThere)], (await Import(house, machine, more)).Select(r => (r.Line, r.Outcome)).Order());

        static ImportRow About(ImportRow row, int council, string where) =>
            new(row.Line, new Dictionary<string, string>(row.Values) { ["who"] = $"Council {council}", ["where"] = where });
    }

    private static ImportRow Row(int id, string type, string opened = "2015-01-01", string closed = "2015-01-02", string due = "", string reading = "") => new(id, new Dictionary<string, string>
    {
        ["id"] = $"{id}", ["type"] = type, ["opened"] = opened, ["closed"] = closed, ["due"] = due, ["reading"] = reading, ["text"] = "Someone asked", ["who"] = $"Council {id}", ["where"] = "",
    });

    private static Task<IReadOnlyList<RowResult>> Import(TestHouse house, params ImportRow[] rows) => Import(house, Actors.Of(Roles.BusinessAdministrator, 1), rows);

    private static async Task<IReadOnlyList<RowResult>> Import(TestHouse house, Actor by, params ImportRow[] rows)
    {
        await using var scope = house.As(by);
        return (await scope.Get<ImportContactRows>().Handle(new(Mapping, rows), Ct)).Value.Results;
    }
}

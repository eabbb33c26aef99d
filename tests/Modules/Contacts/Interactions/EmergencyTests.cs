using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Contacts.Emergency;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Contacts.Interactions;

public class EmergencyTests
{
    private static CancellationToken Token => CancellationToken.None;

    [Theory]
    [InlineData("a wire is down on Elm Street", "Elm St", true)]
    [InlineData("Elm Street", "12 N Elm St, Springfield OR 97477", true)]
    [InlineData("12 Elm St", "12 N Elm St, Springfield OR 97477", true)]
    [InlineData("14 Elm Street", "12 N Elm St, Springfield OR 97477", true)]
    [InlineData("1200 Elm Street", "12 N Elm St, Springfield OR 97477", false)]
    [InlineData("corner of Elm and 5th", "Elm & 5th Ave", true)]
    [InlineData("wire down on Elm Street", "Elm Street near the school", true)]
    [InlineData("behind the school on Fifth Avenue", "sparks at 5th Ave and Oak", true)]
    [InlineData("truck on highway 99 north of town", "Hwy 99 by the mill", true)]
    [InlineData("wire down on Elm Street", "Elm Avenue near the school", false)]
    [InlineData("a wire over the street", "smoke in the street", false)]
    [InlineData("12 Elm Street, at the school", "1200 Elm Street, at the mall", false)]
    [InlineData("Oak St", "Elm St", false)]
    [InlineData("the street", "Elm St", false)]
    [InlineData("", "Elm St", false)]
    public void The_same_place_in_other_words(string one, string other, bool same)
    {
        Assert.Equal(same, SamePlace.Is(one, other));
        Assert.Equal(same, SamePlace.Is(other, one));
    }

    [Theory, BothDatabases]
    public async Task An_emergency_needs_a_place_only_and_stands_before_its_role_at_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var gas = await AnEmergency(house, given);
        await using var scope = house.As(Roles.Csr);
        Assert.Equal(("Place", "contact.emergency.place"), (await scope.Get<RecordContact>().Handle(Report(gas, null), Token)).Problems.Select(p => (p.Field, p.Rule)).Single());
        var recorded = await scope.Get<RecordContact>().Handle(Report(gas, "corner of Elm and 5th"), Token);
        Assert.True(recorded.Ok, recorded.ToString());

        var toDo = await scope.Db.Set<ToDo>().AsNoTracking().SingleAsync();
        Assert.Equal((1, given.Role, recorded.Value.Id, "Gas smell: corner of Elm and 5th"), (toDo.Priority, toDo.RoleId, toDo.ContactId, toDo.Subject));
        var contact = await scope.Db.Set<Contact>().AsNoTracking().SingleAsync();
        Assert.Equal((Channel.Phone, null, "Mrs Bell"), (contact.Channel, contact.PersonId, contact.ReporterName));

        // Mrs Bell tells it of Ana: Ana is not the one on the line.
        var call = await InteractionTests.Start(house);
        await using var told = house.As(Roles.Csr);
        Assert.True((await told.Get<RecordContact>().Handle(Report(gas, "Elm Street") with { PersonId = given.Person, InteractionId = call }, Token)).Ok);
        Assert.Null((await told.Db.Set<Interaction>().AsNoTracking().SingleAsync(i => i.Id == call)).PersonId);
        Assert.True((await told.Get<RecordContact>().Handle(Report(gas, "Elm Street") with { PersonId = given.Person, InteractionId = call, ReporterName = null }, Token)).Ok);
        Assert.Equal(given.Person, (await told.Db.Set<Interaction>().AsNoTracking().SingleAsync(i => i.Id == call)).PersonId);
    }

    [Theory, BothDatabases]
    public async Task Reports_of_the_same_place_are_offered_as_one_and_counted_on_one_to_do(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var gas = await AnEmergency(house, given);
        var first = await Reported(house, Report(gas, "Elm Street"));
        await using (var scope = house.As(Roles.Csr))
        {
            var offered = Assert.Single(await scope.Get<EmergencyDesk>().Earlier(given.Premise, null, Token));
            Assert.Equal((first, "Elm Street", 1), (offered.Id, offered.Where, offered.Reports));
            Assert.Empty(await scope.Get<EmergencyDesk>().Earlier(null, "Oak Street", Token));
        }
        var second = await Reported(house, Report(gas, "12 Elm") with { SameAsId = first });
        // Who joins the second joins the first.
        await Reported(house, Report(gas, null) with { PremiseId = given.Premise, SameAsId = second });
        await using (var scope = house.As(Roles.Csr))
        {
            var toDo = await scope.Db.Set<ToDo>().AsNoTracking().SingleAsync();
            Assert.Equal("Gas smell: Elm Street (3 reports)", toDo.Subject);
            Assert.Equal([null, first, first], await scope.Db.Set<Contact>().OrderBy(c => c.Id).Select(c => c.SameAsId).ToListAsync());
            Assert.Equal("contact.same_as.unknown", (await scope.Get<RecordContact>().Handle(Report(gas, "x") with { SameAsId = 999_999 }, Token)).Problems.Single().Rule);
            Assert.Equal("contact.same_as.unknown", (await scope.Get<RecordContact>().Handle(
                new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "no emergency", SameAsId: first), Token)).Problems.Single().Rule);
        }
        await using (var scope = house.As(Actors.Of(Roles.Supervisor, given.Employee)))
        {
            var toDo = await scope.Db.Set<ToDo>().AsNoTracking().SingleAsync();
            Assert.True((await scope.Get<CompleteToDo>().Handle(new(toDo.Id, toDo.Version, "Leak closed"), Token)).Ok);
        }
        // Dealt with, and yet somebody smells it again: somebody must look again.
        await Reported(house, Report(gas, "12 Elm") with { SameAsId = first });
        // And once is enough, however many more smell it.
        foreach (var _ in (int[])[5, 6])
            await Reported(house, Report(gas, "12 Elm") with { SameAsId = first });
        house.Clock.Advance(TimeSpan.FromMinutes(40));
        await using var check = house.As(Roles.Csr);
        Assert.Equal(["Gas smell: Elm Street (3 reports)", "Gas smell: Elm Street (6 reports)"], await check.Db.Set<ToDo>().OrderBy(t => t.Id).Select(t => t.Subject).ToListAsync());
        Assert.Empty(await check.Get<EmergencyDesk>().Earlier(given.Premise, null, Token));
    }

    [Theory, BothDatabases]
    public async Task Many_reports_at_once_are_counted_right(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var gas = await AnEmergency(house, given);
        var first = await Reported(house, Report(gas, "Elm Street"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Reported(house, Report(gas, "Elm Street") with { SameAsId = first })));
        await using var scope = house.As(Roles.Csr);
        Assert.Equal("Gas smell: Elm Street (5 reports)", (await scope.Db.Set<ToDo>().SingleAsync()).Subject);
    }

    [Theory, BothDatabases]
    public async Task The_script_comes_first_and_the_bell_rings_for_those_of_the_role_only(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var gas = await AnEmergency(house, given);
        var csr = await house.SignedIn(Roles.Csr, 1);
        Assert.Contains("Gas smell", await csr.GetStringAsync("/contacts/emergency"), StringComparison.Ordinal);
        var form = await csr.GetStringAsync($"/contacts/emergency?type={gas}");
        Assert.True(form.IndexOf("Leave the house now &lt;at once&gt;", StringComparison.Ordinal) is > 0 and var script && script < form.IndexOf("name=\"Place\"", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await csr.Submit($"/contacts/emergency?type={gas}", "form-record-contact", ("Place", ""))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await csr.Submit($"/contacts/emergency?type={gas}", "form-record-contact", ("Place", "Elm <Street>"), ("ReadOut", ""), ("ReadOut", "Leave the house now <at once>"))).StatusCode);
        await using (var scope = house.As(Roles.Csr))
        {
            var said = await scope.Db.Set<ContactLog>().SingleAsync(l => l.Kind == LogKind.Script);
            Assert.Equal(("Read out: “Leave the house now <at once>”. Not ticked: “No light switch, no flame”.", 1), (said.Body, said.Author.Id));
        }
        // A form that stands open from the call before belongs to that one, and to none when that has ended.
        async Task<long?> CallOf(string place, long? opened)
        {
            Assert.Equal(HttpStatusCode.Redirect, (await csr.Submit($"/contacts/emergency?type={gas}", "form-record-contact", ("Place", place), ("InteractionId", $"{opened}"))).StatusCode);
            await using var scope = house.As(Roles.Csr);
            return await scope.Db.Set<Contact>().Where(c => c.Place == place).Select(c => c.InteractionId).SingleAsync();
        }
        var (first, second) = (await Call(house), await Call(house));
        Assert.Equal(first, await CallOf("Oak Street", first));
        Assert.Equal(second, await CallOf("Pine Street", second));
        Assert.Null(await CallOf("Fir Street", null));
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<EndInteraction>().Handle(new(first), Token)).Ok);
        Assert.Null(await CallOf("Ash Street", first));
        // The ordinary form offers it as well.
        Assert.Contains("hx-get=\"/contacts/emergency/same\"", await csr.GetStringAsync($"/contacts/record/parts?TypeId={gas}"), StringComparison.Ordinal);
        Assert.Contains("The same thing?", await csr.GetStringAsync("/contacts/emergency/same?Place=elm+street"), StringComparison.Ordinal);
        Assert.DoesNotContain("urgent-item", await csr.GetStringAsync("/todos/count"), StringComparison.Ordinal);
        var dispatcher = await house.SignedIn(Roles.Csr, given.Employee);
        Assert.Contains("Gas smell: Elm &lt;Street&gt;</data>", await dispatcher.GetStringAsync("/todos/count"), StringComparison.Ordinal);
        house.Clock.Advance(TimeSpan.FromHours(3));
        Assert.DoesNotContain("urgent-item", await dispatcher.GetStringAsync("/todos/count"), StringComparison.Ordinal);
        var operatorOnly = await house.SignedIn(Roles.Operator, given.Employee);
        Assert.Equal(HttpStatusCode.Forbidden, (await operatorOnly.GetAsync("/contacts/emergency")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await operatorOnly.GetAsync("/contacts/emergency/same?Place=elm")).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task A_type_that_is_an_emergency_asks_for_nothing_but_a_place(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var kind = await scope.Db.Set<ContactClass>().Select(c => c.Id).FirstAsync();
        var refused = await scope.Get<AddContactType>().Handle(
            new() { ClassId = kind, Code = "T-X", Name = "X", Emergency = true, PersonRule = LinkRule.Required, PremiseRule = LinkRule.NotAllowed }, Token);
        Assert.Equal(["contact.type.emergency.role", "contact.type.emergency.person", "contact.type.emergency.premise"], refused.Problems.Select(p => p.Rule));
    }

    [Theory, BothDatabases]
    public async Task What_was_taken_for_something_else_at_first_stands_before_its_role_when_corrected(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var gas = await AnEmergency(house, given);
        var recorded = await Reported(house, new(given.WireDown, null, null, null, given.Premise, Channel.Phone, null, "Smells odd"));
        await using var scope = house.As(Roles.Csr);
        var version = (await scope.Db.Set<Contact>().SingleAsync()).Version;
        var corrected = await scope.Get<CorrectContact>().Handle(new(recorded, version, gas), Token);
        Assert.True(corrected.Ok, corrected.ToString());
        Assert.Equal((1, "Gas smell: 12 N Elm St, Springfield, OR 97477"), (await scope.Db.Set<ToDo>().Select(t => new { t.Priority, t.Subject }).SingleAsync()) is var t ? (t.Priority, t.Subject) : default);

        // Nobody could go there: neither corrected to an emergency that is nowhere, nor moved away from its place.
        var nowhere = await Reported(house, new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "Smells odd"));
        await using var mover = house.As(Actor.Process("test"));
        var refused = await mover.Get<CorrectContact>().Handle(new(nowhere, (await mover.Db.Set<Contact>().SingleAsync(c => c.Id == nowhere)).Version, gas), Token);
        Assert.Equal(("TypeId", EmergencyDesk.NowhereRule), refused.Problems.Select(p => (p.Field, p.Rule)).Single());
        version = (await mover.Db.Set<Contact>().SingleAsync(c => c.Id == recorded)).Version;
        var moved = await mover.Get<MoveContact>().Handle(new(recorded, version, given.Person, null, null, "Hers"), Token);
        Assert.Equal(("PremiseId", EmergencyDesk.NowhereRule), moved.Problems.Select(p => (p.Field, p.Rule)).Single());
        Assert.True((await mover.Get<MoveContact>().Handle(new(recorded, version, given.Person, null, given.Premise, "Hers"), Token)).Ok);
        Assert.Equal(1, await mover.Db.Set<ToDo>().CountAsync());
    }

    [Theory, BothDatabases]
    public async Task Whoever_corrects_to_an_emergency_is_told_when_nobody_hears_of_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using (var emptied = house.As(Actor.Process("test")))
            await emptied.Db.Set<Tieline.Organization.ToDoRoles.ToDoRoleMember>().ExecuteDeleteAsync(Token);
        var gas = await AnEmergency(house, given);
        var recorded = await Reported(house, new(given.WireDown, null, null, null, given.Premise, Channel.Phone, null, "Smells odd"));
        await using var scope = house.As(Roles.Csr);
        var corrected = await scope.Get<CorrectContact>().Handle(new(recorded, (await scope.Db.Set<Contact>().SingleAsync()).Version, gas), Token);
        Assert.True(corrected.Ok, corrected.ToString());
        Assert.Contains("tell them by phone", Assert.Single(corrected.Value.Warnings), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_wrong_number_is_one_step_unless_somebody_is_known(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var call = await InteractionTests.Start(house);
        await using (var scope = house.As(Roles.Csr))
        {
            var input = new RecordWrongNumber.Input(call);
            Assert.True((await scope.Get<RecordWrongNumber>().Handle(input, Token)).Ok);
        }
        await using (var scope = house.As(Roles.Csr))
            Assert.Equal("interaction.ended", (await scope.Get<RecordWrongNumber>().Handle(new(call), Token)).Problems.Single().Rule);
        var anas = await InteractionTests.Start(house, given.Person);
        await using var check = house.As(Roles.Csr);
        Assert.Equal("interaction.no_wrong_number", (await check.Get<RecordWrongNumber>().Handle(new(anas), Token)).Problems.Single().Rule);
        var contact = await check.Db.Set<Contact>().SingleAsync();
        Assert.Equal((null, call, true, InteractionState.Ended), (contact.PersonId, contact.InteractionId, contact.ResolvedNow, (await check.Db.Set<Interaction>().SingleAsync(i => i.Id == call)).State));
    }

    [Theory, BothDatabases]
    public async Task A_typed_place_hides_what_other_words_of_the_contact_hide(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var gas = await AnEmergency(house, given);
        var contact = await Reported(house, Report(gas, "Elm Street, call 541 555 0177") with { PersonId = given.Person, ReporterName = null });
        async Task<string?[]> Seen(string role)
        {
            await using var scope = house.As(role);
            return
            [
                (await scope.Get<GetContact>().Handle(new(contact), Token)).Value.Contact.Place,
                (await scope.Get<ListContacts>().Handle(new(PersonId: given.Person), Token)).Value.Items.Single().Contact.Place,
                (await scope.Get<IContacts>().OpenOf(given.Person, 5, Token)).Select(c => c.Place).SingleOrDefault() ?? "closed",
                (await scope.Get<EmergencyDesk>().Earlier(null, "Elm Street", Token)).Single().Where,
            ];
        }
        Assert.All(await Seen(Roles.Csr), place => Assert.True(place == "closed" || (place!.StartsWith("Elm Street, call ", StringComparison.Ordinal) && !place.Contains("0177", StringComparison.Ordinal)), place));
        Assert.Contains("Elm Street, call 541 555 0177", await Seen(Roles.BackOffice));
    }

    internal static async Task<long> AnEmergency(TestHouse house, Given given)
    {
        await using var scope = house.As(Roles.BusinessAdministrator);
        var kind = await scope.Db.Set<ContactClass>().Where(c => c.Code == "T-BILL").Select(c => c.Id).SingleAsync();
        var added = await scope.Get<AddContactType>().Handle(
            new() { ClassId = kind, Code = "T-GAS", Name = "Gas smell", Emergency = true, Script = "Leave the house now <at once>\nNo light switch, no flame", DefaultRoleId = given.Role }, Token);
        Assert.True(added.Ok, added.ToString());
        return added.Value.Id;
    }

    private static RecordContact.Input Report(long type, string? place) =>
        new(type, null, null, null, null, null, null, null, Place: place, ReporterName: "Mrs Bell");

    private static async Task<long> Call(TestHouse house)
    {
        await using var scope = house.As(Roles.Csr);
        return (await scope.Get<StartInteraction>().Handle(new(), Token)).Value.Id;
    }

    private static async Task<long> Reported(TestHouse house, RecordContact.Input report)
    {
        await using var scope = house.As(Roles.Csr);
        var recorded = await scope.Get<RecordContact>().Handle(report, Token);
        Assert.True(recorded.Ok, recorded.ToString());
        return recorded.Value.Id;
    }
}

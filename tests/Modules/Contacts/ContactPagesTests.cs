using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Platform.Export;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Contacts;

public class ContactPagesTests
{
    [Theory, BothDatabases]
    public async Task Every_page_answers_those_who_may_and_403_those_who_may_not(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given, promised: true);
        long reminder;
        await using (var scope = house.As(Roles.Csr))
            reminder = await scope.Db.Set<Reminder>().Select(r => r.Id).SingleAsync();
        var csr = await house.SignedIn(Roles.Csr, given.Employee);
        var operatorOnly = await house.SignedIn(Roles.Operator, given.Employee);
        foreach (var page in new[]
                 {
                     "/contacts", "/contacts?status=Open&sort=occurred&from=2020-01-01&type=nonsense", "/contacts/record", $"/contacts/record?person={given.Person}&type=thb", "/contacts/record?person=x&account=-1&premise=9",
                     $"/contacts/record/parts?TypeId={given.WireDown}&PersonId={given.Person}", "/contacts/types/choices?q=thb", "/contacts/promise/warnings?Reminder.On=2027-12-25", "/contacts/promise/warnings?Reminder.On=nonsense",
                     "/customers/choices?q=ruiz", "/premises/choices?q=elm", $"/contacts/{id}", $"/contacts/{id}/history", $"/contacts/{id}/log", $"/contacts/{id}/promise", $"/contacts/{id}/close",
                     $"/contacts/{id}/reopen", $"/contacts/{id}/correct", $"/contacts/{id}/move", $"/contacts/{id}/attach", $"/reminders/{reminder}/resolve", $"/reminders/{reminder}/move", $"/reminders/{reminder}/withdraw",
                     "/reminders", "/reminders?scope=All&day=Overdue&sort=-due&role=nonsense", $"/contacts/correct/parts?TypeId={given.WireDown}", "/contacts/correct/parts?TypeId=nonsense",
                 })
        {
            Assert.Equal((page, HttpStatusCode.OK), (page, (await csr.GetAsync(page)).StatusCode));
            Assert.Equal((page, HttpStatusCode.Forbidden), (page, (await operatorOnly.GetAsync(page)).StatusCode));
        }
        var administrator = await house.SignedIn(Roles.BusinessAdministrator, given.Employee);
        foreach (var page in new[] { "/admin/contact-types", "/admin/contact-types/new", $"/admin/contact-types/{given.HighBill}", "/admin/contact-classes", "/admin/contact-classes/new" })
        {
            Assert.Equal((page, HttpStatusCode.OK), (page, (await administrator.GetAsync(page)).StatusCode));
            Assert.Equal((page, HttpStatusCode.Forbidden), (page, (await csr.GetAsync(page)).StatusCode));
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync("/contacts/export")).StatusCode);
        Assert.DoesNotContain("/contacts/export", await csr.GetStringAsync("/contacts"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await administrator.GetAsync("/contacts/export")).StatusCode);
        Assert.Contains("/contacts/export", await administrator.GetStringAsync("/contacts"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await csr.GetAsync("/contacts/999999")).StatusCode);
        await using var check = house.As(Roles.Supervisor);
        Assert.Contains(await check.Get<IAuditTrail>().Of(new RecordRef("contact", 0), 5, null, CancellationToken.None), a => a.Action == "exported");
        var shown = await check.Db.Set<Look>().Where(l => l.Query == "exported").Select(l => l.Shown).ToListAsync();
        Assert.Equal($"{id},{given.Person}", Assert.Single(shown));
    }

    [Theory, BothDatabases]
    public async Task The_form_records_by_shorthand_and_keeps_what_was_typed_when_refused(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var csr = await house.SignedIn(Roles.Csr, given.Employee);
        var page = $"/contacts/record?person={given.Person}";
        var refused = await Send(csr, page, [("TypeId_text", "no such"), ("PersonId", $"{given.Person}"), ("Channel", "Phone"), ("Comment", "typed <b>already</b>"), ("Reminder.Text", "call back")]);
        Assert.True(refused.StatusCode == HttpStatusCode.UnprocessableEntity, $"{refused.StatusCode} {refused.Headers.Location}");
        Assert.Contains("typed &lt;b&gt;already&lt;/b&gt;", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var stored = await Send(csr, page, [("TypeId_text", "thb"), ("PersonId", $"{given.Person}"), ("Channel", "Phone"), ("Direction", "Inbound"), ("Comment", "typed"), ("Reminder.On", ""), ("Reminder.Text", "")]);
        Assert.Equal(HttpStatusCode.Redirect, stored.StatusCode);
        await using var scope = house.As(Roles.Csr);
        var contact = await scope.Db.Set<Contact>().SingleAsync();
        Assert.Equal((given.HighBill, given.Person), (contact.TypeId, contact.PersonId));
    }

    [Theory, BothDatabases]
    public async Task Correcting_shows_the_values_of_the_type_that_is_chosen_with_what_was_typed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given);
        long metered;
        await using (var scope = house.As(Roles.BusinessAdministrator))
        {
            var kind = await scope.Db.Set<ContactClass>().Select(c => c.Id).FirstAsync();
            var added = await scope.Get<AddContactType>().Handle(
                new() { ClassId = kind, Code = "T-METER", Name = "Meter reading", Characteristics = [new("READING", "Reading", CharacteristicKind.Number)] }, CancellationToken.None);
            Assert.True(added.Ok, added.ToString());
            metered = added.Value.Id;
        }
        var csr = await house.SignedIn(Roles.BackOffice, given.Employee);
        Assert.Contains("hx-get=\"/contacts/correct/parts\"", await csr.GetStringAsync($"/contacts/{id}/correct"), StringComparison.Ordinal);
        csr.DefaultRequestHeaders.Add("HX-Request", "true");
        var parts = await csr.GetStringAsync($"/contacts/correct/parts?TypeId={metered}&Characteristics%5BREADING%5D=4%3C711");
        Assert.Contains("name=\"Characteristics[READING]\"", parts, StringComparison.Ordinal);
        Assert.Contains("value=\"4&lt;711\"", parts, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", parts, StringComparison.Ordinal);
        Assert.DoesNotContain("<input", await csr.GetStringAsync($"/contacts/correct/parts?TypeId={given.HighBill}"), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_to_do_added_from_a_contact_is_linked_with_it_and_whom_it_belongs_to(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given);
        var csr = await house.SignedIn(Roles.Csr, given.Employee);
        Assert.Contains($"href=\"/todos/new?contact={id}\"", await csr.GetStringAsync($"/contacts/{id}"), StringComparison.Ordinal);
        var stored = await csr.Submit($"/todos/new?contact={id}", "form-add-to-do", ("Subject", "Look at the meter"), ("Type", "GENERAL"), ("DueOn", "2099-01-01"), ("EmployeeId", $"{given.Employee}"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, stored.StatusCode);
        await using var scope = house.As(Actors.Of(Roles.Csr, given.Employee));
        var day = await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(CancellationToken.None);
        stored = await csr.Submit($"/todos/new?contact={id}", "form-add-to-do", ("Subject", "Look at the meter"), ("Type", "GENERAL"), ("DueOn", $"{day:yyyy-MM-dd}"), ("EmployeeId", $"{given.Employee}"));
        Assert.Equal(HttpStatusCode.Redirect, stored.StatusCode);
        var toDo = await scope.Db.Set<ToDo>().SingleAsync();
        Assert.Equal((id, given.Person, given.Account), (toDo.ContactId, toDo.PersonId, toDo.AccountId));

        var add = scope.Get<AddToDo>();
        Assert.Equal("todo.contact.other_person", (await add.Handle(new("GENERAL", "x", day, EmployeeId: given.Employee, PersonId: given.OtherPerson, ContactId: id), CancellationToken.None)).Problems.Single().Rule);
        Assert.Equal("todo.contact.unknown", (await add.Handle(new("GENERAL", "x", day, EmployeeId: given.Employee, ContactId: 999_999_999), CancellationToken.None)).Problems.Single().Rule);
    }

    [Fact]
    public void A_text_that_a_spreadsheet_would_run_is_kept_from_it()
    {
        Assert.Equal("\"'=HYPERLINK(\"\"x\"\",1)\"", CsvCell.Of("=HYPERLINK(\"x\",1)"));
        Assert.Equal("\"a\nb\"", CsvCell.Of("a\nb"));
    }

    private static Task<HttpResponseMessage> Send(HttpClient browser, string page, (string Name, string Value)[] fields) =>
        browser.Submit(page, "form-record-contact", fields);
}

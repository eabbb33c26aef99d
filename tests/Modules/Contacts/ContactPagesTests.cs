using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

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
                     $"/contacts/{id}/reopen", $"/contacts/{id}/correct", $"/contacts/{id}/move", $"/contacts/{id}/attach", $"/reminders/{reminder}/resolve", $"/reminders/{reminder}/move", $"/reminders/{reminder}/withdraw", "/contacts/export",
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
        Assert.Equal(HttpStatusCode.NotFound, (await csr.GetAsync("/contacts/999999")).StatusCode);
        await using var check = house.As(Roles.Supervisor);
        Assert.Contains(await check.Get<IAuditTrail>().Of(new RecordRef("contact", 0), 5, null, CancellationToken.None), a => a.Action == "exported");
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

    [Fact]
    public void A_text_that_a_spreadsheet_would_run_is_kept_from_it()
    {
        Assert.Equal("\"'=HYPERLINK(\"\"x\"\",1)\"", ExportContacts.Cell("=HYPERLINK(\"x\",1)"));
        Assert.Equal("\"a\nb\"", ExportContacts.Cell("a\nb"));
    }

    private static Task<HttpResponseMessage> Send(HttpClient browser, string page, (string Name, string Value)[] fields) =>
        browser.Submit(page, "form-record-contact", fields);
}

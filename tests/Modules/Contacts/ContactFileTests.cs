using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Platform.Files;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts;

public class ContactFileTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task A_file_goes_with_its_contact_and_is_never_shown_in_our_name(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var machine = await house.Machine("contacts.record", "contacts.read", "customers.unmasked");
        var answer = await machine.PostAsJsonAsync("/api/v1/contacts", new
        {
            typeId = given.HighBill, personId = given.Person, channel = "Email", comment = "see the picture",
            files = new[] { new { name = "../../evil\".html", mediaType = "text/html", content = "<script>alert(1)</script>"u8.ToArray() } },
        });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var id = (await answer.Content.ReadFromJsonAsync<RecordContact.Recorded>())!.Id;
        await using var scope = house.As(Roles.Csr);
        var file = Assert.Single((await scope.Get<GetContact>().Handle(new(id), Ct)).Value.Files);
        var browser = await house.SignedIn(Roles.BackOffice);
        foreach (var download in new[] { await browser.GetAsync($"/contacts/{id}/files/{file.Id}"), await machine.GetAsync($"/api/v1/contacts/{id}/files/{file.Id}") })
        {
            Assert.Equal(HttpStatusCode.OK, download.StatusCode);
            Assert.Equal("attachment", download.Content.Headers.ContentDisposition!.DispositionType);
            Assert.Equal("application/octet-stream", download.Content.Headers.ContentType!.MediaType);
            Assert.Equal("nosniff", download.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("default-src 'none'; sandbox", download.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Equal("<script>alert(1)</script>", await download.Content.ReadAsStringAsync());
        }
    }

    [Theory, BothDatabases]
    public async Task A_file_is_had_through_its_own_contact_only_and_with_the_right(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var other = await KeepingContactsTests.Recorded(house, given);
        var id = await KeepingContactsTests.Recorded(house, given);
        await using var scope = house.As(Roles.Csr);
        Assert.True((await scope.Get<AddLogEntry>().Handle(new(id, null, Files: [new("a.txt", "text/plain", [1, 2, 3])]), Ct)).Ok);
        var contact = (await scope.Get<GetContact>().Handle(new(id), Ct)).Value;
        Assert.Equal("Attached: a.txt", contact.Log[^1].Body);
        var browser = await house.SignedIn(Roles.BackOffice);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/contacts/{other}/files/{contact.Files[0].Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await house.SignedIn(Roles.Operator)).GetAsync($"/contacts/{id}/files/{contact.Files[0].Id}")).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Too_many_too_large_and_empty_files_are_refused_with_nothing_kept(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using var scope = house.As(Roles.Csr);
        RecordContact.Input With(params Attachment[] files) => new(given.HighBill, null, given.Person, null, null, Channel.Phone, null, "x", Files: files);
        var record = scope.Get<RecordContact>();
        Assert.Equal("file.too_many", (await record.Handle(With([.. Enumerable.Repeat(new Attachment("a", null, [1]), 11)]), Ct)).Problems.Single().Rule);
        Assert.Equal("file.too_large", (await record.Handle(With(new Attachment("a", null, [1]), new Attachment("b", null, new byte[IFiles.MaxBytes + 1])), Ct)).Problems.Single().Rule);
        Assert.Equal(["file.empty", "file.empty"], (await record.Handle(With(new Attachment("a", null, []), new Attachment(" ", null, [1])), Ct)).Problems.Select(p => p.Rule));
        Assert.Equal(0, await scope.Db.Set<StoredFile>().CountAsync());
        Assert.Equal(0, await scope.Db.Set<Contact>().CountAsync());
    }
}

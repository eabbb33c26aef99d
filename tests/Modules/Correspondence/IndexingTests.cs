using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Correspondence.Incoming;
using Tieline.Platform;
using Tieline.Platform.Files;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Correspondence;

public class IndexingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task A_letter_becomes_a_contact_with_the_scan_attached_and_the_next_one_comes(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var clerk = Actors.Of(Roles.BackOffice, given.Employee);
        var (first, second) = (await house.Received("one"), await house.Received("two", DocumentSource.Fax));
        Assert.Equal(first, (await house.Do<TakeNext, TakeNext.Input, TakeNext.Taken>(clerk, new())).Value.Id);
        Assert.Equal(first, (await house.Do<TakeNext, TakeNext.Input, TakeNext.Taken>(clerk, new())).Value.Id);
        var refused = await house.Do<IndexDocument, IndexDocument.Input, IndexDocument.Indexed>(clerk, new(first, null, given.Person, Version: 1));
        Assert.Equal("TypeId", refused.Problems[0].Field);
        var nobody = await house.Do<IndexDocument, IndexDocument.Input, IndexDocument.Indexed>(clerk, new(first, given.HighBill, Version: 1));
        Assert.Equal("PersonId", nobody.Problems[0].Field);
        var saved = await house.Do<IndexDocument, IndexDocument.Input, IndexDocument.Indexed>(clerk, new(first, given.HighBill, given.Person, given.Account, Version: 1));
        Assert.True(saved.Ok, saved.ToString());
        Assert.Equal(second, saved.Value.NextId);

        await using var scope = house.As(Actor.Process("test"));
        var contact = await scope.Db.Set<Contact>().SingleAsync(c => c.Id == saved.Value.ContactId, Token);
        var document = (await house.Documents())[0];
        Assert.Equal((Channel.Letter, given.Person, document.ReceivedAt), (contact.Channel, contact.PersonId!.Value, contact.OccurredAt));
        Assert.Equal("one.pdf", Assert.Single(await scope.Get<IFiles>().Of(new RecordRef("contact", contact.Id), Token)).Name);
        Assert.Equal((DocumentState.Indexed, contact.Id), (document.State, document.ContactId!.Value));
        // Whoever opens the scan now has looked at her record.
        using (var browser = await house.SignedIn(Roles.Supervisor))
            await browser.GetByteArrayAsync($"/incoming/{first}/file", Token);
        var looks = await scope.Get<Tieline.Platform.Audit.IAuditTrail>().Trace(new([new(new RecordRef("person", given.Person))], [], DateTime.UnixEpoch, DateTime.MaxValue, null, 10), Token);
        Assert.Contains(looks, l => l.Query == $"scan {document.Reference}");
        var fax = await house.Do<IndexDocument, IndexDocument.Input, IndexDocument.Indexed>(clerk, new(second, given.HighBill, given.Person, Comment: "Certificate", Version: 1));
        Assert.Null(fax.Value.NextId);
        Assert.Equal(Channel.Fax, await scope.Db.Set<Contact>().Where(c => c.Id == fax.Value.ContactId).Select(c => c.Channel).SingleAsync(Token));
        Assert.Equal(Problem.ConflictRule, (await house.Do<IndexDocument, IndexDocument.Input, IndexDocument.Indexed>(clerk, new(second, given.HighBill, given.Person, Version: 2))).Problems[0].Rule);
        Assert.Equal(2, await scope.Db.Set<Contact>().CountAsync(Token));
    }

    [Theory, BothDatabases]
    public async Task The_history_of_a_scan_tells_the_name_of_its_file_to_those_whom_its_page_tells_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var clerk = Actors.Of(Roles.BackOffice, given.Employee);
        var id = await house.Received("cut-off of Ruiz");
        async Task<string> History(params string[] more)
        {
            var reader = new Actor(ActorKind.Employee, given.Employee + 3, "Auditor", new HashSet<string>(["audit.read", "correspondence.index", "contacts.read", "customers.read", .. more]));
            var page = await house.Do<GetIncoming, GetIncoming.Input, DocumentRow>(reader, new(id));
            var read = await house.Do<Tieline.Platform.Audit.ReadHistory, Tieline.Platform.Audit.ReadHistory.Input, Page<Tieline.Platform.Audit.HistoryLine>>(reader, new($"incoming_document:{id}"));
            var text = string.Join('\n', read.Value.Items.Select(l => l.Changes));
            Assert.Equal(page.Value.MayOpen, text.Contains("cut-off", StringComparison.Ordinal));
            return text;
        }
        Assert.Contains("cut-off", await History(), StringComparison.Ordinal);
        await house.Do<TakeNext, TakeNext.Input, TakeNext.Taken>(clerk, new());
        var indexed = await house.Do<IndexDocument, IndexDocument.Input, IndexDocument.Indexed>(clerk, new(id, given.HighBill, given.Person, given.Account, Version: 1));
        Assert.True(indexed.Ok, indexed.ToString());
        Assert.DoesNotContain("cut-off", await History(), StringComparison.Ordinal);
        Assert.Contains("cut-off", await History("customers.unmasked"), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task No_two_clerks_are_given_the_same_document(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var all = new List<long>();
        for (var i = 0; i < 12; i++)
            all.Add(await house.Received($"letter {i}"));
        var taken = await Task.WhenAll(Enumerable.Range(1, 8).Select(e => Task.Run(() => house.Do<TakeNext, TakeNext.Input, TakeNext.Taken>(Actors.Of(Roles.BackOffice, e) with { Name = $"Clerk {e}" }, new()))));
        Assert.Equal(all.Take(8), taken.Select(t => t.Value.Id!.Value).Order());
        // Who is gone for half an hour has nothing any more: others are given it, and the one who comes back late is told.
        house.Clock.Advance(TimeSpan.FromMinutes(31));
        var other = await house.Do<TakeNext, TakeNext.Input, TakeNext.Taken>(Actors.Of(Roles.BackOffice, 99) with { Name = "Late" }, new());
        Assert.Equal(all[0], other.Value.Id);
        var owner = Enumerable.Range(1, 8).First(e => taken[e - 1].Value.Id == all[0]);
        var late = await house.Do<SetDocumentAside, SetDocumentAside.Input, SetDocumentAside.Aside>(Actors.Of(Roles.BackOffice, owner) with { Name = $"Clerk {owner}" }, new(all[0], "late", 1));
        Assert.Equal("Late has it in work.", late.Problems[0].Message);
    }

    [Theory, BothDatabases]
    public async Task What_was_saved_by_mistake_is_taken_back_and_what_is_set_aside_waits_for_someone(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var clerk = Actors.Of(Roles.BackOffice, given.Employee);
        var id = await house.Received("one");
        await house.Do<TakeNext, TakeNext.Input, TakeNext.Taken>(clerk, new());
        var wrong = (await house.Do<IndexDocument, IndexDocument.Input, IndexDocument.Indexed>(clerk, new(id, given.HighBill, given.OtherPerson, Version: 1))).Value;
        Assert.Null((await house.Do<ReopenDocument, ReopenDocument.Input, ReopenDocument.Reopened>(clerk, new(id))).Value.ContactStays);
        await using var scope = house.As(Actor.Process("test"));
        Assert.Empty(await scope.Get<IFiles>().Of(new RecordRef("contact", wrong.ContactId), Token));
        Assert.Contains(await scope.Db.Set<ContactLog>().Where(l => l.ContactId == wrong.ContactId).Select(l => l.Body).ToListAsync(Token), b => b.Contains("taken back", StringComparison.Ordinal));
        // The contact has left the customer with it: closed, nobody's, and known by what its log says.
        var left = await scope.Db.Set<Contact>().SingleAsync(c => c.Id == wrong.ContactId, Token);
        Assert.Equal((null, null, ContactStatus.Closed), (left.PersonId, left.AccountId, left.Status));
        Assert.Empty((await scope.Get<Tieline.Customers.ITimeline>().Read(new(PersonId: given.OtherPerson, Kind: "contact"), null, 10, Token)).Items);
        var version = Assert.Single(await house.Documents()).Version;
        // One that was open is closed for all who listen; the other had been closed from the start.
        await house.Do<IndexDocument, IndexDocument.Input, IndexDocument.Indexed>(clerk, new(id, given.WireDown, PremiseId: given.Premise, Version: version));
        Assert.Equal(0, await scope.Db.Set<Tieline.Platform.Events.Event>().CountAsync(e => e.Name == "contact.closed", Token));
        Assert.Null((await house.Do<ReopenDocument, ReopenDocument.Input, ReopenDocument.Reopened>(clerk, new(id))).Value.ContactStays);
        Assert.Equal(1, await scope.Db.Set<Tieline.Platform.Events.Event>().CountAsync(e => e.Name == "contact.closed", Token));
        version = Assert.Single(await house.Documents()).Version;
        Assert.False((await house.Do<SetDocumentAside, SetDocumentAside.Input, SetDocumentAside.Aside>(clerk, new(id, " ", version))).Ok);
        Assert.Null((await house.Do<SetDocumentAside, SetDocumentAside.Input, SetDocumentAside.Aside>(clerk, new(id, "Nobody of this name", version))).Value.NextId);
        Assert.Null((await house.Do<TakeNext, TakeNext.Input, TakeNext.Taken>(clerk, new())).Value.Id);
        Assert.Equal("Nobody of this name", Assert.Single((await house.Do<ListIncoming, ListIncoming.Input, Page<DocumentRow>>(clerk, new(DocumentState.SetAside))).Value.Items).Why);
    }

    [Theory, BothDatabases]
    public async Task A_contact_of_which_something_has_come_stays_and_the_clerk_is_told_why(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var clerk = Actors.Of(Roles.BackOffice, given.Employee);
        var id = await house.Received("one");
        await house.Do<TakeNext, TakeNext.Input, TakeNext.Taken>(clerk, new());
        var contact = (await house.Do<IndexDocument, IndexDocument.Input, IndexDocument.Indexed>(clerk, new(id, given.HighBill, given.Person, Version: 1))).Value.ContactId;
        await using (var other = house.As(Actors.Of(Roles.Supervisor, 77) with { Name = "Zoe" }))
            Assert.True((await other.Get<AddLogEntry>().Handle(new(contact, "Called her back"), Token)).Ok);
        var reopened = await house.Do<ReopenDocument, ReopenDocument.Input, ReopenDocument.Reopened>(clerk, new(id));
        Assert.Contains("Zoe has added to it since", reopened.Value.ContactStays, StringComparison.Ordinal);
        await using var scope = house.As(Actor.Process("test"));
        Assert.Equal(given.Person, await scope.Db.Set<Contact>().Where(c => c.Id == contact).Select(c => c.PersonId).SingleAsync(Token));
        Assert.Empty(await scope.Get<IFiles>().Of(new RecordRef("contact", contact), Token));
    }

    [Theory, BothDatabases]
    public async Task A_scan_that_has_become_a_contact_is_a_part_of_the_customers_record(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var clerk = Actors.Of(Roles.BackOffice, given.Employee);
        var id = await house.Received("Letter of Ana Ruiz");
        await house.Do<TakeNext, TakeNext.Input, TakeNext.Taken>(clerk, new());
        Assert.True((await house.Do<IndexDocument, IndexDocument.Input, IndexDocument.Indexed>(clerk, new(id, given.HighBill, given.Person, Version: 1))).Ok);
        using var browser = await house.SignedIn(Roles.BackOffice, given.Employee);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/incoming/{id}/file", Token)).StatusCode);
        await using (var scope = house.As(Actor.Process("test")))
        {
            var found = await scope.Get<Tieline.Customers.Sight.GetRestriction>().Handle(new(given.Person), Token);
            Assert.True((await scope.Get<Tieline.Customers.Sight.RestrictPerson>().Handle(new(given.Person, found.Value.Version, Tieline.Customers.People.PersonRestriction.Protected, "Order"), Token)).Ok);
        }
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync($"/incoming/{id}/file", Token)).StatusCode);
        foreach (var page in (string[])["/incoming?scope=Indexed", $"/incoming/{id}", $"/why/incoming_document:{id}"])
        {
            var text = await browser.GetStringAsync(page, Token);
            Assert.DoesNotContain("Ruiz", text, StringComparison.Ordinal);
            Assert.DoesNotContain("data-scan=", text, StringComparison.Ordinal);
        }
        await Assert.ThrowsAsync<ForbiddenException>(() => house.Do<ReopenDocument, ReopenDocument.Input, ReopenDocument.Reopened>(clerk, new(id)));
        using var supervisor = await house.SignedIn(Roles.Supervisor, given.Employee);
        Assert.Contains("data-scan=", await supervisor.GetStringAsync($"/incoming/{id}", Token), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_PDF_with_a_script_is_set_aside_and_no_scan_is_ever_opened_in_our_name(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var clerk = Actors.Of(Roles.BackOffice);
        var uploaded = (await house.Do<UploadDocuments, UploadDocuments.Input, UploadDocuments.Uploaded>(clerk, new([new("evil.pdf", "text/html", Scans.With("/OpenAction << /S /JavaScript /JS (x) >>")), new("p.html", "text/html", Scans.Png)]))).Value;
        var evil = (await house.Documents())[0];
        Assert.Equal((DocumentState.SetAside, true), (evil.State, evil.Why!.Contains("a script", StringComparison.Ordinal)));
        using var browser = await house.SignedIn(Roles.BackOffice);
        Assert.Contains("carries a script", System.Net.WebUtility.HtmlDecode(await browser.GetStringAsync($"/incoming/{evil.Id}", Token)), StringComparison.Ordinal);
        foreach (var (id, type) in new[] { (uploaded.Ids[0], "application/octet-stream"), (uploaded.Ids[1], "image/png") })
        {
            using var scan = await browser.GetAsync($"/incoming/{id}/file", Token);
            Assert.Equal(type, scan.Content.Headers.ContentType!.MediaType);
            Assert.Equal("attachment", scan.Content.Headers.ContentDisposition!.DispositionType);
            Assert.Equal(("nosniff", "default-src 'none'; sandbox"), (scan.Headers.GetValues("X-Content-Type-Options").Single(), scan.Headers.GetValues("Content-Security-Policy").Single()));
        }
    }

    [Theory, BothDatabases]
    public async Task A_clerk_uploads_and_indexes_on_the_pages_and_others_do_not_get_in(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        using var browser = await house.SignedIn(Roles.BackOffice, given.Employee);
        using var key = await house.Machine("contacts.record", "correspondence.index", "customers.read");
        using var sent = await key.PostAsJsonAsync("/api/v1/incoming-documents", new { files = new[] { new { name = "x.pdf", content = Scans.Letter("by machine") }, new { name = "y.pdf", content = Scans.Letter("another") } } }, Token);
        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        using var named = await key.PostAsJsonAsync("/api/v1/incoming-documents", new { files = new[] { new { name = "4111 1111 1111 1111.pdf", content = Scans.Letter("a third") } } }, Token);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (named.StatusCode, (await named.Content.ReadAsStringAsync(Token)).Contains("secret_number", StringComparison.Ordinal)));
        using var huge = await key.PostAsJsonAsync("/api/v1/incoming-documents", new { files = new[] { new { name = "x.pdf", content = new byte[26 * 1024 * 1024] } } }, Token);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, huge.StatusCode);
        using var next = await browser.Submit("/incoming", "form-take-next");
        var page = new Uri(new Uri("http://localhost"), next.Headers.Location!).AbsolutePath;
        using var wrong = await browser.Submit(page, "form-index-document", ("PersonId", $"{given.Person}"), ("TypeId", ""), ("TypeId_text", "nonsense"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        using var saved = await browser.Submit(page, "form-index-document", ("PersonId", $"{given.Person}"), ("TypeId", ""), ("TypeId_text", "thb"), ("Comment", "Too high"));
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        var undo = new Uri(new Uri("http://localhost"), saved.Headers.Location!).PathAndQuery;
        Assert.Contains("?last=", undo, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Submit(undo, "undo")).StatusCode);

        var id = (await house.Documents())[0].Id;
        using var csr = await house.SignedIn(Roles.Csr);
        foreach (var path in new[] { "/incoming", "/incoming/upload", $"/incoming/{id}", $"/incoming/{id}/set-aside", $"/incoming/{id}/file" })
            Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync(path, Token)).StatusCode);
        using var other = await house.Machine("contacts.record");
        foreach (var path in new[] { "", "/next", $"/{id}/index", $"/{id}/set-aside", $"/{id}/reopen" })
            Assert.Equal(HttpStatusCode.Forbidden, (await other.PostAsJsonAsync($"/api/v1/incoming-documents{path}", new { }, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/incoming/1/file", Token)).StatusCode);
    }
}

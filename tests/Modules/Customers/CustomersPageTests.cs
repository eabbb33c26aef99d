using System.Net;
using Tieline.Customers;
using Tieline.Customers.Agreements;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

public class CustomersPageTests
{
    [Theory, BothDatabases]
    public async Task Every_page_opens_for_those_who_may_and_shows_text_as_text(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var added = CustomerDesk.Ok(await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(new(
            PersonKind.Individual, "<b>Ana</b>", "Ruiz", Phones: [new("541 555 0142"), new("541 555 0143")], Emails: [new("a@example.org"), new("b@example.org")],
            Names: [new(NameKind.Former, "Ana", "López")], Addresses: [new(AddressKind.Mailing, "PO Box 9, Springfield, OR 97477")],
            Identifiers: [new(IdentifierKind.NationalId, "536-90-4399")])));
        var (person, other) = (added.Id, (await desk.Person("Lee", "Owner")).Id);
        CustomerDesk.Ok(await desk.Run<AddRelationship, AddRelationship.Input, AddRelationship.Added>(new(person, RelationshipKind.Landlord, other)));
        var account = await desk.Account(person);
        var premise = await desk.Premise();
        var agreement = await desk.Agreement(account.Id, premise.Id);
        CustomerDesk.Ok(await desk.Run<AddNote, AddNote.Input, AddNote.Added>(new(null, account.Id, null, "<i>dog</i>")));
        var facts = await desk.Facts(person);
        var entry = CustomerDesk.Ok(await desk.Run<GetPersonAccounts, GetPersonAccounts.Input, CustomerAccounts>(new(person))).Accounts[0].People[0].Id;
        string[] readable = [$"/accounts/{account.Id}", $"/premises/{premise.Id}", "/customers/choices?q=ruiz", "/premises/choices?q=elm"];
        string[] forms =
        [
            "/customers/new", "/customers/new?kind=organization&name=Bell", $"/customers/{person}/change", $"/customers/{person}/name", $"/customers/{person}/names/new",
            $"/customers/{person}/names/{facts.Names[1].Id}", $"/customers/{person}/phones/new", $"/customers/{person}/phones/{facts.Phones[1].Id}",
            $"/customers/{person}/emails/new", $"/customers/{person}/emails/{facts.Emails[1].Id}", $"/customers/{person}/addresses/new",
            $"/customers/{person}/addresses/{facts.Addresses[0].Id}", $"/customers/{person}/identifiers/new", $"/customers/{person}/identifiers/{facts.Identifiers[0].Id}",
            $"/customers/{person}/relationships/new", $"/customers/{person}/relationships/{facts.Relationships[0].Id}", $"/customers/{person}/notes/new",
            $"/customers/{person}/accounts/new", $"/accounts/{account.Id}/change", $"/accounts/{account.Id}/close", $"/accounts/{account.Id}/people/new",
            $"/accounts/{account.Id}/people/{entry}", $"/accounts/{account.Id}/agreements/new", $"/accounts/{account.Id}/notes/new", $"/agreements/{agreement.Id}/move",
            "/premises/new?address=1+Elm", $"/premises/{premise.Id}/change", $"/premises/{premise.Id}/flags", $"/premises/{premise.Id}/notes/new",
        ];
        var csr = await desk.House.SignedIn(Roles.Csr);
        var @operator = await desk.House.SignedIn(Roles.Operator);

        foreach (var path in readable.Concat(forms))
        {
            var page = await csr.GetAsync(new Uri(path, UriKind.Relative));
            Assert.True(page.StatusCode == HttpStatusCode.OK, $"{path}: {page.StatusCode}");
            var html = await page.Content.ReadAsStringAsync();
            Assert.DoesNotContain("<b>Ana", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<i>dog", html, StringComparison.Ordinal);
            // Its last digits alone: random keys of forms may have them by chance.
            Assert.DoesNotMatch(@"\b(536-?90-?)?4399\b", html);
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await @operator.GetAsync(new Uri(path, UriKind.Relative))).StatusCode));
        }
        foreach (var path in (string[])["/accounts/1", "/premises/1", "/customers/1/phones/new", "/agreements/1/move", "/premises/1/notes/new"])
            Assert.Equal((path, HttpStatusCode.NotFound), (path, (await csr.GetAsync(new Uri(path, UriKind.Relative))).StatusCode));
    }

    [Theory, BothDatabases]
    public async Task Who_looks_alike_is_shown_with_a_link_before_adding(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var first = await desk.Person();
        var csr = await desk.House.SignedIn(Roles.Csr);
        (string, string)[] typed = [("Given", "ANA"), ("Family", "Ruíz"), ("Language", "es"), ("PreferredChannel", "Phone"), ("Phones[0].Number", "541 555 0142"), ("Phones[0].Kind", "Mobile")];
        var shown = await csr.Submit("/customers/new", "add-person", typed);
        var html = await shown.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.UnprocessableEntity, shown.StatusCode);
        Assert.Contains($"href=\"/customers/{first.Id}\"", html, StringComparison.Ordinal);
        Assert.Contains("same name", html, StringComparison.Ordinal);
        Assert.Contains("value=\"Ru&#xED;z\"", html, StringComparison.Ordinal);
        var added = await csr.Submit("/customers/new", "add-person", [.. typed, ("ConfirmedNew", "true")]);
        Assert.Equal(HttpStatusCode.Redirect, added.StatusCode);
        Assert.Matches(@"^/customers/\d+$", new Uri(new Uri("http://localhost"), added.Headers.Location!).AbsolutePath);
        Assert.Equal(2, await desk.Count("person"));
    }

    [Theory, BothDatabases]
    public async Task A_premise_that_looks_alike_is_shown_before_adding(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var first = await desk.Premise();
        var csr = await desk.House.SignedIn(Roles.Csr);
        var shown = await csr.Submit("/premises/new", "add-premise", ("Line", "12 ELM STREET, 97477"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, shown.StatusCode);
        Assert.Contains($"href=\"/premises/{first.Id}\"", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await csr.Submit("/premises/new", "add-premise", ("Line", "12 ELM STREET, 97477"), ("ConfirmedNew", "true"))).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Small_forms_store_and_tell(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = (await desk.Person()).Id;
        var account = await desk.Account(person);
        var agreement = await desk.Agreement(account.Id, (await desk.Premise()).Id);
        var csr = await desk.House.SignedIn(Roles.Csr);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await csr.Submit($"/customers/{person}/phones/new", "form-add-phone", ("Number", "12"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await csr.Submit($"/customers/{person}/phones/new", "form-add-phone", ("Number", "541 555 0142"), ("Kind", "Work"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await csr.Submit($"/customers/{person}/notes/new", "form-add-note", ("Body", "dog"), ("Audience", "FrontOffice"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await csr.Submit($"/agreements/{agreement.Id}/move", "form-move-agreement", ("To", nameof(AgreementState.Active)))).StatusCode);
        var facts = await desk.Facts(person);
        Assert.Equal(("Work", "FrontOffice"), (facts.Phones[0].Kind, facts.Notes[0].Audience));
        Assert.Equal(HttpStatusCode.Redirect, (await csr.Submit($"/customers/{person}/phones/{facts.Phones[0].Id}", "form-remove-phone")).StatusCode);
        Assert.Empty((await desk.Facts(person)).Phones);
    }

    [Theory, BothDatabases]
    public async Task A_secret_number_is_in_full_for_those_who_may_and_a_page_is_one_look(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        CustomerDesk.Ok(await desk.Do<AddIdentifier, AddIdentifier.Input>(new(person.Id, person.Version, IdentifierKind.NationalId, "536-90-4399")));
        var path = $"/customers/{person.Id}/identifiers/{(await desk.Facts(person.Id)).Identifiers[0].Id}?shown=true";
        await using var scope = desk.House.As(Roles.Supervisor);
        async Task<int> Looks() => (await scope.LooksAt(new RecordRef("person", person.Id))).Count;
        var before = await Looks();
        var supervisor = await desk.House.SignedIn(Roles.Supervisor);
        var shown = await supervisor.GetAsync(new Uri(path, UriKind.Relative));
        var refused = await (await desk.House.SignedIn(Roles.Csr)).GetAsync(new Uri(path, UriKind.Relative));

        Assert.Contains("536904399", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(shown.Headers.CacheControl?.NoStore);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.InRange(await Looks() - before, 1, 2);
    }
}

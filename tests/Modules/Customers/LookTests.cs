using Dapper;
using Tieline.Customers.Finding;
using Tieline.Customers.People;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

/// <summary>What is kept of those who looked.</summary>
public sealed class LookTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Who_is_shown_likely_people_has_looked_though_nothing_was_added(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var ana = await desk.Person("Ana", "Ruiz");
        await using (var scope = desk.House.As(Roles.Csr))
        {
            var input = new AddPerson.Input(PersonKind.Individual, "Ana", "Ruiz");
            var refused = await scope.Get<IOnce>().Run("POST /api/v1/people", "k-1", input, () => scope.Get<AddPerson>().Handle(input, Ct), Ct);
            Assert.Equal(AddPerson.LikelyRule, Assert.Single(refused.Problems).Rule);
        }
        Assert.Equal(1, await desk.Count("person"));
        Assert.Equal([$"{ana.Id}"], await Kept(desk, "shown"));
    }

    [Theory, BothDatabases]
    public async Task Secret_numbers_typed_into_the_search_box_are_kept_masked(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        CustomerDesk.Ok(await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(
            new(PersonKind.Individual, "Ana", "Ruiz", Identifiers: [new(IdentifierKind.NationalId, "AB 1234")], ConfirmedNew: true)));
        foreach (var typed in new[] { "ab1234", "123-45-6789", "ruiz 123456788", "ana ruiz 97477-1234", "(541) 555-0142", "12 elm 97477" })
            CustomerDesk.Ok(await desk.Run<FindCustomers, FindCustomers.Input, FoundCustomers>(new(typed)));
        Assert.Equal(["***34", "***789", "ruiz ***788", "ana ruiz 97477-1234", "(541) 555-0142", "12 elm 97477"], await Kept(desk, "query"));
    }

    [Theory, BothDatabases]
    public async Task Of_a_number_that_is_being_typed_only_its_beginning_is_kept(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        await desk.Person();
        string[] typed = ["123", "12345", "123-45-6", "123 45 67", "123-45-6789", "ruiz 12345678", "12 elm", "ruiz 541-555-0142", "ana1980@example.com", "ab1234"];
        await using (var scope = desk.House.As(Roles.Csr))
        {
            foreach (var text in typed)
                CustomerDesk.Ok(await scope.Get<FindCustomers>().WhileTyping(text, 8, Ct));
        }
        Assert.Equal(["123", "123***", "123***", "123***", "123***", "ruiz 123***", "12 elm", "ruiz 541-555-0142", "ana1980@example.com", "ab123***"], await Kept(desk, "query"));
    }

    [Theory, BothDatabases]
    public async Task Secret_numbers_typed_into_type_aheads_are_kept_masked(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var added = CustomerDesk.Ok(await desk.Run<AddPerson, AddPerson.Input, AddPerson.Added>(
            new(PersonKind.Individual, "Ana", "Ruiz", Identifiers: [new(IdentifierKind.NationalId, "123-45-6789")], ConfirmedNew: true)));
        await desk.Agreement((await desk.Account(added.Id)).Id, (await desk.Premise()).Id);
        using var csr = await desk.House.SignedIn(Roles.Csr);
        foreach (var source in (string[])["/customers/choices", "/premises/choices", "/search/panel"])
            Assert.Contains("12 Elm St", await csr.GetStringAsync(new Uri($"{source}?q=123-45-6789", UriKind.Relative), Ct), StringComparison.Ordinal);

        Assert.Equal(["123***", "123***", "123***"], await Kept(desk, "query"));
    }

    [Theory, BothDatabases]
    public async Task Type_aheads_say_how_many_more_there_are(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        for (var i = 1; i <= 14; i++)
        {
            var person = await desk.Person($"Given{(char)('a' + i)}", "Ruiz");
            await desk.Agreement((await desk.Account(person.Id)).Id, (await desk.Premise($"{i} Elm St, Springfield, OR 97477")).Id);
        }
        using var csr = await desk.House.SignedIn(Roles.Csr);

        Assert.Contains("2 more matches: type on", await csr.GetStringAsync(new Uri("/customers/choices?q=ruiz", UriKind.Relative), Ct), StringComparison.Ordinal);
        Assert.Contains("2 more matches: type on", await csr.GetStringAsync(new Uri("/premises/choices?q=elm", UriKind.Relative), Ct), StringComparison.Ordinal);
        Assert.DoesNotContain("type on", await csr.GetStringAsync(new Uri("/customers/choices?q=ruiz+givenb", UriKind.Relative), Ct), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> Kept(CustomerDesk desk, string column)
    {
        await using var scope = desk.House.As(Roles.Csr);
        return [.. await (await scope.Connection()).QueryAsync<string>($"select {column} from look where subject = 'search:0' order by id")];
    }
}

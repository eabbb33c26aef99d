using System.Net.Http.Json;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Import;
using Tieline.Customers.People;
using Tieline.Platform.Import;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

public sealed class ImportCustomersTests
{
    private const string Elm = "\"12 N Elm St, Springfield OR 97477\"";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task The_same_file_without_start_adds_nothing_tomorrow(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var file = $"person_id,full_name,account_id,service_address,service,start_on\n1,Ana Ruiz,A,{Elm},Electricity,\n1,Ana Ruiz,A,{Elm},Water,2021-05-01\n";
        Assert.Equal([RowOutcome.Imported, RowOutcome.Imported], (await Import(desk, file)).Select(r => r.Outcome));
        desk.House.Clock.Advance(TimeSpan.FromDays(2));
        Assert.All(await Import(desk, file), r => Assert.Equal(RowOutcome.AlreadyThere, r.Outcome));
        Assert.Equal(2, await desk.Count("service_agreement"));
    }

    [Theory, BothDatabases]
    public async Task Rows_that_break_the_rules_of_the_uses_are_rejected_with_the_reason(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var header = "person_id,full_name,language,email,born_on,account_id,role,service_address,service,start_on,stop_on\n";
        var results = await Import(desk, header + $"""
            1,Ana Ruiz,es,ana@example.org,1984-03-12,A,Main,{Elm},Electricity,2021-05-01,
            2,Bo Ruiz,,,,A,Main,,,,
            3,Cy Ruiz,,,,A,,,,,
            4,Di Ott,,,,B,,{Elm},Electricity,2022-01-01,
            5,Ed Ott,English,,,,,,,,
            6,Flo Ott,,,1012-01-01,,,,,,
            7,Gus Ott,,,2999-01-01,,,,,,
            8,Jane Ott,,Jane <j@x.org>,,,,,,,
            9,Kim Ott,,,,K,,{Elm},Electricity,2015-01-01,2018-01-01
            10,Lee Ott,,,,L,,"14 N Elm St, Springfield OR 97477",Gas,,2001-01-01
            11,!!!,,,,,,,,,
            """);
        Assert.Equal(
            ["", "main person already", "", "already agreed", "language code", "not possible", "not possible", "before the @", "", "must say start_on", "letters or digits"],
            results.Select((r, i) => r.Reason is null ? "" : new[] { "main person already", "already agreed", "language code", "before the @", "not possible", "must say start_on", "letters or digits" }
                .FirstOrDefault(w => r.Reason.Contains(w, StringComparison.Ordinal)) ?? r.Reason));
        Assert.Equal(3, await desk.Count("person"));
        await using var scope = desk.House.As(Roles.Csr);
        Assert.Equal([AccountRole.Main, AccountRole.CoHolder], await scope.Db.Set<AccountPerson>().Where(p => scope.Db.Set<Account>().Any(a => a.Id == p.AccountId && a.ExternalKey == "A")).OrderBy(p => p.Id).Select(p => p.Role).ToListAsync(Ct));
        Assert.Equal([AgreementState.Active, AgreementState.Stopped], await scope.Db.Set<ServiceAgreement>().OrderBy(a => a.Id).Select(a => a.State).ToListAsync(Ct));
    }

    [Theory, BothDatabases]
    public async Task Columns_in_capitals_are_the_same_columns_over_the_API(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        using var source = new CsvSource(new MemoryStream(Encoding.UTF8.GetBytes("Person_ID,Full_Name,MOBILE_PHONE\n1,Ana Ruiz,541-555-0142\n")));
        using var machine = await desk.House.SignedInApi(Roles.BusinessAdministrator);
        using var answer = await machine.PostAsJsonAsync("/api/v1/imports/customers", new { source = "old", rows = source.Rows().Select(r => r.Row) }, Ct);
        Assert.Contains("\"outcome\":\"Imported\"", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal((1, 1), (await desk.Count("person"), await desk.Count("person_phone")));
    }

    [Theory, BothDatabases]
    public async Task Co_holders_are_found_at_the_new_address_and_the_premise_no_longer_alone(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        await desk.Premise("12 N Elm St, Springfield, OR 97477");
        await Import(desk, "person_id,full_name,account_id\n1,Ana Ruiz,A\n2,Bo Ruiz,A\n");
        await Import(desk, $"person_id,full_name,account_id,service_address,service\n1,Ana Ruiz,A,{Elm},Electricity\n");
        await using var scope = desk.House.As(Roles.Csr);
        var people = await scope.Db.Set<Person>().Where(p => p.ExternalKey != null).Select(p => p.Id).Order().ToListAsync(Ct);
        var found = await scope.Get<ISearch>().Find("12 elm 97477", null, 10, Ct);
        Assert.Equal(people, found.Hits.Select(h => h.OwnerId).Order());
    }

    [Theory, BothDatabases]
    public async Task What_is_there_is_found_by_source_and_key_together(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        await Import(desk, "person_id,full_name\n1,Ana Ruiz\n2,Bo Ruiz\n3,Cy Ruiz\n");
        await using var scope = desk.House.As(Roles.Csr);
        Assert.Equal(["1", "3"], await scope.Db.OfSource<Person>("old", ["3", "1", "1", "4"]).Select(p => p.ExternalKey).Order().ToListAsync(Ct));
        Assert.Empty(await scope.Db.OfSource<Person>("new", ["1"]).ToListAsync(Ct));
        Assert.Empty(await scope.Db.OfSource<Person>("old", []).ToListAsync(Ct));
    }

    private static async Task<IReadOnlyList<RowResult>> Import(CustomerDesk desk, string file)
    {
        using var source = new CsvSource(new MemoryStream(Encoding.UTF8.GetBytes(file)));
        await using var scope = desk.House.As(Roles.BusinessAdministrator);
        return (await scope.Get<ImportCustomerRows>().Handle(new("old", [.. source.Rows().Select(r => r.Row)]), Ct)).Value.Results;
    }
}

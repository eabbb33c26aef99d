using Tieline.Customers.Accounts;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Customers;

public class PremiseTests
{
    private static Task<Outcome<AddPremise.Added>> Add(CustomerDesk desk, AddPremise.Input input) => desk.Run<AddPremise, AddPremise.Input, AddPremise.Added>(input);

    [Theory, BothDatabases]
    public async Task A_typed_line_is_taken_apart_and_found(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var added = CustomerDesk.Ok(await Add(desk, new(Line: "12 north elm street apt 4b, springfield or 97477")));
        var found = CustomerDesk.Ok(await desk.Run<GetPremise, GetPremise.Input, GetPremise.Found>(new(added.Id)));
        await using var scope = desk.House.As(Roles.Csr);

        Assert.Equal("Address", found.Premise.Kind);
        Assert.Equal(added.Id, Assert.Single((await scope.Get<ISearch>().Find("12 elm 97477", null, 10, CancellationToken.None)).Hits).OwnerId);
    }

    [Theory, BothDatabases]
    public async Task Intersections_and_neighbourhoods_are_locations(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        foreach (var line in (string[])["Main St & 5th Ave, Springfield, OR", "Echo Park"])
        {
            var added = CustomerDesk.Ok(await Add(desk, new(Line: line)));
            Assert.Equal("Location", CustomerDesk.Ok(await desk.Run<GetPremise, GetPremise.Input, GetPremise.Found>(new(added.Id))).Premise.Kind);
        }
        Assert.Equal("premise.intersection", CustomerDesk.Rule(await Add(desk, new(PremiseKind.Address, "Elm St & 7th Ave, Springfield, OR"))));
    }

    [Theory, BothDatabases]
    public async Task The_same_or_nearly_the_same_address_is_shown_first(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        CustomerDesk.Ok(await Add(desk, new(Line: "12 N Chestnut St Apt 4, Springfield, OR 97477")));
        foreach (var line in (string[])["12 NORTH CHESTNUT STREET UNIT 4, SPRINGFIELD OR 97477", "12 N Chesnut St Apt 4, Springfield, OR 97477", "12 Chestnut Street, 97477"])
            Assert.Equal(AddPremise.LikelyRule, CustomerDesk.Rule(await Add(desk, new(Line: line))));
        CustomerDesk.Ok(await Add(desk, new(Line: "12 N Chestnut St Apt 5, Springfield, OR 97477")));
        CustomerDesk.Ok(await Add(desk, new(Line: "14 N Chestnut St Apt 4, Springfield, OR 97477")));
        CustomerDesk.Ok(await Add(desk, new(Line: "12 Chestnut Street, 97477", ConfirmedNew: true)));
    }

    [Theory, BothDatabases]
    public async Task Corrected_and_flagged_it_is_found_anew(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var account = await desk.Account((await desk.Person()).Id);
        var premise = await desk.Premise();
        await desk.Agreement(account.Id, premise.Id);
        CustomerDesk.Ok(await desk.Do<ChangePremise, ChangePremise.Input>(new(premise.Id, premise.Version + 1, HouseNumber: "13", StreetName: "Oak", StreetType: "Ave", City: "Springfield", State: "OR", PostalCode: "97478")));
        CustomerDesk.Ok(await desk.Do<FlagPremise, FlagPremise.Input>(new(premise.Id, premise.Version + 2, true, false)));
        await using var scope = desk.House.As(Roles.Csr);
        var search = scope.Get<ISearch>();

        Assert.Contains("\"LifeSupport\":true", Assert.Single((await search.Find("ruiz oak 97478", null, 10, CancellationToken.None)).Hits).Detail, StringComparison.Ordinal);
        Assert.Empty((await search.Find("ruiz elm", null, 10, CancellationToken.None)).Hits);
        var found = CustomerDesk.Ok(await desk.Run<GetPremise, GetPremise.Input, GetPremise.Found>(new(premise.Id)));
        Assert.Equal(("13 Oak Ave, Springfield, OR 97478", true), (found.Premise.Address, found.Premise.LifeSupport));
    }

    [Theory, BothDatabases]
    public async Task Changes_of_the_premise_and_of_who_lives_there_at_the_same_moment_are_both_found(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (ana, ben) = (await desk.Person(), await desk.Person("Ben", "Berg"));
        var account = await desk.Account(ana.Id);
        var premise = await desk.Premise();
        await desk.Agreement(account.Id, premise.Id);
        var version = (await desk.Facts(ana.Id)).Version;
        var accountVersion = CustomerDesk.Ok(await desk.Run<GetAccount, GetAccount.Input, GetAccount.Found>(new(account.Id))).Account.Version;
        await using var scope = desk.House.As(Roles.Csr);
        Task<Outcome<Done>> phone = null!;
        Task<Outcome<AddPersonToAccount.Added>> joins = null!;
        await scope.Db.InTransaction(async () =>
        {
            var moved = await scope.Get<ChangePremise>().Handle(
                new(premise.Id, premise.Version + 1, HouseNumber: "13", StreetName: "Oak", StreetType: "Ave", City: "Springfield", State: "OR", PostalCode: "97478"), CancellationToken.None);
            Assert.True(moved.Ok, moved.ToString());
            phone = Task.Run(() => desk.Do<AddPhone, AddPhone.Input>(new(ana.Id, version, "+15415550142")));
            joins = Task.Run(() => desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, accountVersion, ben.Id, AccountRole.CoHolder)));
            await Races.Meet(Task.WhenAll(phone, joins));
            return true;
        }, CancellationToken.None);
        Assert.True((await phone).Ok);
        Assert.True((await joins).Ok);
        await using var reader = desk.House.As(Roles.Csr);
        var search = reader.Get<ISearch>();

        Assert.Equal(ana.Id, Assert.Single((await search.Find("5415550142 oak", null, 10, CancellationToken.None)).Hits).OwnerId);
        Assert.Equal(ben.Id, Assert.Single((await search.Find("berg oak", null, 10, CancellationToken.None)).Hits).OwnerId);
        Assert.Empty((await search.Find("elm", null, 10, CancellationToken.None)).Hits);
    }

    [Theory, BothDatabases]
    public async Task Mistakes_are_told(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        Assert.Equal("required", CustomerDesk.Rule(await Add(desk, new())));
        Assert.Equal("too_long", CustomerDesk.Rule(await Add(desk, new(Line: new string('9', 1_000_000)))));
        Assert.Equal("premise.street.missing", CustomerDesk.Rule(await Add(desk, new(PremiseKind.Address, "97477"))));
        Assert.Equal("choice.unknown", CustomerDesk.Rule(await Add(desk, new((PremiseKind)5, "1 Elm St"))));
        Assert.Equal("required", CustomerDesk.Rule(await Add(desk, new(Line: "\u202E\u0000"))));
        Assert.Equal(["LifeSupport", "SensitiveLoad"], (await desk.Do<FlagPremise, FlagPremise.Input>(new((await desk.Premise()).Id, 0, null, null))).Problems.Select(p => p.Field));
        Assert.Equal("not_found", CustomerDesk.Rule(await desk.Do<FlagPremise, FlagPremise.Input>(new(1, 0, true, true))));
        Assert.Equal(1, await desk.Count("premise"));
    }
}

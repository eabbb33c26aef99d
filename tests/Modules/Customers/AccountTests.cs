using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.People;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

public class AccountTests
{
    [Theory, BothDatabases]
    public async Task An_account_is_opened_found_and_changed(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person();
        var opened = await desk.Account(person.Id);
        await using var scope = desk.House.As(Roles.Csr);

        Assert.Matches(@"^\d{4}-\d{4}-\d$", opened.Number);
        Assert.Equal(person.Id, Assert.Single((await scope.Get<ISearch>().Find(opened.Number, null, 10, CancellationToken.None)).Hits).OwnerId);
        CustomerDesk.Ok(await desk.Do<ChangeAccount, ChangeAccount.Input>(new(opened.Id, opened.Version, CustomerClass.Commercial, "c-17")));
        var found = CustomerDesk.Ok(await desk.Run<FindAccount, FindAccount.Input, GetAccount.Found>(new(opened.Number.Replace("-", " ", StringComparison.Ordinal))));
        Assert.Equal(("Commercial", "C-17", "Active"), (found.Account.CustomerClass, found.Account.BillCycle, found.Account.Status));
        var main = Assert.Single(found.Account.People);
        Assert.Equal(("Main", true, person.Id), (main.Role, main.FinanciallyResponsible, main.PersonId));
        Assert.Equal("account.number", CustomerDesk.Rule(await desk.Run<FindAccount, FindAccount.Input, GetAccount.Found>(new("4711-0420-9"))));
    }

    [Theory, BothDatabases]
    public async Task Mistakes_at_opening_are_told(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var outcome = await desk.Run<OpenAccount, OpenAccount.Input, OpenAccount.Opened>(new(1, (CustomerClass)77, "<b>", desk.Today.AddDays(1)));

        Assert.Equal(["choice.unknown", "bill_cycle.unreadable", "date.future", "person.unknown"], outcome.Problems.Select(p => p.Rule));
    }

    [Theory, BothDatabases]
    public async Task There_is_always_one_main_person_and_somebody_who_pays(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (ana, ben) = (await desk.Person(), await desk.Person("Ben", "Ruiz"));
        var opened = await desk.Account(ana.Id);
        async Task<CustomerAccount> Read() => CustomerDesk.Ok(await desk.Run<GetAccount, GetAccount.Input, GetAccount.Found>(new(opened.Id))).Account;
        var account = await Read();
        Assert.Equal("account.main.missing", CustomerDesk.Rule(await desk.Do<EndPersonOnAccount, EndPersonOnAccount.Input>(new(account.Id, account.People[0].Id, account.Version))));
        Assert.Equal("account.responsible.missing", CustomerDesk.Rule(await desk.Do<ChangePersonOnAccount, ChangePersonOnAccount.Input>(new(account.Id, account.People[0].Id, account.Version, AccountRole.Main, false))));
        Assert.Equal("account.person.already", CustomerDesk.Rule(await desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, account.Version, ana.Id, AccountRole.Payer))));

        CustomerDesk.Ok(await desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(account.Id, account.Version, ben.Id, AccountRole.Main)));
        account = await Read();
        Assert.Equal([("Main", ben.Id), ("CoHolder", ana.Id)], account.People.Select(p => (p.Role, p.PersonId)));
        Assert.Equal("account.responsible.missing", CustomerDesk.Rule(await desk.Do<EndPersonOnAccount, EndPersonOnAccount.Input>(new(account.Id, account.People[1].Id, account.Version))));
        CustomerDesk.Ok(await desk.Do<ChangePersonOnAccount, ChangePersonOnAccount.Input>(new(account.Id, account.People[0].Id, account.Version, AccountRole.Main, true)));
        account = await Read();
        CustomerDesk.Ok(await desk.Do<EndPersonOnAccount, EndPersonOnAccount.Input>(new(account.Id, account.People[1].Id, account.Version)));
        account = await Read();
        Assert.Equal(desk.Today, account.People.Single(p => p.PersonId == ana.Id).ToOn);
    }

    [Theory, BothDatabases]
    public async Task An_account_closes_when_everything_on_it_is_over(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var account = await desk.Account((await desk.Person()).Id);
        var agreement = await desk.Agreement(account.Id, (await desk.Premise()).Id);
        Assert.Equal("account.agreements_running", CustomerDesk.Rule(await desk.Do<CloseAccount, CloseAccount.Input>(new(account.Id, account.Version))));
        await desk.Move(agreement.Id, agreement.Version, AgreementState.Active, AgreementState.PendingStop, AgreementState.Stopped);
        Assert.Equal("date.order", CustomerDesk.Rule(await desk.Do<CloseAccount, CloseAccount.Input>(new(account.Id, account.Version, desk.Today.AddDays(-1)))));
        Assert.Equal("date.future", CustomerDesk.Rule(await desk.Do<CloseAccount, CloseAccount.Input>(new(account.Id, account.Version, desk.Today.AddDays(1)))));
        CustomerDesk.Ok(await desk.Do<CloseAccount, CloseAccount.Input>(new(account.Id, account.Version)));
        var found = CustomerDesk.Ok(await desk.Run<GetAccount, GetAccount.Input, GetAccount.Found>(new(account.Id)));
        Assert.Equal(("Closed", (DateOnly?)desk.Today), (found.Account.Status, found.Account.ClosedOn));
        Assert.Equal("account.closed", CustomerDesk.Rule(await desk.Do<MoveAgreement, MoveAgreement.Input>(new(agreement.Id, agreement.Version + 3, AgreementState.Reactivated))));
        CustomerDesk.Ok(await desk.Do<ReopenAccount, ReopenAccount.Input>(new(account.Id, found.Account.Version)));
        CustomerDesk.Ok(await desk.Do<MoveAgreement, MoveAgreement.Input>(new(agreement.Id, agreement.Version + 3, AgreementState.Reactivated)));
    }

    [Theory, BothDatabases]
    public async Task A_persons_accounts_come_with_people_premises_agreements_and_notes(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (ana, ben) = (await desk.Person(), await desk.Person("Ben", "Ruiz"));
        var first = await desk.Account(ana.Id);
        var second = await desk.Account(ana.Id);
        await desk.Account(ben.Id);
        var premise = await desk.Premise();
        await desk.Agreement(first.Id, premise.Id);
        await desk.Agreement(first.Id, premise.Id, ServiceType.Water);
        CustomerDesk.Ok(await desk.Run<AddPersonToAccount, AddPersonToAccount.Input, AddPersonToAccount.Added>(new(first.Id, first.Version, ben.Id, AccountRole.Occupant)));
        CustomerDesk.Ok(await desk.Run<Tieline.Customers.Notes.AddNote, Tieline.Customers.Notes.AddNote.Input, Tieline.Customers.Notes.AddNote.Added>(new(null, null, premise.Id, "dog")));
        CustomerDesk.Ok(await desk.Run<Tieline.Customers.Notes.AddNote, Tieline.Customers.Notes.AddNote.Input, Tieline.Customers.Notes.AddNote.Added>(new(null, second.Id, null, "pays late")));
        var accounts = CustomerDesk.Ok(await desk.Run<GetPersonAccounts, GetPersonAccounts.Input, CustomerAccounts>(new(ana.Id)));

        Assert.Equal(2, accounts.Total);
        Assert.Equal([first.Id, second.Id], accounts.Accounts.Select(a => a.Id).Order());
        var one = accounts.Accounts.Single(a => a.Id == first.Id);
        Assert.Equal(["Ana Ruiz", "Ben Ruiz"], one.People.Select(p => p.Name));
        Assert.Equal(["Electricity", "Water"], one.Agreements.Select(a => a.Type).Order(StringComparer.Ordinal));
        Assert.Equal(premise.Address, Assert.Single(accounts.Premises).Address);
        Assert.Equal(["dog", "pays late"], accounts.Notes.Select(n => n.Body).Order(StringComparer.Ordinal));
        Assert.Equal(0, CustomerDesk.Ok(await desk.Run<GetPersonAccounts, GetPersonAccounts.Input, CustomerAccounts>(new(1))).Total);
    }
}

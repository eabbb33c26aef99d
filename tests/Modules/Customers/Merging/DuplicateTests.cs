using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Duplicates;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Premises;
using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Merging;

public class DuplicateTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task Who_is_on_record_twice_is_found_with_the_reasons_and_families_are_not(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var ana = await desk.Person("Ana", "Ruiz", "541 555 0142", "ana@example.org");
        await desk.Person("Luis", "Ruiz", "541 555 0142");
        await desk.Person("Ana", "Ruiz");
        var slip = await desk.Person("Ana", "Ruis", "541 555 0142");
        var initial = await desk.Person("A", "Ruiz", null, "ana@example.org");
        var home = await desk.Premise();
        foreach (var person in new[] { await desk.Person("Tom", "Berg"), await desk.Person("Tomas", "Berg"), await desk.Person("Thom", "Berg") })
        {
            var account = await desk.Account(person.Id);
            if (account.Number.Length > 0 && await desk.Count("service_agreement") == 0)
                await desk.Agreement(account.Id, home.Id);
        }
        await Run(desk);

        var found = (await List(desk)).Items.Where(l => l.Kind == MergeKind.Person).Select(l => (l.A.Id, l.B.Id, l.Reasons)).ToArray();
        Assert.Contains((ana.Id, slip.Id, "nearly the same name, same phone"), found);
        Assert.Contains((ana.Id, initial.Id, "nearly the same name, same e-mail"), found);
        Assert.Equal(2, found.Length);
    }

    [Theory, BothDatabases]
    public async Task The_same_name_needs_a_birthday_or_a_place_and_a_place_may_be_on_record_twice(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (one, born, home) = (await desk.Person("Ana", "Ruiz"), await desk.Person("Ana", "Ruiz"), await desk.Person("Ana", "Ruis"));
        foreach (var person in new[] { one, born })
            await desk.Do<ChangePerson, ChangePerson.Input>(new(person.Id, person.Version, new(1980, 2, 29), "en", false, false, false, false, null, false, false));
        var (first, second, street) = (await desk.Premise("12 Maple St, Springfield, OR 97477"), await desk.Premise("12 Maple Street, Springfield OR 97477"), await desk.Premise("12 Mapple St, Springfield, OR 97477"));
        await desk.Agreement((await desk.Account(one.Id)).Id, first.Id);
        await desk.Agreement((await desk.Account(home.Id)).Id, second.Id);
        await Run(desk);

        var all = (await List(desk)).Items;
        var found = all.Select(l => (l.A.Id, l.B.Id, l.Reasons)).ToArray();
        Assert.Contains((one.Id, born.Id, "same name, same birthday"), found);
        Assert.Contains((one.Id, home.Id, "nearly the same name, same address"), found);
        Assert.Contains((first.Id, second.Id, "same address"), found);
        Assert.Contains((first.Id, street.Id, "nearly the same address"), found);
        Assert.Equal(all.Select(l => l.Score).OrderDescending(), all.Select(l => l.Score));
        var premises = await desk.Run<MergePremises, MergePremises.Input, MergePremises.Merged>(new(second.Id, await Version(desk, second.Id), first.Id, await Version(desk, first.Id), "Same"), Roles.Supervisor);
        Assert.Equal("merge.impossible", CustomerDesk.Rule(premises));
    }

    [Theory, BothDatabases]
    public async Task A_pair_that_is_not_the_same_comes_back_only_when_the_data_changes(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (ana, other) = (await desk.Person("Ana", "Ruiz", "541 555 0142"), await desk.Person("Ana", "Ruiz", "541 555 0142"));
        await Run(desk);
        var pair = Assert.Single((await List(desk)).Items);
        CustomerDesk.Ok(await desk.Do<SayNotTheSame, SayNotTheSame.Input>(new(pair.Id, pair.Version, "Mother and daughter"), Roles.BackOffice));
        await Run(desk);
        Assert.Empty((await List(desk)).Items);
        Assert.Equal("Mother and daughter", Assert.Single((await List(desk, DuplicateState.NotTheSame)).Items).Why);
        await desk.Do<ChangePerson, ChangePerson.Input>(new(other.Id, other.Version, null, "es", false, false, false, false, null, false, false));
        await Run(desk);
        Assert.Empty((await List(desk)).Items);
        CustomerDesk.Ok(await desk.Do<AddEmail, AddEmail.Input>(new(other.Id, other.Version + 2, "ana@example.org")));
        await Run(desk);
        var again = Assert.Single((await List(desk)).Items);
        Assert.Equal((pair.Id, null), (again.Id, again.Why));
        await MergeTests.Merge(desk, other.Id, ana.Id);
        await Run(desk);
        Assert.Empty((await List(desk)).Items);
        Assert.Single((await List(desk, DuplicateState.Merged)).Items);
    }

    [Theory, BothDatabases]
    public async Task What_is_no_likeness_any_more_is_forgotten_and_a_number_of_many_says_nothing(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        await desk.Person("Ana", "Ruiz", "541 555 0142");
        var other = await desk.Person("Ana", "Ruis", "541 555 0142");
        for (var i = 0; i < 25; i++)
            await desk.Person("Bo", "Quist", "541 555 0100");
        await Run(desk);
        Assert.Equal(other.Id, Assert.Single((await List(desk)).Items).B.Id);
        var phone = (await desk.Facts(other.Id)).Phones[0];
        CustomerDesk.Ok(await desk.Do<RemovePhone, RemovePhone.Input>(new(other.Id, phone.Id, other.Version)));
        await Run(desk);
        Assert.Empty((await List(desk)).Items);
    }

    [Theory, BothDatabases]
    public async Task A_place_with_several_services_tells_of_its_people_and_one_of_very_many_agreements_does_not(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (ana, again) = (await desk.Person("Ana", "Ruiz"), await desk.Person("Ana", "Ruis"));
        var home = await desk.Premise();
        var (one, other) = (await desk.Account(ana.Id), await desk.Account(again.Id));
        await desk.Agreement(one.Id, home.Id);
        await desk.Agreement(other.Id, home.Id, ServiceType.Water);
        await desk.Agreement(other.Id, home.Id, ServiceType.Gas);
        await Cancelled(77);
        await Run(desk);
        Assert.Equal((ana.Id, again.Id), Assert.Single((await List(desk)).Items) is var pair ? (pair.A.Id, pair.B.Id) : default);
        await Cancelled(1);
        await Run(desk);
        Assert.Empty((await List(desk)).Items);

        async Task Cancelled(int count)
        {
            await using var scope = desk.House.As(Roles.Csr);
            for (var i = 0; i < count; i++)
            {
                var agreement = new ServiceAgreement(scope.Db.NextId(), other.Id, home.Id, ServiceType.Electricity, desk.Today);
                Assert.True(agreement.MoveTo(AgreementState.Cancelled, desk.Today));
                scope.Db.Add(agreement);
            }
            await scope.Db.SaveChangesAsync(Ct);
        }
    }

    [Theory, BothDatabases]
    public async Task Only_who_may_sees_the_list_and_the_pages_show_it(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (ana, other) = (await desk.Person("Ana", "Ruiz", "541 555 0142"), await desk.Person("=cmd()", "Ruiz", "541 555 0142"));
        var third = await desk.Person("Anna", "Ruiz", "541 555 0142");
        await Run(desk);
        await Assert.ThrowsAsync<ForbiddenException>(() => desk.Run<ListDuplicates, ListDuplicates.Input, Page<DuplicateLine>>(new()));
        using var csr = await desk.House.SignedIn(Roles.Csr);
        foreach (var page in (string[])["/duplicates", "/duplicates/export", $"/customers/{ana.Id}/merge"])
            Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync(page)).StatusCode);
        using var supervisor = await desk.House.SignedIn(Roles.Supervisor);
        var pair = Assert.Single((await List(desk)).Items);
        Assert.Contains("Anna Ruiz", await supervisor.GetStringAsync("/duplicates"), StringComparison.Ordinal);
        Assert.Contains("Anna Ruiz", await supervisor.GetStringAsync($"/duplicates/{pair.Id}"), StringComparison.Ordinal);
        Assert.Contains("nearly the same name", await supervisor.GetStringAsync("/duplicates/export"), StringComparison.Ordinal);
        var compare = await supervisor.GetStringAsync($"/customers/{ana.Id}/merge?with={third.Id}");
        Assert.Contains("Survives", compare, StringComparison.Ordinal);
        await MergeTests.Merge(desk, third.Id, ana.Id);
        using var moved = await supervisor.GetAsync($"/customers/{third.Id}");
        Assert.Equal((HttpStatusCode.Found, $"/customers/{ana.Id}?merged={third.Id}"), (moved.StatusCode, moved.Headers.Location?.ToString()));
        Assert.Contains("was merged into this record", await supervisor.GetStringAsync($"/customers/{ana.Id}?merged={third.Id}"), StringComparison.Ordinal);
        Assert.Contains("Separate them again", await supervisor.GetStringAsync($"/customers/{ana.Id}/merges"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await supervisor.GetAsync($"/customers/{other.Id}/merge")).StatusCode);
    }

    [Fact]
    public void Of_strangers_nothing_but_names_and_numbers_needs_to_be_read() =>
        Assert.All(Enumerable.Range(0, 256).Select(i => (Alike)i).Where(Likeness.SuggestsOfTwo), alike => Assert.NotEqual(Alike.None, alike & Likeness.NeededOfTwo));

    private static async Task<int> Version(CustomerDesk desk, long premise)
    {
        await using var scope = desk.House.As(Roles.Csr);
        return await scope.Db.Set<Premise>().Where(p => p.Id == premise).Select(p => p.Version).SingleAsync(Ct);
    }

    private static async Task<Page<DuplicateLine>> List(CustomerDesk desk, DuplicateState? state = null) =>
        CustomerDesk.Ok(await desk.Run<ListDuplicates, ListDuplicates.Input, Page<DuplicateLine>>(new(State: state), Roles.Supervisor));

    private static async Task Run(CustomerDesk desk)
    {
        await using (var scope = desk.House.As(Actor.Process("test")))
        {
            var process = scope.Get<IEnumerable<IBatchProcess>>().Single(p => p.Code == FindDuplicates.BatchCode);
            var input = new BatchInput(desk.Today, new Dictionary<string, string>());
            var (position, last) = (0L, false);
            while (!last)
                (position, _, _, last) = await scope.Db.InTransaction(() => process.Do(input, new(position, Records: 10), Ct), Ct);
        }
    }
}

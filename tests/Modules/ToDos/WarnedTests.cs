using Dapper;
using Tieline.Customers.Warnings;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.ToDos;

/// <summary>Warnings show to those who go there.</summary>
public sealed class WarnedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Whoever_is_sent_sees_the_warnings_of_the_place_and_of_who_lives_there_and_of_a_closed_customer_the_kind(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        long toDo, others, shared, persons;
        await using (var scope = house.As(Roles.Supervisor))
        {
            var add = scope.Get<AddWarning>();
            var today = await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(Ct);
            foreach (var (person, premise, kind, reason) in new (long?, long?, WarningKind, string)[]
                     { (null, given.Premise, WarningKind.Dog, "Two dogs behind the gate"), (given.Person, null, WarningKind.TwoPeople, "Came out with a bat"), (given.OtherPerson, null, WarningKind.Threat, "Shouts") })
                Assert.True((await add.Handle(new(person, premise, kind, reason, "Crew 4", today.AddDays(30)), Ct)).Ok);
            toDo = (await scope.Get<IToDos>().Create(new NewToDo("GENERAL", "Wire down: 12 N Elm St", today, RoleId: given.Role, PremiseId: given.Premise, Priority: 1), Ct)).Value!.Value;
            others = (await scope.Get<IToDos>().Create(new NewToDo("GENERAL", "Bo's meter", today, RoleId: given.Role, AccountId: given.OtherAccount), Ct)).Value!.Value;
            shared = (await scope.Get<IToDos>().Create(new NewToDo("GENERAL", "Meter change", today, RoleId: given.Role, PersonId: given.OtherPerson, AccountId: given.Account), Ct)).Value!.Value;
            persons = (await scope.Get<IToDos>().Create(new NewToDo("GENERAL", "Visit", today, RoleId: given.Role, PersonId: given.Person), Ct)).Value!.Value;
            Assert.True((await scope.Get<IToDos>().Create(new NewToDo("GENERAL", "Ana Ruiz smells gas", today, RoleId: given.Role, PersonId: given.Person, Priority: 1), Ct)).Ok);
            await scope.Db.SaveChangesAsync(Ct);
        }
        // An operator has no right to read warnings; sent there, they must know.
        async Task<IReadOnlyList<string>> Seen(Actor who, long id)
        {
            await using var scope = house.As(who);
            return [.. (await scope.Get<GetToDo>().Handle(new(id), Ct)).Value.Warnings.Select(w => $"{w.Kind} {w.About}: {w.Reason} {w.MayOpen}")];
        }
        var sent = Actors.Of(Roles.Operator, given.Employee);
        Assert.Equal(["Dog the place: Two dogs behind the gate False", "TwoPeople somebody who lives there: Came out with a bat False"], await Seen(sent, toDo));
        // Of an account: whoever stands on it, and where it supplies; of a person alone: where they live.
        Assert.Equal(["Threat somebody on the account: Shouts False"], await Seen(sent, others));
        Assert.Equal(["Dog the place: Two dogs behind the gate False", "TwoPeople somebody on the account: Came out with a bat False", "Threat the customer: Shouts False"], await Seen(sent, shared));
        Assert.Equal(["Dog the place: Two dogs behind the gate False", "TwoPeople the customer: Came out with a bat False"], await Seen(sent, persons));
        async Task<string[]> Looks()
        {
            await using var scope = house.As(Actor.Process("test"));
            return [.. await (await scope.Connection()).QueryAsync<string>("select shown from look where query = 'urgent to dos' order by id")];
        }
        using var browser = await house.SignedIn(Roles.Operator, given.Employee);
        Assert.Contains("Before anybody goes there", await browser.GetStringAsync($"/todos/{toDo}", Ct), StringComparison.Ordinal);
        var urgent = await browser.GetStringAsync("/todos/count", Ct);
        Assert.Contains("12 N Elm St. Warning: dog, two people</data>", urgent, StringComparison.Ordinal);
        Assert.Contains("Ana Ruiz smells gas. Warning: ", urgent, StringComparison.Ordinal);
        Assert.Equal([$"{given.Person}"], await Looks());

        await using (var scope = house.As(Actor.Process("test")))
            await (await scope.Connection()).ExecuteAsync("update person set restriction = 'Vip' where id = @id", new { id = given.Person });
        Assert.Equal(["Dog the place: Two dogs behind the gate False", "TwoPeople somebody who lives there:  False"], await Seen(sent, toDo));
        var after = await browser.GetStringAsync("/todos/count", Ct);
        Assert.Contains("12 N Elm St. Warning: dog, two people</data>", after, StringComparison.Ordinal);
        Assert.Contains("Restricted customer. Warning: ", after, StringComparison.Ordinal);
        Assert.DoesNotContain("Ana Ruiz", after, StringComparison.Ordinal);
        // Every page asks again: as long as it shows the same, that was one look.
        Assert.Equal([$"{given.Person}"], await Looks());
        await using (var scope = house.As(Roles.Supervisor))
        {
            Assert.True((await scope.Get<IToDos>().Create(new NewToDo("GENERAL", "Bo Quist smells gas", await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(Ct), RoleId: given.Role, PersonId: given.OtherPerson, Priority: 1), Ct)).Ok);
            await scope.Db.SaveChangesAsync(Ct);
        }
        Assert.Contains("Bo Quist smells gas", await browser.GetStringAsync("/todos/count", Ct), StringComparison.Ordinal);
        Assert.Equal([$"{given.Person}", $"{given.OtherPerson},{given.Person}"], await Looks());
        // Not sent, and with the right: nothing that a closed record holds.
        Assert.Equal(["Dog the place: Two dogs behind the gate True"], await Seen(Actors.Of(Roles.Csr, 55), toDo));
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Customers.Accounts;
using Tieline.Customers.Agreements;
using Tieline.Customers.Callers;
using Tieline.Customers.Flows;
using Tieline.Customers.Flows.Steps;
using Tieline.Customers.Import;
using Tieline.Customers.Merging;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Platform;
using Tieline.Platform.Import;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Modules.Customers.Flows;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Customers.Merging;

/// <summary>Something happens to a record at the moment in which it is merged into another.</summary>
public class MergeRaceTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task Of_A_into_B_and_B_into_A_one_is_done_and_the_other_hears_of_it(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        for (var round = 0; round < 5; round++)
        {
            var (a, b) = (await desk.Person($"Anna{round}", "Ruis"), await desk.Person($"Ana{round}", "Ruiz"));
            var both = await Task.WhenAll(Merge(desk, a, b), Merge(desk, b, a));
            Assert.Single(both, o => o.Ok);
            Assert.Equal(Problem.ConflictRule, CustomerDesk.Rule(both.Single(o => !o.Ok)));
            Assert.Equal(1, await desk.Count("person", $"id in ({a.Id}, {b.Id}) and merged_into_id is null"));
        }
    }

    [Theory, BothDatabases]
    public async Task Of_two_merges_of_the_same_one_is_done_and_a_double_click_is_one(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (a, b, c) = (await desk.Person("Anna", "Ruis"), await desk.Person(), await desk.Person("Ann", "Ruiz"));
        var both = await Task.WhenAll(Merge(desk, a, b), Merge(desk, a, c));
        Assert.Single(both, o => o.Ok);
        Assert.Equal(1, await desk.Count("merge"));

        using var client = await desk.House.SignedInApi(Roles.Supervisor);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "merge-1");
        var (d, e) = (await desk.Person("Bo", "Quist"), await desk.Person("Bob", "Quist"));
        var body = System.Text.Json.JsonSerializer.Serialize(new { fromVersion = d.Version, intoId = e.Id, intoVersion = e.Version, reason = "Same" });
        async Task<HttpResponseMessage> Post() => await client.PostAsync($"/api/v1/people/{d.Id}/merge", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        var answers = await Task.WhenAll(Post(), Post());
        Assert.All(answers, x => Assert.True(x.IsSuccessStatusCode, $"{x.StatusCode}"));
        Assert.Equal(await answers[0].Content.ReadAsStringAsync(Ct), await answers[1].Content.ReadAsStringAsync(Ct));
        Assert.Equal(2, await desk.Count("merge"));
    }

    [Theory, BothDatabases]
    public async Task A_contact_that_is_recorded_while_its_person_is_merged_is_the_survivors(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        // First: the contact is not stored yet when the merge begins.
        Task<long> merge = Task.FromResult(0L);
        await using (var scope = house.As(Roles.Csr))
        {
            await scope.Db.InTransaction(async () =>
            {
                var recorded = await scope.Get<RecordContact>().Handle(new(given.HighBill, null, given.Person, given.Account, null, Channel.Phone, null, "High"), Ct);
                Assert.True(recorded.Ok, recorded.ToString());
                merge = Task.Run(() => MergeTests.Merge(house, given.Person, given.OtherPerson), Ct);
                await Races.Meet(merge);
                Assert.False(merge.IsCompleted);
                return true;
            }, Ct);
        }
        var id = await merge;
        Assert.Equal([given.OtherPerson], await Owners(house));

        // Then: the merge is not stored yet when the contact begins, with the old id and the account that goes along.
        await using (var back = house.As(Roles.Supervisor))
            Assert.True((await back.Get<UndoMerge>().Handle(new(id, "Again"), Ct)).Ok);
        Task<Outcome<RecordContact.Recorded>> contact = null!;
        Task<Outcome<Done>> caller = null!;
        Task<Outcome<VerifyCaller.Verified>> verified = null!;
        var call = await In(house, async s => (await s.Get<StartInteraction>().Handle(new(), Ct)).Value.Id);
        await using (var scope = house.As(Roles.Supervisor))
        {
            await scope.Db.InTransaction(async () =>
            {
                var merged = await scope.Get<MergePeople>().Handle(
                    new(given.Person, await MergeTests.Version(scope, given.Person), given.OtherPerson, await MergeTests.Version(scope, given.OtherPerson), "Same", true), Ct);
                Assert.True(merged.Ok, merged.ToString());
                contact = Task.Run(() => In(house, s => s.Get<RecordContact>().Handle(new(given.HighBill, null, given.Person, given.Account, null, Channel.Phone, null, "High"), Ct)), Ct);
                // Who calls is picked at the same moment.
                caller = Task.Run(() => In(house, s => s.Get<TakeCaller>().Handle(new(call, given.Person), Ct)), Ct);
                // And verified, with the old page open.
                verified = Task.Run(() => In(house, s => s.Get<VerifyCaller>().Handle(new(given.Person, CallerCapacity.Unverified), Ct)), Ct);
                await Races.Meet(contact, caller, verified);
                Assert.False(contact.IsCompleted || caller.IsCompleted || verified.IsCompleted);
                return true;
            }, Ct);
        }
        Assert.True((await contact).Ok, (await contact).ToString());
        Assert.Equal([given.OtherPerson, given.OtherPerson], await Owners(house));
        Assert.True((await caller).Ok, (await caller).ToString());
        Assert.Equal(Problem.ConflictRule, CustomerDesk.Rule(await verified));
        Assert.Equal(given.OtherPerson, await In(house, s => s.Db.Set<Interaction>().Where(i => i.Id == call).Select(i => i.PersonId).SingleAsync(Ct)));
    }

    [Theory, BothDatabases]
    public async Task Work_that_is_completed_while_its_person_is_merged_is_complete_and_the_survivors(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var day = DateOnly.FromDateTime(house.Clock.GetUtcNow().UtcDateTime).AddDays(1);
        for (var round = 0; round < 6; round++)
        {
            await using (var scope = house.As(Roles.Supervisor))
                Assert.True((await scope.Get<RecordContact>().Handle(new(given.HighBill, null, given.Person, given.Account, given.Premise, Channel.Phone, null, "High", Reminder: new(day, RoleId: given.Role, Text: "Call")), Ct)).Ok);
            house.Clock.Advance(TimeSpan.FromDays(2));
            day = day.AddDays(2);
            await house.RunJobs();
            var open = await In(house, s => s.Db.Set<ToDo>().Where(t => t.State == ToDoState.Open).Select(t => new { t.Id, t.Version }).SingleAsync(Ct));
            var merge = Task.Run(() => MergeTests.Merge(house, given.Person, given.OtherPerson), Ct);
            var done = await Task.Run(() => In(house, s => s.Get<CompleteToDo>().Handle(new(open.Id, open.Version + (merge.IsCompleted ? 1 : 0), "Called"), Ct)), Ct);
            // Who comes behind the merge hears of it, and does it again.
            if (!done.Ok)
                done = await In(house, async s => await s.Get<CompleteToDo>().Handle(new(open.Id, await s.Db.Set<ToDo>().Where(t => t.Id == open.Id).Select(t => t.Version).SingleAsync(Ct), "Called"), Ct));
            Assert.True(done.Ok, done.ToString());
            var id = await merge;
            Assert.All(await Owners(house), owner => Assert.Equal(given.OtherPerson, owner));
            await using var back = house.As(Roles.Supervisor);
            Assert.True((await back.Get<UndoMerge>().Handle(new(id, "Again"), Ct)).Ok);
        }
    }

    [Theory, BothDatabases]
    public async Task What_is_written_about_someone_while_they_are_merged_lands_on_the_survivor(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        string type;
        await using (var scope = house.As(Roles.Csr))
            type = await scope.Db.Set<Tieline.ToDos.Types.ToDoType>().Select(t => t.Code).FirstAsync(Ct);
        Task<bool>[] written = [];
        await using (var scope = house.As(Roles.Supervisor))
        {
            await scope.Db.InTransaction(async () =>
            {
                Assert.True((await scope.Get<MergePeople>().Handle(
                    new(given.Person, await MergeTests.Version(scope, given.Person), given.OtherPerson, await MergeTests.Version(scope, given.OtherPerson), "Same", true), Ct)).Ok);
                var on = DateOnly.FromDateTime(scope.Db.Now).AddDays(3);
                written =
                [
                    Task.Run(() => In(house, async s => (await s.Get<AddNote>().Handle(new(given.Person, null, null, "Dog"), Ct)).Ok), Ct),
                    Task.Run(() => In(house, async s => (await s.Get<AddToDo>().Handle(new(type, "Call", on, RoleId: given.Role, PersonId: given.Person), Ct)).Ok), Ct),
                    Task.Run(() => In(house, async s => (await s.Get<AddRelationship>().Handle(new(given.Person, RelationshipKind.PrimaryContact, await Third(s)), Ct)).Ok), Ct),
                ];
                await Races.Meet(Task.WhenAll(written));
                return true;
            }, Ct);
        }
        Assert.All(await Task.WhenAll(written), Assert.True);
        await using var check = house.As(Roles.Csr);
        Assert.Equal(given.OtherPerson, (await check.Db.Set<ToDo>().SingleAsync(Ct)).PersonId);
        Assert.Equal(new RecordRef("person", given.OtherPerson), (await check.Db.Set<Note>().SingleAsync(Ct)).Subject);
        Assert.Equal(given.OtherPerson, (await check.Db.Set<Relationship>().SingleAsync(Ct)).PersonId);
    }

    [Theory, BothDatabases]
    public async Task Whoever_joins_an_account_while_they_are_merged_is_refused_or_is_the_survivor(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor, holder) = (await desk.Person("Anna", "Ruis"), await desk.Person(), await desk.Person("Bo", "Quist"));
        var account = await desk.Account(holder.Id);
        Task<bool> joined = Task.FromResult(false);
        await using (var scope = desk.House.As(Roles.Supervisor))
        {
            await scope.Db.InTransaction(async () =>
            {
                Assert.True((await scope.Get<MergePeople>().Handle(new(old.Id, old.Version, survivor.Id, survivor.Version, "Same", true), Ct)).Ok);
                joined = Task.Run(() => Join(desk, account, old.Id), Ct);
                await Races.Meet(joined);
                return true;
            }, Ct);
        }
        await joined;
        Assert.Equal(0, await desk.Count("account_person", $"person_id = {old.Id}"));
        Assert.Equal(await joined ? 1 : 0, await desk.Count("account_person", $"person_id = {survivor.Id}"));
    }

    [Theory, BothDatabases]
    public async Task A_step_of_a_flow_while_its_person_is_merged_is_done_for_the_survivor_and_the_other_way_round_the_merge_hears_of_it(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor) = (await desk.Person("Anna", "Ruis"), await desk.Person());
        var account = await desk.Account(old.Id);
        var agreement = await desk.Agreement(account.Id, (await desk.Premise()).Id);
        await desk.Move(agreement.Id, 0, AgreementState.Active);
        var (name, move, day) = ((await desk.Begin(old.Id, FlowKind.NameChange)).Id, (await desk.Begin(old.Id, FlowKind.Moving)).Id, desk.Today.AddDays(20));
        CustomerDesk.Ok(await desk.Take<SeeProof, SeeProof.Input>(new(name, 0, "passport")));
        CustomerDesk.Ok(await desk.Take<StopHere, StopHere.Input>(new(move, 0, [agreement.Id], day)));
        var (proof, stopped) = ((await desk.Step(name, FlowPlan.Proof)).Version, (await desk.Step(move, FlowPlan.Stop)).Version);

        // First: the step is not stored yet when the merge begins, which then is about somebody else than was seen.
        Task<Outcome<MergePeople.Merged>> early = null!;
        await using (var scope = desk.House.As(Roles.Supervisor))
        {
            await scope.Db.InTransaction(async () =>
            {
                CustomerDesk.Ok(await scope.Get<TakeNewName>().Handle(new(name, 0, "Anna", "Castillo", FromOn: day), Ct));
                var version = await scope.Db.Set<Person>().Where(p => p.Id == old.Id).Select(p => p.Version).SingleAsync(Ct);
                early = Task.Run(() => Merge(desk, old with { Version = version - 1 }, survivor), Ct);
                await Races.Meet(early);
                Assert.False(early.IsCompleted);
                return true;
            }, Ct);
        }
        Assert.Equal(Problem.ConflictRule, CustomerDesk.Rule(await early));

        // Then: the merge is not stored yet when steps are done, taken back and begun, and a list is undone.
        Task<bool>[] steps = [];
        await using (var scope = desk.House.As(Roles.Supervisor))
        {
            await scope.Db.InTransaction(async () =>
            {
                Assert.True((await scope.Get<MergePeople>().Handle(
                    new(old.Id, await MergeTests.Version(scope, old.Id), survivor.Id, await MergeTests.Version(scope, survivor.Id), "Same", true), Ct)).Ok);
                steps =
                [
                    Task.Run(() => In(desk.House, async s => (await s.Get<SayWhatIsNext>().Handle(new(name, 0), Ct)).Ok), Ct),
                    Task.Run(() => In(desk.House, async s => (await s.Get<TakeBackFlowStep>().Handle(new(name, FlowPlan.Proof, proof), Ct)).Ok), Ct),
                    Task.Run(() => In(desk.House, async s => (await s.Get<TakeBackFlowStep>().Handle(new(move, FlowPlan.Stop, stopped), Ct)).Ok), Ct),
                    Task.Run(() => In(desk.House, async s => (await s.Get<SendMailElsewhere>().Handle(new(move, 0, "48 Palm Dr, Yuma, AZ 85364"), Ct)).Ok), Ct),
                    Task.Run(() => In(desk.House, async s => (await s.Get<BeginFlow>().Handle(new(old.Id, FlowKind.NameChange), Ct)).Value is { Resumed: true } begun && begun.Id == name), Ct),
                ];
                await Races.Meet(steps);
                Assert.DoesNotContain(steps, s => s.IsCompleted);
                return true;
            }, Ct);
        }
        Assert.All(await Task.WhenAll(steps), Assert.True);
        Assert.Equal((2L, 0L), (await desk.Count("guided_flow", $"person_id = {survivor.Id}"), await desk.Count("guided_flow", $"person_id = {old.Id}")));
        Assert.Equal(1, await desk.Count("person_address", $"person_id = {survivor.Id}"));
        Assert.Equal(1, await desk.Count("service_agreement", $"id = {agreement.Id} and state = 'Active'"));
        Assert.Equal(1, await desk.Count("person_name", $"person_id = {survivor.Id} and kind = 'Coming'"));
        // And the list is undone as ever: the name goes where it went.
        CustomerDesk.Ok(await desk.Undo(name));
        Assert.Equal(0, await desk.Count("person_name", "kind = 'Coming'"));
    }

    [Theory, BothDatabases]
    public async Task A_file_that_names_the_one_who_was_merged_adds_to_the_survivor(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        await Import(desk, "person_id,full_name\nK1,Anna Ruis\nK2,Ana Ruiz");
        var (one, other) = (await PersonOf(desk, "K1"), await PersonOf(desk, "K2"));
        await MergeTests.Merge(desk, one, other);
        Assert.Equal([RowOutcome.Imported], await Import(desk, "person_id,full_name,account_id,role,service_address,service\nK1,Anna Ruis,A1,Main,\"12 Elm St, Springfield, OR 97477\",Electricity"));
        Assert.Equal(1, await desk.Count("account_person", $"person_id = {other}"));
        Assert.Equal(0, await desk.Count("account_person", $"person_id = {one}"));
        Assert.Equal(2, await desk.Count("person"));
    }

    private static async Task<Outcome<MergePeople.Merged>> Merge(CustomerDesk desk, AddPerson.Added from, AddPerson.Added into)
    {
        await using var scope = desk.House.As(Roles.Supervisor);
        return await scope.Get<MergePeople>().Handle(new(from.Id, from.Version, into.Id, into.Version, "Same", true), Ct);
    }

    private static async Task<bool> Join(CustomerDesk desk, OpenAccount.Opened account, long person)
    {
        await using var scope = desk.House.As(Roles.Csr);
        var input = new AddPersonToAccount.Input(account.Id, account.Version, person, AccountRole.Occupant);
        return (await scope.Get<IOnce>().Run("test", null, input, () => scope.Get<AddPersonToAccount>().Handle(input, Ct), Ct)).Ok;
    }

    private static async Task<T> In<T>(TestHouse house, Func<TestScope, Task<T>> work)
    {
        await using var scope = house.As(Roles.Supervisor);
        return await work(scope);
    }

    private static async Task<long> Third(TestScope scope)
    {
        var added = await scope.Get<AddPerson>().Handle(new(PersonKind.Individual, "Lea", "Lord", ConfirmedNew: true), Ct);
        return added.Value.Id;
    }

    private static async Task<long[]> Owners(TestHouse house)
    {
        await using var scope = house.As(Roles.Csr);
        return await scope.Db.Set<Contact>().OrderBy(c => c.Id).Select(c => c.PersonId!.Value).ToArrayAsync(Ct);
    }

    private static async Task<long> PersonOf(CustomerDesk desk, string key)
    {
        await using var scope = desk.House.As(Roles.Csr);
        return await scope.Db.Set<Person>().Where(p => p.ExternalKey == key).Select(p => p.Id).SingleAsync(Ct);
    }

    private static async Task<RowOutcome[]> Import(CustomerDesk desk, string csv)
    {
        await using var scope = desk.House.As(Roles.Operator);
        var lines = csv.Split('\n');
        var heads = lines[0].Split(',');
        var rows = lines.Skip(1).Select((line, i) => new ImportRow(i + 2, heads.Zip(Cells(line)).ToDictionary(c => c.First, c => c.Second, StringComparer.OrdinalIgnoreCase))).ToArray();
        var imported = await scope.Get<ImportCustomerRows>().Handle(new("old", rows), Ct);
        Assert.True(imported.Ok, imported.ToString());
        return [.. imported.Value.Results.Select(r => r.Outcome)];
    }

    private static IEnumerable<string> Cells(string line) =>
        System.Text.RegularExpressions.Regex.Matches(line, "(?:^|,)(?:\"([^\"]*)\"|([^,]*))").Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value);
}

using Tieline.Customers.Flows;
using Tieline.Customers.Flows.Steps;
using Tieline.Customers.People;
using Tieline.Platform.Batch;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Customers.Flows;
using Tieline.Tests.Modules.Customers.Merging;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Customers;

/// <summary>A new name that takes effect on a later day.</summary>
public sealed class ComingNameTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task It_is_announced_and_found_until_its_night_and_then_it_is_the_name(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person("Ana", "Quillfeather");
        var day = desk.Today.AddDays(3);
        Assert.Equal("date.far", CustomerDesk.Rule(await Rename(desk, person.Id, "Lopez", desk.Today.AddYears(1).AddDays(1))));
        CustomerDesk.Ok(await Rename(desk, person.Id, "Lopez", day));
        Assert.Equal("name.coming", CustomerDesk.Rule(await Rename(desk, person.Id, "Bell", day.AddDays(1))));
        Assert.Equal([("Main", "Ana Quillfeather"), ("Coming", "Ana Lopez")], await Names(desk, person.Id));
        Assert.Equal([("Ana Quillfeather", "quillfeather"), ("Ana Quillfeather", "lopez")], [(await Found(desk, "quillfeather"), "quillfeather"), (await Found(desk, "lopez"), "lopez")]);
        using (var browser = await desk.House.SignedIn(Roles.Supervisor))
            Assert.Contains($"from {day:d MMM yyyy}: Ana Lopez", await browser.GetStringAsync($"/customers/{person.Id}", Ct), StringComparison.Ordinal);

        // It is no name that was in use: it is withdrawn, not ended, and nothing else is withdrawn.
        var facts = await desk.Facts(person.Id, Roles.Supervisor);
        Assert.Equal("name.coming", CustomerDesk.Rule(await desk.Do<EndName, EndName.Input>(new(person.Id, facts.Names[1].Id, facts.Version, day), Roles.Supervisor)));
        Assert.Equal("name.in_use", CustomerDesk.Rule(await desk.Do<WithdrawName, WithdrawName.Input>(new(person.Id, facts.Names[0].Id, facts.Version), Roles.Supervisor)));
        CustomerDesk.Ok(await desk.Do<WithdrawName, WithdrawName.Input>(new(person.Id, facts.Names[1].Id, facts.Version), Roles.Supervisor));
        Assert.Null(await Found(desk, "lopez"));

        CustomerDesk.Ok(await Rename(desk, person.Id, "Lopez", day));
        await Night(desk, day.AddDays(-1));
        Assert.Equal("Ana Quillfeather", await Found(desk, "lopez"));
        await Night(desk, day);
        await Night(desk, day);
        Assert.Equal([("Main", "Ana Lopez"), ("Former", "Ana Quillfeather")], await Names(desk, person.Id));
        Assert.Equal((day.AddDays(-1), day), ((await desk.Facts(person.Id, Roles.Supervisor)).Names is [var now, var then] ? (then.ToOn, now.FromOn) : default));
        Assert.Equal("Ana Lopez", await Found(desk, "quillfeather"));
        Assert.Equal(1, await desk.Count("event", "name = 'person.renamed'"));
    }

    [Theory, BothDatabases]
    public async Task A_flow_takes_it_back_before_its_day_and_after(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var person = await desk.Person("Nadia", "Quillfeather");
        var id = (await desk.Begin(person.Id, FlowKind.NameChange)).Id;
        var day = desk.Today.AddDays(2);
        async Task Name() => CustomerDesk.Ok(await desk.Take<TakeNewName, TakeNewName.Input>(new(id, (await desk.Step(id, FlowPlan.NewName)).Version, "Nadia", "Okafor", FromOn: day)));
        await Name();
        Assert.Equal($"From {day:d MMM yyyy}: Nadia Okafor; until then Nadia Quillfeather", (await desk.Step(id, FlowPlan.NewName)).Words);
        CustomerDesk.Ok(await desk.TakeBack(id, FlowPlan.NewName));
        Assert.Equal([("Main", "Nadia Quillfeather")], await Names(desk, person.Id));

        await Name();
        await Night(desk, day);
        Assert.Equal([("Main", "Nadia Okafor"), ("Former", "Nadia Quillfeather")], await Names(desk, person.Id));
        CustomerDesk.Ok(await desk.Undo(id));
        Assert.Equal([("Main", "Nadia Quillfeather")], await Names(desk, person.Id));
    }

    [Theory, BothDatabases]
    public async Task It_goes_along_in_a_merge_and_comes_back(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor) = (await desk.Person("Anna", "Ruis"), await desk.Person());
        var day = desk.Today.AddDays(2);
        CustomerDesk.Ok(await Rename(desk, old.Id, "Lopez", day));
        CustomerDesk.Ok(await Rename(desk, survivor.Id, "Bell", day));
        var merge = await MergeTests.Merge(desk.House, old.Id, survivor.Id);
        Assert.Equal([("Main", "Ana Ruiz"), ("Coming", "Ana Bell"), ("Alternate", "Ana Lopez"), ("Alternate", "Anna Ruis")], (await Names(desk, survivor.Id)).OrderByDescending(n => n.Kind[0] is 'M').ThenByDescending(n => n.Kind[0] is 'C').ThenBy(n => n.Name));
        await using (var scope = desk.House.As(Roles.Supervisor))
            CustomerDesk.Ok(await scope.Get<Tieline.Customers.Merging.UndoMerge>().Handle(new(merge, "Two sisters"), Ct));
        await Night(desk, day);
        Assert.Equal([("Main", "Ana Bell"), ("Former", "Ana Ruiz")], await Names(desk, survivor.Id));
        Assert.Equal([("Main", "Ana Lopez"), ("Former", "Anna Ruis")], await Names(desk, old.Id));

        // Of one alone it goes along as it is. When it has become the survivor's name, the two are not separated before the survivor has another.
        var (bo, bob) = (await desk.Person("Bo", "Quist"), await desk.Person("Bob", "Quist"));
        CustomerDesk.Ok(await Rename(desk, bo.Id, "Bell", day.AddDays(1)));
        merge = await MergeTests.Merge(desk.House, bo.Id, bob.Id);
        await Night(desk, day.AddDays(1));
        Assert.Equal(("Main", "Ana Bell"), (await Names(desk, bob.Id)).First());
        async Task<string> Undo()
        {
            await using var scope = desk.House.As(Roles.Supervisor);
            return (await scope.Get<Tieline.Customers.Merging.UndoMerge>().Handle(new(merge, "Two brothers"), Ct)).Problems is [var problem] ? problem.Rule : "ok";
        }
        Assert.Equal(Tieline.Customers.Merging.UndoMerge.ContradictedRule, await Undo());
        desk.House.Clock.Advance(TimeSpan.FromDays(5));
        CustomerDesk.Ok(await Rename(desk, bob.Id, "Quist", null));
        Assert.Equal("ok", await Undo());
        Assert.Equal([("Main", "Ana Quist")], (await Names(desk, bob.Id)).Where(n => n.Kind == "Main"));
        Assert.Equal([("Main", "Bo Quist")], (await Names(desk, bo.Id)).Where(n => n.Kind == "Main"));
    }

    private static async Task<Outcome<Done>> Rename(CustomerDesk desk, long person, string family, DateOnly? from) =>
        await desk.Do<ReplaceMainName, ReplaceMainName.Input>(new(person, (await desk.Facts(person, Roles.Supervisor)).Version, "Ana", family, FromOn: from), Roles.Supervisor);

    private static async Task<IEnumerable<(string Kind, string Name)>> Names(CustomerDesk desk, long person) =>
        (await desk.Facts(person, Roles.Supervisor)).Names.Select(n => (n.Kind, n.Name));

    /// <summary>The name under which somebody is found.</summary>
    private static async Task<string?> Found(CustomerDesk desk, string typed)
    {
        await using var scope = desk.House.As(Roles.Supervisor);
        return (await scope.Get<ISearch>().Find(typed, null, 10, Ct)).Hits is [var hit, ..] ? Tieline.Customers.Finding.CustomerDetail.Read(hit.Detail).Name : null;
    }

    private static async Task Night(CustomerDesk desk, DateOnly on)
    {
        await using (var scope = desk.House.As(Roles.Operator))
            CustomerDesk.Ok(await scope.Get<SubmitBatch>().Handle(new(StartNames.BatchCode, on, null, Anyway: true), Ct));
        await desk.House.RunJobs();
    }
}

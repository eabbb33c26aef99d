using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Contacts.Records;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Alerts;
using Tieline.Customers.Flows;
using Tieline.Customers.Flows.Steps;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Customers.Timeline;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Ui;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;
using Tieline.ToDos.FromCustomers;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>What is said to one person on an account is not told, on their own page, to an employee whose relative stands on it, too.</summary>
public class SharedAccountTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task What_is_said_on_a_relatives_account_is_not_told_of_who_shares_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        await using (var scope = house.As(Actor.Process("test")))
        {
            var version = await scope.Db.Set<Account>().Where(a => a.Id == ana.Account).Select(a => a.Version).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<AddPersonToAccount>().Handle(new(ana.Account, version, ana.Other, AccountRole.Payer), Ct));
            CustomerDesk.Ok(await scope.Get<AddRelationship>().Handle(new(ana.Other, RelationshipKind.Relative, EmployeeId: ana.Employee), Ct));
            CustomerDesk.Ok(await scope.Get<AddAlert>().Handle(
                new() { Code = "contacts.count", Name = "High bills", Active = true, Tone = Tone.Warning, Conditions = new Dictionary<string, string> { ["type"] = "T-HIGH", ["at_least"] = "1" } }, Ct));
        }
        async Task<(int Open, int Earlier, string Alerts)> Told(long employee)
        {
            await using var scope = house.As(Actors.Of(Roles.Supervisor, employee));
            var alerts = (await scope.Get<IAlerts>().Of(ana.Person, Ct)).Select(a => a.Code).Where(c => c is "contacts.open" or "contacts.count" or "todos.open").Order(StringComparer.Ordinal);
            return ((await scope.Get<IContacts>().OpenOf(ana.Person, 5, Ct)).Count, (await scope.Get<RecordPartsReader>().Read(ana.HighBill, ana.Person, null, null, Ct, null)).Earlier?.Count ?? 0, string.Join(' ', alerts));
        }
        Assert.Equal((1, 1, "contacts.count todos.open"), await Told(ana.Employee + 5));
        Assert.Equal((0, 0, ""), await Told(ana.Employee));
    }

    [Theory, BothDatabases]
    public async Task What_was_said_before_is_told_in_the_words_that_count(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        await using var scope = house.As(Actor.Process("test"));
        foreach (var words in (string[])["Half of it was right", "Now it is right"])
        {
            var version = await scope.Db.Set<Contact>().Where(c => c.Id == ana.Contact).Select(c => c.Version).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<CorrectContact>().Handle(new(ana.Contact, version, Text: words), Ct));
        }
        Assert.Equal("Now it is right", Assert.Single((await scope.Get<RecordPartsReader>().Read(ana.HighBill, ana.Person, null, null, Ct, null)).Earlier!).Text);
    }

    [Theory, BothDatabases]
    public async Task What_a_guided_flow_came_to_is_not_told_through_who_shares_a_relatives_account(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        long flow;
        await using (var scope = house.As(Actor.Process("test")))
        {
            var version = await scope.Db.Set<Account>().Where(a => a.Id == ana.Account).Select(a => a.Version).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<AddPersonToAccount>().Handle(new(ana.Account, version, ana.Other, AccountRole.Payer), Ct));
            flow = CustomerDesk.Ok(await scope.Get<BeginFlow>().Handle(new(ana.Person, FlowKind.Moving), Ct)).Id;
            foreach (var code in (string[])[FlowPlan.Stop, FlowPlan.Start, FlowPlan.Mail])
                CustomerDesk.Ok(await scope.Get<SkipFlowStep>().Handle(new(flow, code, 0), Ct));
            CustomerDesk.Ok(await scope.Get<SayWhatIsNext>().Handle(new(flow, 0, "All three supplies stop"), Ct));
            CustomerDesk.Ok(await scope.Get<FinishFlow>().Handle(new(flow, await scope.Db.Set<GuidedFlow>().Where(f => f.Id == flow).Select(f => f.Version).SingleAsync(Ct)), Ct));
            CustomerDesk.Ok(await scope.Get<AddRelationship>().Handle(new(ana.Other, RelationshipKind.Relative, EmployeeId: ana.Employee), Ct));
        }
        async Task<(bool Page, bool Timeline, bool History)> Told(long employee)
        {
            await using var scope = house.As(Actors.Of(Roles.Supervisor, employee));
            bool Says(string? words) => words?.Contains("All three", StringComparison.Ordinal) == true;
            var page = CustomerDesk.Ok(await scope.Get<GetFlow>().Handle(new(flow), Ct));
            var timeline = CustomerDesk.Ok(await scope.Get<ReadTimeline>().Handle(new(ana.Person), Ct));
            var history = CustomerDesk.Ok(await scope.Get<ReadHistory>().Handle(new($"guided_flow:{flow}", ReadHistory.Changes), Ct));
            Assert.Contains(timeline.Items, l => l.Title == "Moving");
            return (page.Steps.Any(s => Says(s.Words)), timeline.Items.Any(l => Says(l.Body)), history.Items.Any(l => Says(l.Changes)));
        }
        Assert.Equal((true, true, true), await Told(ana.Employee + 5));
        Assert.Equal((false, false, false), await Told(ana.Employee));
        // Nor once the relative has left the account: it was about them as well.
        await using (var scope = house.As(Actor.Process("test")))
            await (await scope.Connection()).ExecuteAsync("update account_person set to_on = from_on where account_id = @account and person_id = @other", new { account = ana.Account, other = ana.Other });
        Assert.Equal((false, false, false), await Told(ana.Employee));
    }

    [Theory, BothDatabases]
    public async Task Who_is_restricted_since_is_named_in_no_history_of_a_flow_and_in_no_work_of_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await Unmistakable.In(house);
        string name;
        long flow;
        await using (var scope = house.As(Actor.Process("test")))
        {
            name = await scope.Db.Set<Person>().Where(p => p.Id == ana.Other).Select(p => p.DisplayName).SingleAsync(Ct);
            flow = CustomerDesk.Ok(await scope.Get<BeginDeath>().Handle(new(ana.Person, "a neighbour"), Ct)).Id;
            CustomerDesk.Ok(await scope.Get<NameExecutor>().Handle(new(flow, 0, ana.Other, PapersSeen: true), Ct));
            Assert.Contains("executor named, papers seen", (await scope.Db.Set<ToDo>().SingleAsync(t => t.TypeCode == EstateWork.ToDoType, Ct)).Subject, StringComparison.Ordinal);
        }
        // Also after the step was taken back, and nothing else is left of it.
        await using (var scope = house.As(Actor.Process("test")))
            CustomerDesk.Ok(await scope.Get<TakeBackFlowStep>().Handle(new(flow, FlowPlan.Executor, 1), Ct));
        var auditor = Actors.Of(Roles.BackOffice, ana.Employee + 5);
        async Task<bool> Named(params string[] also)
        {
            await using var scope = house.As(auditor with { Permissions = auditor.Permissions.Concat(also).Append("audit.read").ToHashSet() });
            var history = CustomerDesk.Ok(await scope.Get<ReadHistory>().Handle(new($"guided_flow:{flow}", ReadHistory.Changes), Ct));
            return history.Items.Any(l => l.Changes?.Contains(name, StringComparison.Ordinal) == true);
        }
        await using (var scope = house.As(Actor.Process("test")))
            CustomerDesk.Ok(await scope.Get<RestrictPerson>().Handle(new(ana.Other, await scope.Db.Set<Person>().Where(p => p.Id == ana.Other).Select(p => p.Version).SingleAsync(Ct), PersonRestriction.Protected, "Court order"), Ct));
        Assert.True(await Named("customers.restricted"));
        Assert.False(await Named());
    }
}

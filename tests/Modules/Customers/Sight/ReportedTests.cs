using Microsoft.EntityFrameworkCore;
using Tieline.Customers;
using Tieline.Customers.Flows;
using Tieline.Customers.Merging;
using Tieline.Customers.People;
using Tieline.Customers.Sight;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Customers.Merging;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;
using Xunit;

namespace Tieline.Tests.Modules.Customers.Sight;

/// <summary>What an employee does to a restricted record as a whole is reported as any other change of it: one act, one To Do.</summary>
public class ReportedTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task Restricting_lifting_merging_separating_and_flows_make_the_supervisors_work(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var (old, survivor, open) = (await desk.Person("Anna", "Ruis"), await desk.Person(), await desk.Person("Bo", "Quist"));
        await Restrict(old.Id, PersonRestriction.Vip);
        await Told("restricted", (old.Id, 1));
        await Restrict(survivor.Id, PersonRestriction.Vip);
        var merged = await MergeTests.Merge(desk, old.Id, survivor.Id);
        // What was about the one is the survivor's meanwhile: two who were restricted, and one merge.
        await Told("merged", (survivor.Id, 3));
        var begun = CustomerDesk.Ok(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(survivor.Id, "Her daughter"), Roles.Supervisor));
        await Told("death told", (survivor.Id, 4));
        Assert.True(CustomerDesk.Ok(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(survivor.Id, "Her son"), Roles.Supervisor)).Resumed);
        await Told("told again, and nothing changed", (survivor.Id, 4));
        await using (var scope = desk.House.As(Roles.Supervisor))
        {
            var version = await scope.Db.Set<GuidedFlow>().Where(f => f.Id == begun.Id).Select(f => f.Version).SingleAsync(Ct);
            CustomerDesk.Ok(await scope.Get<UndoFlow>().Handle(new(begun.Id, version, "Not she"), Ct));
        }
        await Told("death undone", (survivor.Id, 5));
        CustomerDesk.Ok(await desk.Run<UndoMerge, UndoMerge.Input, UndoMerge.Undone>(new(merged.Id, "Two"), Roles.Supervisor));
        await Told("separated", (survivor.Id, 5), (old.Id, 1));
        await Restrict(survivor.Id, PersonRestriction.None);
        await Told("lifted", (survivor.Id, 6), (old.Id, 1));
        CustomerDesk.Ok(await desk.Run<BeginDeath, BeginDeath.Input, FlowBegun>(new(open.Id, "A friend"), Roles.Supervisor));
        await Restrict(open.Id, PersonRestriction.None);
        await Told("what is open", (survivor.Id, 6), (old.Id, 1));

        async Task Restrict(long person, PersonRestriction restriction)
        {
            await using var scope = desk.House.As(Roles.Supervisor);
            CustomerDesk.Ok(await scope.Get<RestrictPerson>().Handle(new(person, await MergeTests.Version(scope, person), restriction, "The mayor"), Ct));
        }

        async Task Told(string after, params (long Person, int Count)[] expected)
        {
            await desk.House.RunJobs();
            await using var scope = desk.House.As(Roles.Supervisor);
            var told = await scope.Db.Set<ToDo>().Where(t => t.TypeCode == "RESTRICTED" && t.Subject == "Test supervisor changed a restricted record").Select(t => t.PersonId!.Value).ToListAsync(Ct);
            Assert.Equal((after, string.Join(' ', expected.OrderBy(e => e.Person))), (after, string.Join(' ', told.GroupBy(t => t).Select(g => (g.Key, g.Count())).OrderBy(t => t.Key))));
        }
    }
}

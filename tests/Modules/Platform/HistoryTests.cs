using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Customers.Notes;
using Tieline.Customers.People;
using Tieline.Organization.Employees;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Customers;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform;

public sealed class HistoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Who_changed_and_who_looked_is_read_page_by_page_and_that_is_kept(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var ana = await desk.Person();
        await desk.Facts(ana.Id);
        await using var scope = desk.House.As(Roles.Supervisor);
        var read = scope.Get<ReadHistory>();
        var all = (await read.Handle(new($"person:{ana.Id}"), Token)).Value;
        Assert.Equal(("looked", "created"), (all.Items[0].Action, all.Items[^1].Action));
        Assert.Null(all.Next);
        Assert.All((await read.Handle(new($"person:{ana.Id}", ReadHistory.Changes), Token)).Value.Items, l => Assert.NotEqual("looked", l.Action));
        Assert.Equal(3, (await read.Handle(new($"person:{ana.Id}", ReadHistory.Looks), Token)).Value.Items.Count);

        var seen = new List<long>();
        for (string? after = null; ;)
        {
            var page = (await read.Handle(new($"person:{ana.Id}", null, after, 2), Token)).Value;
            seen.AddRange(page.Items.Select(l => l.Id));
            if ((after = page.Next) is null)
                break;
        }
        Assert.Equal(seen.OrderDescending().Distinct(), seen);
        Assert.Equal(all.Items.Count + 3, seen.Count);
        Assert.Equal("history.subject", Assert.Single((await read.Handle(new("nobody"), Token)).Problems).Rule);
    }

    [Theory, BothDatabases]
    public async Task Only_those_with_the_right_come_from_the_records_page_to_it(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var ana = await desk.Person();
        var account = await desk.Account(ana.Id);
        var premise = await desk.Premise();
        using var supervisor = await desk.House.SignedIn(Roles.Supervisor);
        using var csr = await desk.House.SignedIn(Roles.Csr);
        foreach (var (page, subject) in new[] { ($"/customers/{ana.Id}", $"person:{ana.Id}"), ($"/accounts/{account.Id}", $"account:{account.Id}"), ($"/premises/{premise.Id}", $"premise:{premise.Id}") })
        {
            Assert.Contains($"/history/{subject}", await supervisor.GetStringAsync(page, Token), StringComparison.Ordinal);
            Assert.DoesNotContain("/history/", await csr.GetStringAsync(page, Token), StringComparison.Ordinal);
            Assert.Contains("created", await supervisor.GetStringAsync($"/history/{subject}", Token), StringComparison.Ordinal);
            using var refused = await csr.GetAsync($"/history/{subject}", Token);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        using var machine = await desk.House.Machine(PlatformPermissions.ReadAudit, Tieline.Customers.CustomersPermissions.Read);
        Assert.Contains("\"looked\"", await machine.GetStringAsync($"/api/v1/history/person:{ana.Id}?only=looks", Token), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Who_may_not_see_the_record_does_not_read_its_history_and_nobody_reads_notes_there(TestDatabase on)
    {
        await using var desk = await CustomerDesk.Open(on);
        var ana = await desk.Person();
        CustomerDesk.Ok(await desk.Run<AddNote, AddNote.Input, AddNote.Added>(new(ana.Id, null, null, "Beware of the dog", NoteAudience.Field), Roles.Supervisor));
        using var machine = await desk.House.Machine(PlatformPermissions.ReadAudit);
        foreach (var subject in (string[])[$"person:{ana.Id}", "account:1", "premise:1", "contact:1", "to_do:1"])
        {
            using var refused = await machine.GetAsync($"/api/v1/history/{subject}", Token);
            Assert.True(refused.StatusCode == HttpStatusCode.Forbidden, subject);
        }
        await using var scope = desk.House.As(Roles.Supervisor);
        var changes = (await scope.Get<ReadHistory>().Handle(new($"person:{ana.Id}", ReadHistory.Changes), Token)).Value.Items;
        Assert.Contains(changes, c => c.Part?.Kind == "note");
        Assert.DoesNotContain(changes, c => c.Changes?.Contains("dog", StringComparison.Ordinal) == true);
    }

    [Theory, BothDatabases]
    public async Task A_sign_in_is_for_somebody_who_works_here_and_has_none(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Contacts.Given.A_small_utility(house);
        await using var scope = house.As(Roles.TechnicalAdministrator);
        var add = scope.Get<AddUser>();
        Assert.Equal("user.employee.unknown", Assert.Single((await add.Handle(new("x", "X", [Roles.Csr], 4711), Token)).Problems).Rule);
        Assert.True((await add.Handle(new("bea.long", "Bea Long", [Roles.Csr], given.Employee), Token)).Ok);
        Assert.Equal("user.employee.taken", Assert.Single((await add.Handle(new("bea.two", "Bea Long", [Roles.Csr], given.Employee), Token)).Problems).Rule);

        // Nor does one who was put out of use come back beside the one who took their place.
        var first = await scope.Db.Set<UserAccount>().Where(u => u.UserName == "bea.long").Select(u => u.Id).SingleAsync(Token);
        var change = scope.Get<ChangeUser>();
        Assert.True((await change.Handle(new(first, null, "Bea Long", [Roles.Csr], Active: false), Token)).Ok);
        Assert.True((await add.Handle(new("bea.two", "Bea Long", [Roles.Csr], given.Employee), Token)).Ok);
        Assert.Equal("user.employee.taken", Assert.Single((await change.Handle(new(first, null, "Bea Long", [Roles.Csr], Active: true), Token)).Problems).Rule);
    }
}

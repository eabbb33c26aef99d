using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Platform.Security;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Desk;

public class MyWorkTests
{
    [Theory, BothDatabases]
    public async Task A_promise_to_a_role_stands_before_everyone_in_it_on_its_day_and_what_came_in_is_what_is_open(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
        {
            var day = await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(CancellationToken.None);
            var add = scope.Get<AddToDo>();
            foreach (var (subject, days) in ((string, int)[])[("in a week", 7), ("a day ahead", 1), ("promised for today", 0), ("taken by me", 0), ("was for yesterday", 0)])
                Assert.True((await add.Handle(new("GENERAL", subject, day.AddDays(days), RoleId: given.Role), CancellationToken.None)).Ok);
            await scope.Db.Set<ToDo>().Where(t => t.Subject == "was for yesterday").ExecuteUpdateAsync(s => s.SetProperty(t => t.DueOn, day.AddDays(-1)));
            var taken = (await scope.Get<ListToDos>().Handle(new(ToDoScope.Roles), CancellationToken.None)).Value.Items.Single(t => t.Subject == "taken by me");
            Assert.True((await scope.Get<StartToDo>().Handle(new(taken.Id), CancellationToken.None)).Ok);
            var record = scope.Get<RecordContact>();
            Assert.True((await record.Handle(new(given.WireDown, null, null, null, given.Premise, Channel.Web, ContactDirection.Inbound, "it is down"), CancellationToken.None)).Ok);
            Assert.True((await record.Handle(new(given.HighBill, null, given.Person, null, null, Channel.Phone, ContactDirection.Inbound, "explained"), CancellationToken.None)).Ok);
        }
        var browser = await house.SignedIn(Roles.Csr, given.Employee);
        var page = await browser.GetStringAsync("/");
        string[] inOrder = ["Overdue", "was for yesterday", "taken by me", "promised for today", "Ahead for my roles", "a day ahead", "in a week"];
        var places = inOrder.Select(text => page.IndexOf(text, StringComparison.Ordinal)).ToArray();
        Assert.Equal(places.Order(), places);
        Assert.All(inOrder[1..], text => Assert.Equal(1, page.Split(text).Length - 1));
        var today = page[page.IndexOf("Contacts that came in today", StringComparison.Ordinal)..];
        Assert.Contains("Wire down", today, StringComparison.Ordinal);
        Assert.DoesNotContain("High bill", today, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task A_house_without_customers_leads_those_who_may_to_bringing_them_in(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var (may, mayNot) = (await house.SignedIn(Roles.BusinessAdministrator), await house.SignedIn(Roles.Csr));
        foreach (var page in (string[])["/", "/search", "/search?q=ruiz"])
        {
            Assert.Contains("No customers yet", await may.GetStringAsync(page), StringComparison.Ordinal);
            Assert.DoesNotContain("No customers yet", await mayNot.GetStringAsync(page), StringComparison.Ordinal);
        }
        await Given.A_small_utility(house);
        Assert.DoesNotContain("No customers yet", await may.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.DoesNotContain("No customers yet", await may.GetStringAsync("/search"), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Starting_in_the_drawer_stays_in_the_drawer(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        long id;
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
        {
            var day = await scope.Get<Tieline.Platform.Time.IUtilityClock>().Today(CancellationToken.None);
            id = (await scope.Get<AddToDo>().Handle(new("GENERAL", "Call", day, RoleId: given.Role), CancellationToken.None)).Value.Id;
        }
        var drawer = await house.SignedIn(Roles.Csr, given.Employee);
        drawer.DefaultRequestHeaders.Add("HX-Request", "true");
        drawer.DefaultRequestHeaders.Add("Tieline-Drawer", "true");
        var started = await drawer.Submit($"/todos/{id}", "form-start-to-do");
        Assert.False(started.Headers.Contains("HX-Redirect"));
        Assert.Contains($"\"again\":\"/todos/{id}\"", started.Headers.GetValues("HX-Trigger").Single(), StringComparison.Ordinal);
        var page = await house.SignedIn(Roles.Csr, given.Employee);
        Assert.EndsWith($"/todos/{id}", (await page.Submit($"/todos/{id}", "form-put-back-to-do")).Headers.Location?.OriginalString, StringComparison.Ordinal);
    }
}

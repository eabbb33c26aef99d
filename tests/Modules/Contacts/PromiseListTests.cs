using System.Net;
using System.Net.Http.Json;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts;

public class PromiseListTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory, BothDatabases]
    public async Task Mine_my_roles_and_all_by_their_day_without_what_is_kept(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given);
        await Promise(house, id, 0, employee: given.Employee, text: "mine today");
        await Promise(house, id, 1, employee: given.Employee, text: "mine tomorrow");
        await Promise(house, id, 9, role: given.Role, text: "the role's, later");
        await Promise(house, id, 0, role: await OtherRole(house), text: "of others");
        var kept = await Promise(house, id, 0, employee: given.Employee, text: "kept");
        await using (var scope = house.As(Roles.Csr))
            Assert.True((await scope.Get<ResolveReminder>().Handle(new(kept, "done"), Ct)).Ok);

        Assert.Equal(["mine today", "mine tomorrow"], await Texts(house, given, new()));
        Assert.Equal(["mine today"], await Texts(house, given, new(Day: PromiseDay.Today)));
        Assert.Equal(["mine tomorrow"], await Texts(house, given, new(Day: PromiseDay.Week)));
        Assert.Empty(await Texts(house, given, new(Day: PromiseDay.Overdue)));
        Assert.Equal(["the role's, later"], await Texts(house, given, new(PromiseScope.Roles)));
        Assert.Equal(["mine today", "of others", "mine tomorrow", "the role's, later"], await Texts(house, given, new(PromiseScope.All)));
        Assert.Equal(["the role's, later"], await Texts(house, given, new(PromiseScope.All, Role: given.Role)));

        house.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["mine today"], await Texts(house, given, new(Day: PromiseDay.Overdue)));
        await using var reader = house.As(Actors.Of(Roles.Csr, given.Employee));
        var row = (await reader.Get<ListReminders>().Handle(new(Day: PromiseDay.Overdue), Ct)).Value.Items.Single();
        Assert.Equal((id, "High bill", "Ana Ruiz", "Bea Long"), (row.ContactId, row.About, row.Who, row.AddressedTo));
    }

    [Theory, BothDatabases]
    public async Task Pages_follow_the_key_either_way_round_and_miss_nothing(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        var id = await KeepingContactsTests.Recorded(house, given);
        for (var i = 0; i < 7; i++)
            await Promise(house, id, i / 3, employee: given.Employee, text: $"p{i}");
        foreach (var (sort, expected) in new[] { ("due", "p0 p1 p2 p3 p4 p5 p6"), ("-due", "p6 p5 p4 p3 p2 p1 p0") })
        {
            var seen = new List<string>();
            string? after = null;
            do
            {
                await using var scope = house.As(Actors.Of(Roles.Csr, given.Employee));
                var page = (await scope.Get<ListReminders>().Handle(new(Sort: sort, After: after, Size: 2), Ct)).Value;
                seen.AddRange(page.Items.Select(r => r.Text));
                after = page.Next;
            }
            while (after is not null);
            Assert.Equal(expected, string.Join(' ', seen));
        }
    }

    [Theory, BothDatabases]
    public async Task Page_and_API_show_them_to_those_who_see_contacts(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await Promise(house, await KeepingContactsTests.Recorded(house, given), 0, employee: given.Employee, text: "call <b>back</b>");
        var bea = await house.SignedIn(Roles.Csr, given.Employee);
        Assert.Contains("call &lt;b&gt;back&lt;/b&gt;", await bea.GetStringAsync("/reminders?day=Today"), StringComparison.Ordinal);
        Assert.DoesNotContain("call &lt;b&gt;", await bea.GetStringAsync("/reminders?scope=Roles"), StringComparison.Ordinal);
        Assert.Equal("call <b>back</b>", Assert.Single((await bea.GetFromJsonAsync<Page<PromiseRow>>("/api/v1/reminders?scope=All&size=5"))!.Items).Text);
        var operatorOnly = await house.SignedIn(Roles.Operator, given.Employee);
        Assert.Equal(HttpStatusCode.Forbidden, (await operatorOnly.GetAsync("/reminders")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await operatorOnly.GetAsync("/api/v1/reminders")).StatusCode);
    }

    private static async Task<long> Promise(TestHouse house, long contactId, int days, long? employee = null, long? role = null, string? text = null)
    {
        await using var scope = house.As(Roles.Csr);
        var day = (await scope.Get<IUtilityClock>().Today(Ct)).AddDays(days);
        var added = await scope.Get<AddReminder>().Handle(new(contactId, new(day, EmployeeId: employee, RoleId: role, Text: text)), Ct);
        Assert.True(added.Ok, added.ToString());
        return added.Value.ReminderId!.Value;
    }

    private static async Task<long> OtherRole(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        var role = new ToDoRole(scope.Db.NextId(), "T-OTHER", "Others", "");
        scope.Db.Add(role);
        await scope.Db.SaveChangesAsync(Ct);
        return role.Id;
    }

    private static async Task<List<string>> Texts(TestHouse house, Given given, ListReminders.Input input)
    {
        await using var scope = house.As(Actors.Of(Roles.Csr, given.Employee));
        return (await scope.Get<ListReminders>().Handle(input, Ct)).Value.Items.Select(r => r.Text).ToList();
    }
}

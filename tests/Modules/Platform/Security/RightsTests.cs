using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Security;

/// <summary>Who may what, through which role, since when and until when.</summary>
public sealed class RightsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task A_role_with_days_gives_its_rights_on_those_days_only(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var (ada, bea) = (await SignInTests.Add(house, "ada", Roles.TechnicalAdministrator), await SignInTests.Add(house, "bea", Roles.Csr));
        DateOnly today;
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            today = await scope.Get<IUtilityClock>().Today(Token);
            var change = scope.Get<ChangeUser>();
            async Task<string> Rule(ChangeUser.Input input) => (await change.Handle(input, Token)).Problems.FirstOrDefault()?.Rule ?? "ok";
            Assert.Equal("role.days.role", await Rule(new(bea, null, "Bea", [Roles.Csr], true, [new(Roles.Supervisor, today)])));
            Assert.Equal("date.order", await Rule(new(bea, null, "Bea", [Roles.Csr], true, [new(Roles.Csr, today, today.AddDays(-1))])));
            // Whoever is the last must not lose the role while nobody looks.
            Assert.Equal("user.last_administrator", await Rule(new(ada, null, "Ada", [Roles.TechnicalAdministrator], true, [new(Roles.TechnicalAdministrator, null, today.AddDays(30))])));
            Assert.Equal("user.last_administrator", await Rule(new(ada, null, "Ada", [Roles.TechnicalAdministrator], true, [new(Roles.TechnicalAdministrator, today.AddDays(1))])));
            Assert.Equal("ok", await Rule(new(bea, null, "Bea", [Roles.Csr, Roles.Supervisor], true, [new(Roles.Supervisor, today.AddDays(1), today.AddDays(1))])));
            // Whoever does not speak of days leaves them as they are.
            Assert.Equal("ok", await Rule(new(bea, null, "Bea Long", [Roles.Csr, Roles.Supervisor], true)));
        }
        Assert.False(await May());
        house.Clock.Advance(TimeSpan.FromDays(1));
        Assert.True(await May());
        house.Clock.Advance(TimeSpan.FromDays(1));
        Assert.False(await May());
        await using (var scope = house.As(Roles.TechnicalAdministrator))
            Assert.True((await scope.Get<ChangeUser>().Handle(new(bea, null, "Bea Long", [Roles.Csr, Roles.Supervisor], true, []), Token)).Ok);
        Assert.True(await May());
        await using var after = house.As(Roles.TechnicalAdministrator);
        // Which role it was stands in the history, too.
        var history = await after.Get<IAuditTrail>().Of(new("user_account", bea), 20, null, Token);
        Assert.Contains(history, e => e is { Action: "changed", Changes: { } said } && said.Contains("\"Role\":\"supervisor\"", StringComparison.Ordinal) && said.Contains("ToOn", StringComparison.Ordinal));

        async Task<bool> May()
        {
            await using var scope = house.As(Actor.Process("test"));
            var signedIn = await scope.Get<Sessions>().Find(await scope.Get<Sessions>().Open(bea, "test", Token), Token);
            Assert.True(signedIn!.Actor.May("contacts.record"));
            return signedIn.Actor.May(PlatformPermissions.ReadAudit);
        }
    }

    [Theory, BothDatabases]
    public async Task A_right_tells_who_has_it_since_when_and_who_decided_so(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var start = house.Clock.GetUtcNow().UtcDateTime;
        house.Clock.Advance(TimeSpan.FromHours(1));
        var browser = new Browser(house);
        await SignInTests.Add(house, "ada", Roles.TechnicalAdministrator);
        await using (var scope = house.As(Roles.TechnicalAdministrator))
            await scope.Get<AddUser>().Handle(new("bea", "Bea Long", [Roles.Csr, Roles.Supervisor]), Token);
        (await browser.SignIn("ada", SignInTests.Password)).Dispose();
        var before = await Grants();
        // Two of many are shown and changed; all others stay.
        using (var saved = await browser.Submit("/admin/rights?q=keys.", "form-change-rights", ("Grants", ChangeRights.Grant(Roles.Csr, PlatformPermissions.RotateKeys))))
            Assert.EndsWith("/admin/rights?q=keys.", saved.Headers.Location?.OriginalString, StringComparison.Ordinal);
        var after = await Grants();
        Assert.Equal([ChangeRights.Grant(Roles.Csr, PlatformPermissions.RotateKeys)], after.Except(before));
        Assert.All(before.Except(after), g => Assert.Contains("keys.", g, StringComparison.Ordinal));
        Assert.NotEmpty(before.Except(after));
        // What was ticked before the filter hid it goes along.
        var (given, taken) = (ChangeRights.Grant(Roles.Csr, PlatformPermissions.CarryConfiguration), after.First(g => g.StartsWith(Roles.Operator, StringComparison.Ordinal)));
        (await browser.Submit(
            "/admin/rights?q=keys.", "form-change-rights", ("Grants", ChangeRights.Grant(Roles.Csr, PlatformPermissions.RotateKeys)), (RightsPage.Unseen, $"+{given}"), (RightsPage.Unseen, $"-{taken}"))).Dispose();
        Assert.Equal(after.Append(given).Where(g => g != taken).Order(StringComparer.Ordinal), (await Grants()).Order(StringComparer.Ordinal));

        await using var admin = house.As(Actors.Of(Roles.TechnicalAdministrator));
        var right = (await admin.Get<GetRight>().Handle(new(PlatformPermissions.RotateKeys), Token)).Value;
        var role = Assert.Single(right.Roles);
        Assert.Equal((Roles.Csr, 1), (role.Role, role.People));
        Assert.True(role.Since >= start.AddHours(1), $"{role.Since}");
        Assert.Equal([(true, Roles.Csr, "Ada"), (false, Roles.TechnicalAdministrator, "Ada")], right.Changes!.Take(2).OrderByDescending(c => c.Granted).Select(c => (c.Granted, c.Role, c.By.Name)));
        var holders = (await admin.Get<ListHolders>().Handle(new(PlatformPermissions.RotateKeys, "long"), Token)).Value.Items;
        Assert.Equal(("bea", Roles.Csr), holders.Select(h => (h.UserName, h.Role)).Single());
        Assert.Equal(role.Since, holders[0].Since);
        // Through two roles she stands there twice; with ada it is not known when she was given the role, but when the role had the right.
        Assert.Equal([Roles.Csr, Roles.Supervisor], (await admin.Get<ListHolders>().Handle(new("contacts.record", "bea"), Token)).Value.Items.Select(h => h.Role));
        Assert.True((await admin.Get<ListHolders>().Handle(new(PlatformPermissions.ManageUsers, "ada"), Token)).Value.Items.Single().Since < start.AddMinutes(30));
        Assert.Equal("not_found", (await admin.Get<GetRight>().Handle(new("no.such"), Token)).Problems.Single().Rule);

        using (var page = await browser.Get($"/admin/rights/{PlatformPermissions.RotateKeys}"))
        {
            var html = await page.Content.ReadAsStringAsync(Token);
            Assert.Contains("Bea Long", html, StringComparison.Ordinal);
            Assert.Contains("Taken from", html, StringComparison.Ordinal);
        }
        using (var none = await browser.Get("/admin/rights/no.such"))
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using var csr = await house.SignedIn(Roles.Csr);
        using var refused = await csr.GetAsync($"/admin/rights/{PlatformPermissions.RotateKeys}", Token);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        async Task<HashSet<string>> Grants()
        {
            await using var scope = house.As(Actor.Process("test"));
            return [.. (await scope.Db.Set<RolePermission>().AsNoTracking().ToListAsync(Token)).Select(g => ChangeRights.Grant(g.Role, g.Permission))];
        }
    }
}

using System.Net;
using System.Net.Http.Json;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Security;

public sealed class AdminTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Without_the_right_page_and_API_answer_403_and_it_is_on_record(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var csr = await house.SignedIn(Roles.Csr);
        using var page = await csr.GetAsync("/admin/users", Token);
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Contains("You may not do that", await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var machine = await house.Machine(PlatformPermissions.ReadAudit);
        using var api = await machine.GetAsync("/api/v1/users", Token);
        Assert.Equal(HttpStatusCode.Forbidden, api.StatusCode);
        Assert.Equal("application/problem+json", api.Content.Headers.ContentType?.MediaType);
        await using var scope = house.As(Roles.TechnicalAdministrator);
        var denied = (await (await scope.Connection()).QueryAsync<string>("select actor from audit_entry where action = 'denied' order by id")).ToList();
        Assert.Collection(denied, first => Assert.StartsWith("Employee:", first, StringComparison.Ordinal), second => Assert.StartsWith("ApiKey:", second, StringComparison.Ordinal));
    }

    [Theory, BothDatabases]
    public async Task Every_admin_page_opens_for_an_administrator_and_not_for_others(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ana = await SignInTests.Add(house, "ana", Roles.Csr);
        using var admin = await house.SignedIn(Roles.TechnicalAdministrator);
        using var csr = await house.SignedIn(Roles.Csr);
        foreach (var path in (string[])["/admin/users", "/admin/users?q=an&role=csr&state=Active", "/admin/users/new", $"/admin/users/{ana}", "/admin/rights", "/admin/api-keys", "/admin/api-keys/new"])
        {
            using var opened = await admin.GetAsync(path, Token);
            Assert.True(opened.IsSuccessStatusCode, $"{path}: {opened.StatusCode}");
            using var refused = await csr.GetAsync(path, Token);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        using var missing = await admin.GetAsync("/admin/users/999999999999", Token);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var anonymous = house.Client();
        using var api = await anonymous.GetAsync("/api/v1/users", Token);
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
    }

    [Theory, BothDatabases]
    public async Task A_user_is_added_sets_a_password_by_the_link_once_and_signs_in(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        string link;
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            var added = await scope.Get<AddUser>().Handle(new("bo.li", "Bo Li", [Roles.Csr]), Token);
            link = added.Value.Link;
            Assert.Equal("user.name.taken", (await scope.Get<AddUser>().Handle(new("BO.LI", "Other", [Roles.Csr]), Token)).Problems[0].Rule);
            Assert.Equal("role.unknown", (await scope.Get<AddUser>().Handle(new("other", "Other", ["root"]), Token)).Problems[0].Rule);
        }
        var browser = new Browser(house);
        using (var looked = await browser.Get(link))
            Assert.Equal(HttpStatusCode.OK, looked.StatusCode);
        using (var weak = await browser.Submit(link, "form-set-up", ("Password", "short"), ("Again", "short")))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, weak.StatusCode);
        using (var set = await browser.Submit(link, "form-set-up", ("Password", "a sentence for Bo"), ("Again", "a sentence for Bo")))
            Assert.EndsWith("/sign-in?ready=1", set.Headers.Location?.OriginalString, StringComparison.Ordinal);
        using (var again = await browser.Get(link))
            Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        using var signedIn = await browser.SignIn("bo.li", "a sentence for Bo");
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
    }

    [Theory, BothDatabases]
    public async Task The_first_administrator_comes_by_a_link_that_ends_after_a_day(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var old = await Link(house);
        var link = await Link(house);
        var browser = new Browser(house);
        using (var replaced = await browser.Get(old))
            Assert.Equal(HttpStatusCode.NotFound, replaced.StatusCode);
        house.Clock.Advance(TimeSpan.FromHours(25));
        using (var late = await browser.Get(link))
            Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
        link = await Link(house);
        using (var set = await browser.Submit(link, "form-set-up", ("UserName", "ada"), ("DisplayName", "Ada"), ("Password", "the first sentence"), ("Again", "the first sentence")))
            Assert.EndsWith("/sign-in?ready=1", set.Headers.Location?.OriginalString, StringComparison.Ordinal);
        (await browser.SignIn("ada", "the first sentence")).Dispose();
        using var users = await browser.Get("/admin/users");
        Assert.Contains("Technical administrator, Business administrator", await users.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        // With an administrator in the house no link makes another first one.
        var late2 = await Link(house);
        using var refused = await browser.Submit(late2, "form-set-up", ("UserName", "eve"), ("DisplayName", "Eve"), ("Password", "the second sentence"), ("Again", "the second sentence"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Somebody_can_always_manage_users(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var ada = await SignInTests.Add(house, "ada", Roles.TechnicalAdministrator);
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            Assert.Equal("user.last_administrator", (await scope.Get<ChangeUser>().Handle(new(ada, null, "Ada", [Roles.Csr], Active: true), Token)).Problems[0].Rule);
            Assert.Equal("user.last_administrator", (await scope.Get<ChangeUser>().Handle(new(ada, null, "Ada", [Roles.TechnicalAdministrator], Active: false), Token)).Problems[0].Rule);
            var grid = (await scope.Get<ListRights>().Handle(new(), Token)).Value;
            var without = grid.Rights.SelectMany(r => r.Roles.Select(role => ChangeRights.Grant(role, r.Name)))
                .Where(g => g != ChangeRights.Grant(Roles.TechnicalAdministrator, PlatformPermissions.ManageUsers)).ToList();
            Assert.Equal("user.last_administrator", (await scope.Get<ChangeRights>().Handle(new(grid.Stamp, without), Token)).Problems[0].Rule);
            Assert.Equal("conflict", (await scope.Get<ChangeRights>().Handle(new("OLD", without), Token)).Problems[0].Rule);
        }
        var bob = await SignInTests.Add(house, "bob", Roles.BusinessAdministrator);
        // Each takes the other away at the same moment: one remains.
        await Task.WhenAll(Remove(house, ada), Remove(house, bob));
        await using var after = house.As(Roles.TechnicalAdministrator);
        Assert.Equal(1, await SetUpLinks.Administrators(after.Db, await after.Get<Tieline.Platform.Time.IUtilityClock>().Today(Token)).CountAsync(Token));
    }

    [Theory, BothDatabases]
    public async Task Taken_rights_work_from_the_next_request(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await SignInTests.Add(house, "ada", Roles.TechnicalAdministrator);
        using var supervisor = await house.SignedIn(Roles.BusinessAdministrator);
        using (var before = await supervisor.GetAsync("/admin/rights", Token))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            var grid = (await scope.Get<ListRights>().Handle(new(), Token)).Value;
            var fewer = grid.Rights.SelectMany(r => r.Roles.Select(role => ChangeRights.Grant(role, r.Name)))
                .Where(g => g != ChangeRights.Grant(Roles.BusinessAdministrator, PlatformPermissions.ManageRoles)).ToList();
            Assert.True((await scope.Get<ChangeRights>().Handle(new(grid.Stamp, fewer), Token)).Ok);
        }
        using var after = await supervisor.GetAsync("/admin/rights", Token);
        Assert.Equal(HttpStatusCode.Forbidden, after.StatusCode);
    }

    [Theory, BothDatabases]
    public async Task An_API_key_opens_what_it_was_made_for_until_it_ends(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var admin = await house.Machine(PlatformPermissions.ManageApiKeys, PlatformPermissions.ManageUsers);
        using (var notMine = await admin.PostAsJsonAsync("/api/v1/api-keys", new { name = "x", permissions = new[] { PlatformPermissions.ReadAudit } }, Token))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, notMine.StatusCode);
            Assert.Contains("right.not_yours", await notMine.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
        using var made = await admin.PostAsJsonAsync("/api/v1/api-keys", new { name = "robot", permissions = new[] { PlatformPermissions.ManageUsers }, expiresInDays = 2 }, Token);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var created = (await made.Content.ReadFromJsonAsync<CreateApiKey.Created>(Token))!;
        using var robot = house.Client();
        robot.DefaultRequestHeaders.Authorization = new("Bearer", created.Key);
        Assert.Equal(HttpStatusCode.OK, await Status(robot, "/api/v1/users"));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(robot, "/api/v1/api-keys"));
        house.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(robot, "/api/v1/users"));
        house.Clock.Advance(TimeSpan.FromDays(-3));
        using (var revoked = await admin.PostAsJsonAsync("/api/v1/api-keys/revoke", new { id = created.Id }, Token))
            Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(robot, "/api/v1/users"));
        robot.DefaultRequestHeaders.Authorization = new("Bearer", created.Key[..^1] + "0");
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(robot, "/api/v1/users"));
    }

    [Theory, BothDatabases]
    public async Task Beyond_the_limit_the_answer_is_429_with_Retry_After(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<ISettings>().Set(RateLimits.ApiPerMinute, 5, Token);
            await scope.Db.SaveChangesAsync(Token);
        }
        using var machine = await house.Machine(PlatformPermissions.ManageUsers);
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, await Status(machine, "/api/v1/users"));
        using var tooMany = await machine.GetAsync("/api/v1/users", Token);
        Assert.Equal(HttpStatusCode.TooManyRequests, tooMany.StatusCode);
        Assert.InRange(tooMany.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("application/problem+json", tooMany.Content.Headers.ContentType?.MediaType);

        var browser = new Browser(house);
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await browser.SignIn("who", "wrong");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        }
        using var stopped = await browser.SignIn("who", "wrong");
        Assert.Equal(HttpStatusCode.TooManyRequests, stopped.StatusCode);
        Assert.Contains("A moment, please", await stopped.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var other = await browser.SignIn("somebody-else", "wrong");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Health_and_readiness_answer_without_signing_in(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        using var client = house.Client();
        Assert.Equal("ok", await client.GetStringAsync("/healthz", Token));
        Assert.Equal("ready", await client.GetStringAsync("/readyz", Token));
        await using (var scope = house.As(Actor.Process("test")))
            await (await scope.Connection()).ExecuteAsync("delete from schema_migration where key = 'Platform/0001_platform'");
        using var behind = await client.GetAsync("/readyz", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, behind.StatusCode);
        Assert.Equal("migrations are missing", await behind.Content.ReadAsStringAsync(Token));
    }

    [Theory, BothDatabases]
    public async Task A_database_that_is_newer_than_the_programme_is_refused(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var migrator = house.Services.GetRequiredService<Migrator>();
        Assert.Equal(0, await migrator.Run(Token));
        await using (var scope = house.As(Actor.Process("test")))
            await (await scope.Connection()).ExecuteAsync("insert into schema_migration (key, checksum, applied_at) values ('Customers/9999_later', '', '')");
        Assert.Contains("Customers/9999_later", (await Assert.ThrowsAsync<InvalidOperationException>(() => migrator.Run(Token))).Message, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> Status(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path, Token);
        return response.StatusCode;
    }

    private static async Task<string> Link(TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        var link = await scope.Get<SetUpLinks>().Create(null, Token);
        await scope.Db.SaveChangesAsync(Token);
        return link;
    }

    private static async Task Remove(TestHouse house, long user)
    {
        await using var scope = house.As(Roles.TechnicalAdministrator);
        await scope.Get<ChangeUser>().Handle(new(user, null, "Gone", [Roles.Csr], Active: true), Token);
    }
}

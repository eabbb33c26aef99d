using System.Net;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Audit;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Security;

public sealed class SignInTests
{
    internal const string Password = "a long enough sentence";

    [Theory, BothDatabases]
    public async Task Sign_in_opens_a_session_and_leads_back_within_the_house(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Add(house, "ana", Roles.Csr);
        var browser = new Browser(house);
        using (var turnedAway = await browser.Get("/account?x=1"))
            Assert.Equal("/sign-in?back=%2Faccount%3Fx%3D1", turnedAway.Headers.Location?.OriginalString);
        using (var signedIn = await browser.SignIn("ANA", Password, "/sign-in?back=%2Faccount"))
        {
            Assert.EndsWith("/account", signedIn.Headers.Location?.OriginalString, StringComparison.Ordinal);
            var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"), c => c.StartsWith("tieline_session=", StringComparison.Ordinal));
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        }
        using (var account = await browser.Get("/account"))
            Assert.Equal(HttpStatusCode.OK, account.StatusCode);
        var stray = new Browser(house);
        using var away = await stray.SignIn("ana", Password, "/sign-in?back=%2F%2Fevil.example%2F");
        Assert.DoesNotContain("evil", away.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Five_wrong_passwords_lock_and_an_administrator_unlocks(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var id = await Add(house, "ana", Roles.Csr);
        for (var i = 1; i <= 5; i++)
        {
            var outcome = await Try(house, "ana", "wrong");
            Assert.Equal(i < 5 ? "sign_in.wrong" : "sign_in.locked", outcome.Problems[0].Rule);
        }
        Assert.Equal("sign_in.locked", (await Try(house, "ana", Password)).Problems[0].Rule);
        await using (var scope = house.As(Roles.TechnicalAdministrator))
        {
            var locked = await scope.Get<ListUsers>().Handle(new(State: UserState.Locked), Token);
            Assert.Equal("ana", Assert.Single(locked.Value.Items).UserName);
            Assert.True((await scope.Get<UnlockUser>().Handle(new(id), Token)).Ok);
        }
        Assert.True((await Try(house, "ana", Password)).Ok);
    }

    [Theory, BothDatabases]
    public async Task Wrong_tries_at_the_same_moment_are_all_counted(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var id = await Add(house, "ana", Roles.Csr);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => Try(house, "ana", "wrong"))));
        await using var scope = house.As(Roles.TechnicalAdministrator);
        Assert.Equal(UserState.Locked, (await scope.Get<ListUsers>().One(id, Token))!.State);
    }

    [Theory, BothDatabases]
    public async Task A_name_that_does_not_exist_costs_a_hash_too_and_says_the_same(TestDatabase on)
    {
        var hasher = new CountingHasher();
        await using var house = await TestHouse.Open(on, services =>
            Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<Microsoft.AspNetCore.Identity.IPasswordHasher<UserAccount>>(services, hasher));
        await Add(house, "ana", Roles.Csr);
        hasher.Count = 0;
        var known = await Try(house, "ana", "wrong");
        Assert.Equal(1, hasher.Count);
        var unknown = await Try(house, "nobody", "wrong");
        Assert.Equal(2, hasher.Count);
        Assert.Equal(known.Problems, unknown.Problems);
    }

    [Theory, BothDatabases]
    public async Task An_ended_session_is_refused_at_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var id = await Add(house, "ana", Roles.Csr);
        var here = new Browser(house);
        var there = new Browser(house);
        (await here.SignIn("ana", Password)).Dispose();
        (await there.SignIn("ana", Password)).Dispose();
        var other = Sessions.Hash(there.Cookies["tieline_session"]);
        using (var ended = await here.Submit("/account", $"end-{other[..12]}"))
            Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        using (var refused = await there.Get("/account"))
            Assert.Equal("/sign-in?back=%2Faccount", refused.Headers.Location?.OriginalString);
        using (var stillHere = await here.Get("/account"))
            Assert.Equal(HttpStatusCode.OK, stillHere.StatusCode);
        // Deactivated: the last session ends too, and nobody signs in any more.
        await using (var scope = house.As(Roles.TechnicalAdministrator))
            Assert.True((await scope.Get<ChangeUser>().Handle(new(id, null, "Ana", [Roles.Csr], Active: false), Token)).Ok);
        using (var gone = await here.Get("/account"))
            Assert.Equal(HttpStatusCode.Redirect, gone.StatusCode);
        Assert.Equal("sign_in.wrong", (await Try(house, "ana", Password)).Problems[0].Rule);
    }

    [Theory, BothDatabases]
    public async Task Signing_out_needs_the_form_and_ends_the_session(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Add(house, "ana", Roles.Csr);
        var browser = new Browser(house);
        (await browser.SignIn("ana", Password)).Dispose();
        var cookie = browser.Cookies["tieline_session"];
        using (var forged = await browser.Post("/sign-out"))
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using (var page = await browser.Get("/account"))
        {
            var html = await page.Content.ReadAsStringAsync(Token);
            var token = html.Split("__RequestVerificationToken\" value=\"")[1].Split('"')[0];
            using var left = await browser.Post("/sign-out", ("__RequestVerificationToken", token));
            Assert.Equal("/sign-in", left.Headers.Location?.OriginalString);
        }
        Assert.DoesNotContain("tieline_session", browser.Cookies.Keys);
        await using var scope = house.As(Roles.Csr);
        Assert.Null(await scope.Get<Sessions>().Find(cookie, Token));
    }

    [Theory, BothDatabases]
    public async Task Demonstration_users_are_refused_from_other_machines(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<IDemoUsers>().Create("csr", Roles.Csr, 7, "Cora Reyes", Token);
            await scope.Get<IDemoUsers>().Create("CSR", Roles.Csr, 8, "Somebody else", Token);
            await scope.Get<ISettings>().Set(Demonstration.AsOf, "2026-01-01", Token);
            await scope.Db.SaveChangesAsync(Token);
            Assert.Equal(("csr", "Cora Reyes"), Assert.Single(await scope.Get<DemoUsers>().All(Token)) is var made ? (made.UserName, made.DisplayName) : default);
        }
        var near = new Browser(house);
        using (var page = await near.Get("/sign-in"))
            Assert.Contains(DemoUsers.Password, await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using (var signedIn = await near.SignIn("csr", DemoUsers.Password))
            Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        var far = new Browser(house, "203.0.113.7");
        using (var page = await far.Get("/sign-in"))
            Assert.DoesNotContain(DemoUsers.Password, await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using (var refused = await far.SignIn("csr", DemoUsers.Password))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("only sign in on the machine itself", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
        // A stolen cookie does not help either.
        var client = house.Client();
        client.DefaultRequestHeaders.Add("Cookie", $"tieline_session={near.Cookies["tieline_session"]}");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        using var stolen = await client.GetAsync("/account", Token);
        Assert.Equal(HttpStatusCode.Redirect, stolen.StatusCode);
    }

    [Theory, BothDatabases]
    public async Task No_password_or_hash_lies_in_audit_or_answers(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var id = await Add(house, "ana", Roles.Csr);
        var browser = new Browser(house);
        (await browser.SignIn("ana", Password)).Dispose();
        using (var changed = await browser.Submit("/account", "form-change-password", ("Current", Password), ("Password", "another long sentence"), ("Again", "another long sentence")))
            Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        Assert.True((await Try(house, "ana", "another long sentence")).Ok);
        await using var scope = house.As(Roles.TechnicalAdministrator);
        var connection = await scope.Connection();
        var hash = await scope.Db.Set<UserAccount>().Where(u => u.Id == id).Select(u => u.PasswordHash!).SingleAsync(Token);
        var audit = string.Join('\n', await connection.QueryAsync<string>("select coalesce(changes, '') from audit_entry"));
        Assert.DoesNotContain(hash, audit, StringComparison.Ordinal);
        Assert.DoesNotContain("sentence", audit, StringComparison.Ordinal);
        Assert.Empty(await connection.QueryAsync<string>("select route from idempotency"));
        Assert.Contains(await scope.Get<IAuditTrail>().Of(new("user_account", id), 50, null, Token), e => e.Action == "signed-in");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static async Task<long> Add(TestHouse house, string name, params string[] roles)
    {
        await using var scope = house.As(Actor.Process("test"));
        var user = UserAccount.New(scope.Db.NextId(), name, char.ToUpperInvariant(name[0]) + name[1..], null);
        scope.Get<Passwords>().Set(user, Password);
        scope.Db.Add(user);
        scope.Db.AddRange(roles.Select(r => new UserRole { UserId = user.Id, Role = r }));
        await scope.Db.SaveChangesAsync(Token);
        return user.Id;
    }

    private static async Task<Tieline.Platform.Uses.Outcome<SignIn.Opened>> Try(TestHouse house, string name, string password)
    {
        await using var scope = house.As(Actor.Nobody);
        return await scope.Get<SignIn>().Handle(new(name, password), Token);
    }

    private sealed class CountingHasher : Microsoft.AspNetCore.Identity.PasswordHasher<UserAccount>
    {
        public int Count { get; set; }

        public override string HashPassword(UserAccount user, string password)
        {
            Count++;
            return base.HashPassword(user, password);
        }

        public override Microsoft.AspNetCore.Identity.PasswordVerificationResult VerifyHashedPassword(UserAccount user, string hashedPassword, string providedPassword)
        {
            Count++;
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}

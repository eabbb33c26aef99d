using System.Collections.Concurrent;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Tieline.Host;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Tests.Browser;
using Tieline.Tests.Support;

[assembly: AssemblyFixture(typeof(OpenHouse))]

namespace Tieline.Tests.Browser;

/// <summary>
/// A Tieline that answers on a port of this machine, with a small town in it and its workers at work, and the browser before it. All
/// tests share it, so each has people of its own: an employee who signs in, and a customer.
/// </summary>
public sealed class OpenHouse : IAsyncLifetime
{
    /// <summary>Milliseconds until what does not come is said to be missing; on a busy machine everything takes long.</summary>
    private const int Patience = 120_000;

    public const int Width = 1440;
    public const int Height = 900;

    private const int People = 300;
    private const int Employees = 120;

    private readonly string directory = Directory.CreateTempSubdirectory("tieline-browser-").FullName;
    private WebApplication app = null!;
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;
    private ConcurrentQueue<Customer> customers = [];
    private ConcurrentQueue<(long Id, string Name)> colleagues = [];

    public string Address { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = House.Build(new NodeOptions(directory, Durable: false));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = House.Map(builder.Build());
        await House.Prepare(app.Services, CancellationToken.None);
        await LoadTown();
        await Examples.Make(this);
        await app.StartAsync(CancellationToken.None);
        Address = app.Urls.First();
        Assertions.SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("TIELINE_CHROMIUM") ?? "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.CloseAsync();
        playwright?.Dispose();
        if (app is not null)
            await app.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>A unit of work beside the browser: what a test looks up or brings about.</summary>
    public TestScope As(string role)
    {
        var scope = app.Services.CreateAsyncScope();
        var current = scope.ServiceProvider.GetRequiredService<CurrentActor>();
        (current.Actor, current.Source) = (Actors.Of(role), "test");
        return new TestScope(scope);
    }

    public async Task<T?> Ask<T>(string sql, object? values = null)
    {
        await using var scope = As(Roles.Supervisor);
        return await (await scope.Connection()).ExecuteScalarAsync<T>(sql, values);
    }

    /// <summary>A browser of its own: cookies, drafts and tabs are shared with no other test.</summary>
    public async Task<IBrowserContext> Browser()
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = Address, ViewportSize = new() { Width = Width, Height = Height }, Locale = "en-US", TimezoneId = DemoPlaces.TimeZone,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Patience);
        return context;
    }

    /// <summary>A browser in which a new colleague is signed in.</summary>
    public async Task<(IBrowserContext Browser, Colleague Colleague)> SignedIn(params string[] roles)
    {
        var colleague = await Hire(roles);
        await using var scope = As(Roles.TechnicalAdministrator);
        var cookie = await scope.Get<Sessions>().Open(colleague.UserId, "test", CancellationToken.None);
        var context = await Browser();
        await context.AddCookiesAsync([new() { Name = Sessions.Cookie, Value = cookie, Url = Address }]);
        return (context, colleague);
    }

    /// <summary>Gives an employee whom no other test has a sign-in with these roles.</summary>
    public async Task<Colleague> Hire(params string[] roles)
    {
        var (employeeId, name) = Next(colleagues);
        await using var scope = As(Roles.TechnicalAdministrator);
        var userName = $"colleague-{employeeId}";
        await scope.Get<IDemoUsers>().Create(userName, roles[0], employeeId, name, CancellationToken.None);
        await scope.Db.SaveChangesAsync(CancellationToken.None);
        var user = await scope.Db.Set<UserAccount>().SingleAsync(u => u.UserName == userName);
        foreach (var role in roles.Skip(1))
            scope.Db.Add(new UserRole { UserId = user.Id, Role = role });
        await scope.Db.SaveChangesAsync(CancellationToken.None);
        return new Colleague(user.Id, employeeId, userName, DemoUsers.Password, name);
    }

    /// <summary>All sessions of somebody end, as if an administrator had done it.</summary>
    public async Task EndSessions(Colleague colleague)
    {
        await using var scope = As(Roles.TechnicalAdministrator);
        await scope.Get<Sessions>().EndAll(colleague.UserId, null, CancellationToken.None);
        await scope.Db.SaveChangesAsync(CancellationToken.None);
    }

    /// <summary>Somebody of the town whom no other test touches, with one account.</summary>
    public Customer NextCustomer() => Next(customers);

    /// <summary>How often a text was stored as what was said in a contact.</summary>
    public Task<long> Recorded(string comment) => Ask<long>("select count(*) from contact_log where kind = 'Comment' and body = @comment", new { comment });

    private async Task LoadTown()
    {
        await using var scope = As(Roles.TechnicalAdministrator);
        // As at a start: the town is brought by nobody of it.
        scope.Get<CurrentActor>().Actor = Actor.Process("demonstration");
        var db = scope.Db;
        var settings = scope.Get<ISettings>();
        await SmallTown.Begin(scope, CancellationToken.None);
        await settings.Set(RateLimits.PagesPerMinute, 1_000_000, CancellationToken.None);
        await db.SaveChangesAsync(CancellationToken.None);
        var today = await scope.Get<Platform.Time.IUtilityClock>().Today(CancellationToken.None);
        var plan = new DemoPlan(today, People, Employees);
        foreach (var part in scope.Get<IEnumerable<IDemoData>>().OrderBy(d => d.Order))
        {
            await db.InTransaction(async () =>
            {
                await part.Load(plan, new Progress<string>(), CancellationToken.None);
                return await db.SaveChangesAsync(CancellationToken.None);
            }, CancellationToken.None);
        }
        await scope.Get<Dialect>().Analyze(CancellationToken.None);
        var connection = await scope.Connection();
        customers = new(await connection.QueryAsync<Customer>("""
            select p.id as Id, n.full_name as Name, min(a.number) as Account
            from person p
            join person_name n on n.person_id = p.id and n.kind = 'Main' and n.to_on is null
            join account_person m on m.person_id = p.id and m.to_on is null
            join account a on a.id = m.account_id and a.status = 'Active'
            where p.kind = 'Individual' and p.restriction = 'None' and not exists (select 1 from person_name o where o.full_name = n.full_name and o.person_id <> p.id)
            group by p.id, n.full_name
            having count(*) = 1
            order by p.id
            """));
        // Never away and without a sign-in: what they find to do is what a test gave them.
        colleagues = new(await connection.QueryAsync<(long, string)>("""
            select e.id, e.name from employee e
            where e.left_on is null and not exists (select 1 from employee o where o.name_key = e.name_key and o.id <> e.id)
                and not exists (select 1 from user_account u where u.employee_id = e.id) and not exists (select 1 from absence a where a.employee_id = e.id)
            order by e.id
            """));
    }

    private static T Next<T>(ConcurrentQueue<T> from) =>
        from.TryDequeue(out var next) ? next : throw new InvalidOperationException($"The town has no {typeof(T).Name} left; make it larger.");
}

public sealed record Colleague(long UserId, long EmployeeId, string UserName, string Password, string Name);

public sealed record Customer(long Id, string Name, string Account);

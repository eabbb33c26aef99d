using System.Diagnostics;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tieline.Billing.Demo;
using Tieline.Contacts.Demo;
using Tieline.Customers.Demo;
using Tieline.Customers.Duplicates;
using Tieline.Host;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;

namespace Tieline.Bench;

/// <summary>A Tieline in this process, without its doors open: it loads the world and makes keys and sessions for the clients.</summary>
internal sealed class LoadedHouse(WebApplication app, DemoPlan plan, DemoKeysOf keys) : IAsyncDisposable
{
    private const int PeopleRange = 5_000;
    private const int ContactRange = 10_000;

    public DemoPlan Plan => plan;
    public DemoWorld World { get; } = new(plan);
    public DemoKeysOf Keys => keys;

    /// <param name="loaders">How many ranges are loaded at once.</param>
    public static async Task<LoadedHouse> Load(NodeOptions node, DemoPlan plan, int loaders, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var app = Build(node);
        await House.Prepare(app.Services, ct);
        await InScope(app, Room("employees"));
        var customers = await InScope(app, scope => scope.GetRequiredService<IEnumerable<IDemoData>>().OfType<CustomersDemo>().Single().Begin(plan, ct));
        await Ranges(app, plan.People, PeopleRange, loaders, "people", (scope, from, to) =>
            scope.GetRequiredService<IEnumerable<IDemoData>>().OfType<CustomersDemo>().Single().LoadRange(customers, (int)from, (int)to, ct), ct);
        var contacts = await InScope(app, scope => scope.GetRequiredService<IEnumerable<IDemoData>>().OfType<ContactsDemo>().Single().Begin(plan, ct));
        await Ranges(app, plan.Contacts, ContactRange, loaders, "contacts", (scope, from, to) =>
            scope.GetRequiredService<IEnumerable<IDemoData>>().OfType<ContactsDemo>().Single().LoadRange(contacts, from, to, ct), ct);
        // How accounts stand; the bills of a million are not asked for here.
        await Ranges(app, plan.People, PeopleRange, loaders, "balances", (scope, from, to) =>
            scope.GetRequiredService<IEnumerable<IDemoData>>().OfType<BillingDemo>().Single().LoadRange(plan, customers.FirstAccount, (int)from, (int)to, bills: false, ct), ct);
        await InScope(app, Room("work"));
        var keys = new DemoKeysOf(customers.FirstPerson, customers.FirstAccount, customers.FirstPremise);
        await File.WriteAllTextAsync(Marker(node, plan), JsonSerializer.Serialize(keys), ct);
        Figures.Say($"  {plan.People:N0} people and {plan.Contacts:N0} contacts in {watch.Elapsed.TotalSeconds:0} s");
        return new LoadedHouse(app, plan, keys);

        Func<IServiceProvider, Task<bool>> Room(string name) => async scope =>
        {
            await scope.GetServices<IDemoData>().Single(d => d.Name == name).Load(plan, new Progress<string>(), ct);
            return true;
        };
    }

    /// <summary>The world that an earlier run has loaded and kept, or null.</summary>
    public static async Task<LoadedHouse?> Before(NodeOptions node, DemoPlan plan)
    {
        if (!File.Exists(Marker(node, plan)))
            return null;
        var app = Build(node);
        await House.Prepare(app.Services, CancellationToken.None);
        return new LoadedHouse(app, plan, JsonSerializer.Deserialize<DemoKeysOf>(await File.ReadAllTextAsync(Marker(node, plan)))!);
    }

    private static string Marker(NodeOptions node, DemoPlan plan) => Path.Combine(node.DataDirectory, $"loaded-{plan.People}.json");

    /// <summary>Makes the tables of an empty database.</summary>
    public static async Task Prepare(NodeOptions node, CancellationToken ct)
    {
        await using var app = Build(node);
        await House.Prepare(app.Services, ct);
    }

    public Task Analyze(CancellationToken ct) => app.Services.GetRequiredService<Dialect>().Analyze(ct);

    /// <summary>What a client needs to come in: a machine's key and the cookie of a representative. Limits on the rate of requests are lifted.</summary>
    public Task<(string ApiKey, string Cookie)> Admit(CancellationToken ct) => InScope(app, async scope =>
    {
        var db = scope.GetRequiredService<AppDb>();
        await LiftLimits(scope, ct);
        var key = scope.GetRequiredService<ApiKeys>().Create("bench", House.Modules.Modules.SelectMany(m => m.Permissions).Select(p => p.Name), null);
        await db.SaveChangesAsync(ct);
        var user = await db.Set<UserAccount>().Where(u => u.UserName == "csr").Select(u => u.Id).SingleAsync(ct);
        return (key, await scope.GetRequiredService<Sessions>().Open(user, "bench", ct));
    });

    /// <summary>Twice as many representatives as desks, signed in. Limits on the rate of requests are lifted.</summary>
    public Task<DeskTeam> Staff(int desks, CancellationToken ct) => InScope(app, async scope =>
    {
        var db = scope.GetRequiredService<AppDb>();
        var sessions = scope.GetRequiredService<Sessions>();
        await LiftLimits(scope, ct);
        var (connection, transaction) = await db.Sql(ct);
        var today = await scope.GetRequiredService<IUtilityClock>().Today(ct);
        var employees = (await connection.QueryAsync<(long Id, string Name)>(new CommandDefinition("""
            select e.id, e.name from employee e
            where e.left_on is null and not exists (select 1 from user_account u where u.employee_id = e.id and u.user_name not like 'desk%')
                and not exists (select 1 from absence a where a.employee_id = e.id and a.cancelled_at is null and a.from_on <= @today and a.to_on >= @today)
            order by e.id limit @count
            """, new { today, count = 2 * desks }, transaction, cancellationToken: ct))).AsList();
        var staff = new List<DeskEmployee>();
        foreach (var (id, name) in employees)
        {
            var user = await db.Set<UserAccount>().SingleOrDefaultAsync(u => u.EmployeeId == id, ct);
            if (user is null)
            {
                db.Add(user = UserAccount.New(db.NextId(), $"desk{id}", name, id));
                db.Add(new UserRole { UserId = user.Id, Role = Roles.Csr });
            }
            staff.Add(new DeskEmployee(id, await sessions.Open(user.Id, "bench", ct)));
        }
        var closed = await connection.QueryAsync<long>(new CommandDefinition("select id from person where restriction <> 'None'", transaction: transaction, cancellationToken: ct));
        return new DeskTeam([.. staff.Take(desks)], [.. staff.Skip(desks)], closed.ToHashSet(), today.AddDays(3));
    });

    private static async Task LiftLimits(IServiceProvider scope, CancellationToken ct)
    {
        var settings = scope.GetRequiredService<ISettings>();
        await settings.Set(new SettingKey<int>("limits.api_per_minute", 0, ""), 100_000_000, ct);
        await settings.Set(new SettingKey<int>("limits.pages_per_minute", 0, ""), 100_000_000, ct);
    }

    /// <summary>One chunk of the duplicate finder, in a transaction of its own.</summary>
    public Task<(long Position, bool Last, int Records, int Compared, int Found)> LookForDuplicates(long position, int records, CancellationToken ct) => InScope(app, async scope =>
    {
        var db = scope.GetRequiredService<AppDb>();
        return await db.InTransaction(async () =>
        {
            var upTo = await FindDuplicates.Next(db, new(position, Records: records), ct);
            if (upTo.Count == 0)
                return (position, true, 0, 0, 0);
            var found = await scope.GetRequiredService<DuplicateFinder>().Look(position, upTo[^1], ct);
            return (upTo[^1], upTo.Count < records, found.Records, found.Compared, found.Found);
        }, ct);
    });

    /// <summary>Runs something here as a representative with all rights of the desk, in a scope of its own as a request has it.</summary>
    public async Task AsRepresentative(Func<IServiceProvider, Task> work)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var actor = scope.ServiceProvider.GetRequiredService<CurrentActor>();
        var rights = House.Modules.Modules.SelectMany(m => m.Permissions).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        (actor.Actor, actor.Source) = (new Actor(ActorKind.Employee, 1, "bench", rights), "bench");
        await work(scope.ServiceProvider);
    }

    /// <summary>Runs a search here, so that its statements can be listened to.</summary>
    public Task<SearchResult> Find(string typed, int size, CancellationToken ct) => InScope(app, scope => scope.GetRequiredService<ISearch>().Find(typed, null, size, ct));

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static WebApplication Build(NodeOptions node)
    {
        var builder = House.Build(node with { Workers = false });
        builder.Logging.ClearProviders();
        if (node.Database is { } postgres)
            builder.Services.AddSingleton<Dialect>(_ => new Platform.Data.Postgres.PostgresDialect(postgres, SearchStatements.Listen));
        return builder.Build();
    }

    private static async Task Ranges(
        WebApplication app, long count, int size, int loaders, string what, Func<IServiceProvider, long, long, Task> load, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        var done = 0L;
        var ranges = Enumerable.Range(0, (int)((count + size - 1) / size)).Select(i => (long)i * size);
        await Parallel.ForEachAsync(ranges, new ParallelOptions { MaxDegreeOfParallelism = loaders, CancellationToken = ct }, async (from, _) =>
        {
            var to = Math.Min(from + size, count);
            await Again(app, scope => load(scope, from, to));
            var now = Interlocked.Add(ref done, to - from);
            if (now * 10 / count != (now - (to - from)) * 10 / count)
                Figures.Say($"  {now:N0} of {count:N0} {what}, {now / watch.Elapsed.TotalSeconds:N0}/s");
        });
    }

    /// <summary>Two loaders that learn the same words may stand in each other's way.</summary>
    private static async Task Again(WebApplication app, Func<IServiceProvider, Task> load)
    {
        var dialect = app.Services.GetRequiredService<Dialect>();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await InScope(app, async scope =>
                {
                    await load(scope);
                    return true;
                });
                return;
            }
            catch (Exception exception) when (attempt < 20 && dialect.IsTransient(exception))
            {
                await Task.Delay(attempt * 50);
            }
        }
    }

    private static async Task<T> InScope<T>(WebApplication app, Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var actor = scope.ServiceProvider.GetRequiredService<CurrentActor>();
        (actor.Actor, actor.Source) = (Actor.Process("bench"), "bench");
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        return await db.InTransaction(async () =>
        {
            var result = await work(scope.ServiceProvider);
            await db.SaveChangesAsync(CancellationToken.None);
            return result;
        }, CancellationToken.None);
    }
}

/// <summary>Person i has the key <c>FirstPerson</c> + i, and so on.</summary>
internal sealed record DemoKeysOf(long FirstPerson, long FirstAccount, long FirstPremise);

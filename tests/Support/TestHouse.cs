using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tieline.Host;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;

namespace Tieline.Tests.Support;

/// <summary>A whole Tieline on a database of its own, in this process. Workers run only when a test says so.</summary>
public sealed class TestHouse : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> SqliteTemplate = new(MakeSqliteTemplate);
    private static readonly Lazy<Task<string>> PostgresTemplate = new(MakePostgresTemplate);

    private readonly WebApplication app;
    private readonly Lazy<TestServer> server;
    private readonly string directory;
    private readonly string? database;
    private readonly bool guest;

    private TestHouse(WebApplication app, TestClock clock, string directory, string? database, bool guest)
    {
        (this.app, Clock, this.directory, this.database, this.guest) = (app, clock, directory, database, guest);
        server = new(Serve);
    }

    public TestClock Clock { get; }
    public IServiceProvider Services => app.Services;
    internal SqliteStatements Statements => app.Services.GetRequiredService<SqliteStatements>();

    /// <summary>Connection string of the PostgreSQL database; null on SQLite.</summary>
    public string? Database => database;
    public string Directory => directory;

    public static async Task<TestHouse> Open(TestDatabase on, Action<IServiceCollection>? configure = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("tieline-test-").FullName;
        string? database = null;
        if (on == TestDatabase.Sqlite)
            File.Copy(await SqliteTemplate.Value, Path.Combine(directory, "tieline.db"));
        else
            database = await CopyTemplate(await PostgresTemplate.Value);
        return Build(directory, database, configure);
    }

    /// <summary>On SQLite in a folder of the test's own.</summary>
    public static async Task<TestHouse> OpenIn(string folder)
    {
        File.Copy(await SqliteTemplate.Value, Path.Combine(folder, "tieline.db"));
        return Build(folder, null, null);
    }

    /// <summary>On a PostgreSQL server of the test's own, which may stop it.</summary>
    /// <param name="folder">Where the tables are to lie; with the server's when null.</param>
    public static async Task<TestHouse> OpenOn(string server, string? folder = null)
    {
        var name = $"test_{Guid.NewGuid():N}";
        await using (var connection = new NpgsqlConnection(server))
        {
            if (folder is not null)
                await connection.ExecuteAsync($"create tablespace \"{name}\" location '{folder}'");
            await connection.ExecuteAsync($"create database \"{name}\" tablespace {(folder is null ? "pg_default" : $"\"{name}\"")}");
        }
        var house = Build(System.IO.Directory.CreateTempSubdirectory("tieline-test-").FullName, new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = Connections }.ToString(), null, guest: true);
        await Prepare(house);
        return house;
    }

    /// <summary>Another node on the same database (PostgreSQL). Dispose it first.</summary>
    public TestHouse Beside(Action<IServiceCollection>? configure = null) =>
        Build(System.IO.Directory.CreateTempSubdirectory("tieline-test-").FullName, database ?? throw new InvalidOperationException("SQLite has one node."), configure, guest: true);

    /// <summary>A scope in which <paramref name="actor"/> acts. Dispose it.</summary>
    public TestScope As(Actor actor)
    {
        var scope = app.Services.CreateAsyncScope();
        var current = scope.ServiceProvider.GetRequiredService<CurrentActor>();
        current.Actor = actor;
        current.Source = "test";
        return new TestScope(scope);
    }

    public TestScope As(string role) => As(Actors.Of(role));

    /// <summary>Runs everything that is due until nothing is.</summary>
    /// <returns>How many jobs ran.</returns>
    public async Task<int> RunJobs()
    {
        var worker = app.Services.GetRequiredService<JobWorker>();
        var total = 0;
        while (true)
        {
            await CatchUp();
            if (await worker.RunDue(CancellationToken.None) is var ran and > 0)
                total += ran;
            else
                return total;
        }
    }

    /// <summary>Claims go by the database's clock: what is due by the clock of the test is made due by that one.</summary>
    private async Task CatchUp()
    {
        var dialect = app.Services.GetRequiredService<Dialect>();
        await using var connection = await dialect.Open(CancellationToken.None);
        await connection.ExecuteAsync($"update job set run_at = {dialect.Now} where state = 'Waiting' and run_at > {dialect.Now} and run_at <= @now", new { now = Clock.GetUtcNow().UtcDateTime });
    }

    /// <summary>As if their hour had come: waiting jobs of a kind are due, and since so long that nobody waits for a newer node.</summary>
    public async Task MakeDue(string kind)
    {
        await using var connection = await app.Services.GetRequiredService<Dialect>().Open(CancellationToken.None);
        await connection.ExecuteAsync("update job set run_at = @at where kind = @kind and state = 'Waiting'", new { kind, at = Clock.GetUtcNow().UtcDateTime.AddDays(-2) });
    }

    /// <summary>A browser without a session.</summary>
    public HttpClient Client() => server.Value.CreateClient();

    /// <summary>A browser of an employee who holds a role.</summary>
    public async Task<HttpClient> SignedIn(string role, long employeeId = 1)
    {
        var user = await User(role, employeeId);
        await using var scope = As(Actor.Process("test"));
        var cookie = await scope.Get<Sessions>().Open(user, "test", CancellationToken.None);
        var client = Client();
        client.DefaultRequestHeaders.Add("Cookie", $"{Sessions.Cookie}={cookie}");
        return client;
    }

    /// <summary>An employee who holds a role can sign in.</summary>
    /// <returns>The user's key.</returns>
    public async Task<long> User(string role, long employeeId)
    {
        await using var scope = As(Actor.Process("test"));
        var db = scope.Get<AppDb>();
        var user = new UserAccount
        {
            Id = db.NextId(), UserName = $"{role}-{Guid.NewGuid():N}", DisplayName = $"Test {role}", EmployeeId = employeeId, SecurityStamp = "test",
        };
        user.NormalizedUserName = user.UserName.ToUpperInvariant();
        db.Add(user);
        db.Add(new UserRole { UserId = user.Id, Role = role });
        var known = (await (await scope.Connection()).QueryAsync<string>("select permission from role_permission where role = @role", new { role })).ToHashSet();
        foreach (var permission in Actors.PermissionsOf(role).Where(p => !known.Contains(p)))
            db.Add(new RolePermission { Role = role, Permission = permission });
        await db.SaveChangesAsync(CancellationToken.None);
        return user.Id;
    }

    /// <summary>A machine with all the rights of a role.</summary>
    public Task<HttpClient> SignedInApi(string role) => Machine([.. Actors.PermissionsOf(role)]);

    /// <summary>A machine with an API key.</summary>
    public async Task<HttpClient> Machine(params string[] permissions)
    {
        var client = Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", await ApiKey(permissions));
        return client;
    }

    public async Task<string> ApiKey(params string[] permissions)
    {
        await using var scope = As(Actor.Process("test"));
        var key = scope.Get<ApiKeys>().Create($"test {Convert.ToHexString(RandomNumberGenerator.GetBytes(3))}", permissions, null);
        await scope.Get<AppDb>().SaveChangesAsync(CancellationToken.None);
        return key;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        if (database is not null && !guest)
        {
            NpgsqlConnection.ClearPool(new NpgsqlConnection(database));
            await using var server = new NpgsqlConnection(TestPostgres.ConnectionString);
            await server.ExecuteAsync($"drop database if exists \"{new NpgsqlConnectionStringBuilder(database).Database}\" with (force)");
        }
        System.IO.Directory.Delete(directory, recursive: true);
    }

    /// <summary>Half of what a house costs are its hundreds of routes: they are there from the first browser on.</summary>
    private TestServer Serve()
    {
        House.Map(app);
        Task.Run(() => app.StartAsync(CancellationToken.None)).GetAwaiter().GetResult();
        return app.GetTestServer();
    }

    private static TestHouse Build(string directory, string? database, Action<IServiceCollection>? configure, bool guest = false)
    {
        var clock = new TestClock();
        var builder = House.Build(new NodeOptions(directory, database, Durable: false, Workers: false));
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(MasterKey.FromBytes(new byte[32]));
        builder.Services.AddSingleton<SqliteStatements>();
        builder.Services.ConfigureDbContext<AppDb>((provider, options) => options.AddInterceptors(provider.GetRequiredService<SqliteStatements>()), ServiceLifetime.Singleton);
        configure?.Invoke(builder.Services);
        return new TestHouse(builder.Build(), clock, directory, database, guest);
    }

    private static async Task<string> MakeSqliteTemplate()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("tieline-template-").FullName;
        var file = Path.Combine(directory, "tieline.db");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(directory, recursive: true);
        var house = Build(directory, null, null);
        await Prepare(house);
        await house.app.DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
            await connection.ExecuteAsync("pragma wal_checkpoint(truncate)");
        return file;
    }

    private static async Task<string> MakePostgresTemplate()
    {
        var name = $"template_{Guid.NewGuid():N}";
        await using (var server = new NpgsqlConnection(TestPostgres.ConnectionString))
            await server.ExecuteAsync($"create database \"{name}\"");
        var directory = System.IO.Directory.CreateTempSubdirectory("tieline-template-").FullName;
        var connection = new NpgsqlConnectionStringBuilder(TestPostgres.ConnectionString) { Database = name }.ToString();
        var house = Build(directory, connection, null);
        await Prepare(house);
        await house.app.DisposeAsync();
        System.IO.Directory.Delete(directory, recursive: true);
        return name;
    }

    private static async Task Prepare(TestHouse house) =>
        await House.Prepare(house.Services, CancellationToken.None);

    /// <summary>As many as a house on PostgreSQL holds at once, beside the few that it keeps for what is asked aside.</summary>
    public const int Connections = 20;

    private static async Task<string> CopyTemplate(string template)
    {
        var name = $"test_{Guid.NewGuid():N}";
        await using var server = new NpgsqlConnection(TestPostgres.ConnectionString);
        await server.ExecuteAsync($"create database \"{name}\" template \"{template}\" strategy file_copy");
        return new NpgsqlConnectionStringBuilder(TestPostgres.ConnectionString) { Database = name, MaxPoolSize = Connections }.ToString();
    }
}

/// <summary>One unit of work of a test, as a request would have it.</summary>
public sealed class TestScope(AsyncServiceScope scope) : IAsyncDisposable
{
    public T Get<T>() where T : notnull => scope.ServiceProvider.GetRequiredService<T>();

    public AppDb Db => Get<AppDb>();

    public async Task<System.Data.Common.DbConnection> Connection() => (await Db.Sql(CancellationToken.None)).Connection;

    /// <summary>How the database goes about a statement when it would rather follow an index than read all or sort, so that few rows will do.</summary>
    /// <param name="value">Stands for each of its parameters.</param>
    public async Task<string> Plan(string statement, long value)
    {
        var connection = await Connection();
        var postgres = connection is NpgsqlConnection;
        if (postgres)
            await connection.ExecuteAsync("set enable_seqscan = off; set enable_sort = off");
        var rows = await connection.QueryAsync($"explain {(postgres ? "" : "query plan ")}{Regex.Replace(statement, @"[@$]\w+", $"{value}")}");
        return string.Join('\n', rows.Select(row => string.Join(' ', ((IDictionary<string, object>)row).Values)));
    }

    /// <summary>What was asked for, of each look at the record that was kept.</summary>
    public async Task<IReadOnlyList<string?>> LooksAt(RecordRef subject) =>
        (await (await Connection()).QueryAsync<string?>("select query from look where subject = @subject", new { subject = subject.ToString() })).AsList();

    public ValueTask DisposeAsync() => scope.DisposeAsync();
}

/// <summary>People of the tests, with the rights their role has by default.</summary>
public static class Actors
{
    public static Actor Of(string role, long employeeId = 1) =>
        new(ActorKind.Employee, employeeId, $"Test {role}", PermissionsOf(role).ToHashSet(StringComparer.Ordinal));

    public static IEnumerable<string> PermissionsOf(string role) =>
        House.Modules.Modules.SelectMany(m => m.Permissions).Where(p => p.DefaultRoles.Contains(role)).Select(p => p.Name);
}

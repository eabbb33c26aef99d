using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.HttpOverrides;
using Tieline.Host.Observability;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Data.Postgres;
using Tieline.Platform.Data.Sqlite;
using Tieline.Platform.Jobs;
using Tieline.Platform.Live;
using Tieline.Platform.Maintenance;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Host;

/// <summary>Where a node lives and what it does.</summary>
/// <param name="DataDirectory">SQLite database, key file and master key; created when missing.</param>
/// <param name="Database">PostgreSQL connection string; null for SQLite in the data directory.</param>
/// <param name="Durable">False leaves out the wait for the disk (SQLite): tests only.</param>
/// <param name="Workers">Whether this node runs jobs.</param>
/// <param name="Serves">False for a command that runs in its own process: it answers no requests and keeps standard output to itself.</param>
public sealed record NodeOptions(string DataDirectory, string? Database = null, bool Durable = true, bool Workers = true, bool Serves = true);

/// <summary>Puts the rooms together: the one place that knows all of them.</summary>
internal static class House
{
    /// <summary>From the ground up; migrations run in this order.</summary>
    public static readonly ModuleList Modules = new([
        new PlatformModule(),
        new Organization.OrganizationModule(),
        new Customers.CustomersModule(),
        new ToDos.ToDosModule(),
        new Contacts.ContactsModule(),
        new Correspondence.CorrespondenceModule(),
        new Operations.OperationsModule(),
        new Billing.BillingModule(),
        new Desk.DeskModule(),
    ]);

    public static WebApplicationBuilder Build(NodeOptions node, string[]? settings = null)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Commands.DataFolder.Make(node.DataDirectory);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(House).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory, Args = settings ?? [],
        });
        // Otherwise style sheets are sent unpacked and hashed again at every request, as if somebody were editing them.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        // A proxy on this machine says for whom it asks; no other one is believed.
        builder.Services.Configure<ForwardedHeadersOptions>(proxy => proxy.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto);
        if (Telemetry.Wanted && node.Serves)
            builder.Services.AddHostedService<Telemetry>();
        Logs.Add(builder.Logging, toError: !node.Serves);
        builder.Services.AddSingleton(node);
        builder.Services.AddSingleton(Modules);
        builder.Services.AddSingleton(_ => MasterKey.Load(node.DataDirectory));
        builder.Services.AddSingleton<Dialect>(_ => node.Database is { } postgres
            ? new PostgresDialect(postgres)
            : new SqliteDialect(Path.Combine(node.DataDirectory, "tieline.db"), node.Durable));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(allowIntegerValues: false));
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
        builder.Services.AddProblemDetails();
        builder.Services.AddRazorComponents();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddOpenApi("v1");
        foreach (var module in Modules.Modules)
        {
            module.Add(builder.Services);
            builder.Services.AddUses(module.Assembly);
        }
        builder.Services.Configure<AuthorizationOptions>(rights =>
            rights.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        if (node.Workers)
            builder.Services.AddHostedService(provider => provider.GetRequiredService<JobWorker>());
        if (node.Serves)
        {
            builder.Services.AddHostedService<FollowDatabaseTime>();
            builder.Services.AddHostedService<LiveListener>();
            builder.Services.AddHostedService<WriteSeenSessions>();
        }
        return builder;
    }

    /// <summary>The source of what the start itself writes (<see cref="CurrentActor.Source"/>).</summary>
    public const string StartSource = "start";

    /// <summary>Brings the database up to date and runs what rooms do at every start. Before the first request, job or command.</summary>
    public static async Task Prepare(IServiceProvider services, CancellationToken ct)
    {
        await services.GetRequiredService<DatabaseTime>().Look(ct);
        await services.GetRequiredService<Migrator>().Run(ct);
        await using var scope = services.CreateAsyncScope();
        var actor = scope.ServiceProvider.GetRequiredService<CurrentActor>();
        (actor.Actor, actor.Source) = (Actor.Process("start"), StartSource);
        foreach (var step in scope.ServiceProvider.GetServices<IStartStep>().OrderBy(s => s.Order))
            await step.Run(ct);
    }

    public static WebApplication Map(WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseMiddleware<RequestLog>();
        app.UseProblemPages();
        app.UseMiddleware<RequestEdge>();
        app.UseAuthentication();
        app.UseTielineRateLimits();
        app.UseAuthorization();
        app.UseMaintenance();
        app.UseAntiforgery();
        var assets = File.Exists(Path.Combine(AppContext.BaseDirectory, "Tieline.Host.staticwebassets.endpoints.json"));
        if (assets)
            app.MapStaticAssets().AllowAnonymous();
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapHealth();
        var api = app.MapGroup("/api/v1").DisableAntiforgery();
        foreach (var module in Modules.Modules)
        {
            module.MapApi(api);
            module.MapRoutes(app);
        }
        var pages = app.MapRazorComponents<App>().AddAdditionalAssemblies([.. Modules.Assemblies.Where(a => a != typeof(App).Assembly)]);
        pages.KeepKitToAdministrators();
        if (assets)
            pages.WithStaticAssets();
        return app;
    }
}

using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Files;
using Tieline.Platform.Jobs;
using Tieline.Platform.Live;
using Tieline.Platform.Maintenance;
using Tieline.Platform.Reasons;
using Tieline.Platform.Rules;
using Tieline.Platform.Search;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Time;
using Tieline.Platform.Tours;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;
using Tieline.Platform.WebHooks;

namespace Tieline.Platform;

/// <summary>The ground every room stands on.</summary>
public sealed class PlatformModule : Module
{
    public override string Name => "Platform";

    public override IEnumerable<Permission> Permissions => [.. PlatformPermissions.All, .. BatchPermissions.All, .. TourPermissions.All, .. MaintenancePermissions.All];

    public override IEnumerable<ISettingKey> Settings => [.. HouseSettings.All, RateLimits.ApiPerMinute, RateLimits.PagesPerMinute, WebHookTargets.Allowed, SecretPatterns.Patterns, TourDesk.Offered, .. Retention.Settings];

    public override void MapApi(RouteGroupBuilder api)
    {
        api.MapSecurity();
        api.MapWebHooks();
        api.MapRules();
        api.MapMaintenance();
        api.MapGetUse<ReadHistory, ReadHistory.Input, Page<HistoryLine>>("/history/{subject}");
        api.MapGetUse<AskWhy, AskWhy.Input, WhyChain>("/why/{subject}");
        api.MapGetUse<ListTraining, ListTraining.Input, Page<TrainingLine>>("/training");
        api.MapGetUse<ListSettings, ListSettings.Input, IReadOnlyList<SettingLine>>("/settings");
        api.MapUse<ChangeSetting, ChangeSetting.Input, Done>("PUT", "/settings/{name}", (input, route) => input with { Name = (string)route["name"]! });
        api.MapGetUse<ListConfiguration, ListConfiguration.Input, IReadOnlyList<ConfiguredPartLine>>("/configuration");
        api.MapGetUse<ExportConfiguration, ExportConfiguration.Input, ExportConfiguration.Exported>("/configuration/export");
        api.MapPostUse<BringConfiguration, BringConfiguration.Input, Added>("/configuration/imports", StatusCodes.Status201Created);
        api.MapGetUse<ListBroughtConfigurations, ListBroughtConfigurations.Input, Page<ListBroughtConfigurations.Line>>("/configuration/imports");
        api.MapGetUse<GetBroughtConfiguration, GetBroughtConfiguration.Input, BroughtConfiguration>("/configuration/imports/{id:long}");
        api.MapUse<ApplyConfiguration, ApplyConfiguration.Input, ApplyConfiguration.Applied>("POST", "/configuration/imports/{id:long}/apply", (input, route) => input with { Id = route.Id() });
        api.MapPostUse<SubmitBatch, SubmitBatch.Input, BatchRunLine>("/batch-runs", StatusCodes.Status202Accepted);
        api.MapGetUse<GetBatchRun, GetBatchRun.Input, BatchRunLine>("/batch-runs/{id:long}");
        api.MapGetUse<ListBatchRuns, ListBatchRuns.Input, Page<BatchRunLine>>("/batch-runs");
        api.MapUse<CancelRun, CancelRun.Input, Done>("POST", "/batch-runs/{id:long}/cancel", (input, route) => input with { Id = route.Id() });
        api.MapUse<ResumeRun, ResumeRun.Input, Done>("POST", "/batch-runs/{id:long}/resume", (input, route) => input with { Id = route.Id() });
        api.MapUse<BeginWaitingRun, BeginWaitingRun.Input, Done>("POST", "/batch-runs/{id:long}/begin", (input, route) => input with { Id = route.Id() });
        api.MapGetUse<LookAtNight, LookAtNight.Input, LookAtNight.Look>("/batch-runs/night");
        api.MapGetUse<ListBatchChunks, ListBatchChunks.Input, Page<BatchChunkLine>>("/batch-runs/{id:long}/chunks");
        api.MapGetUse<ExtractRun, ExtractRun.Input, Page<BatchChange>>("/batch-runs/{id:long}/extract");
        api.MapGetUse<LookAtPace, LookAtPace.Input, IReadOnlyList<BatchPacePoint>>("/batch-runs/{id:long}/pace");
        api.MapGetUse<ListBatchErrors, ListBatchErrors.Input, Page<BatchErrorLine>>("/batch-errors");
        api.MapGetUse<ListProcesses, ListProcesses.Input, IReadOnlyList<BatchProcessLine>>("/batch-processes");
        api.MapGetUse<ListControls, ListControls.Input, IReadOnlyList<BatchControlLine>>("/batches");
        api.MapGetUse<GetControl, GetControl.Input, BatchControlLine>("/batches/{code}");
        api.MapPostUse<AddControl, AddControl.Input, Added>("/batches", StatusCodes.Status201Created);
        api.MapUse<ChangeControl, ChangeControl.Input, Done>("PUT", "/batches/{code}", (input, route) => input with { Code = (string)route["code"]! });
        api.MapGetUse<ListSchedules, ListSchedules.Input, IReadOnlyList<ScheduleLine>>("/batch-schedules");
        api.MapGetUse<ListScheduleChoices, ListScheduleChoices.Input, ListScheduleChoices.Choices>("/batch-schedules/choices");
        api.MapGetUse<GetSchedule, GetSchedule.Input, ScheduleFile>("/batch-schedules/{id:long}");
        api.MapPostUse<AddSchedule, AddSchedule.Input, Added>("/batch-schedules", StatusCodes.Status201Created);
        api.MapPutUse<ChangeSchedule, ChangeSchedule.Input>("/batch-schedules/{id:long}", (input, id) => input with { Id = id });
        api.MapUse<PauseSchedule, PauseSchedule.Input, Done>("POST", "/batch-schedules/{id:long}/pause", (input, route) => input with { Id = route.Id() });
        api.MapUse<ResumeSchedule, ResumeSchedule.Input, Done>("POST", "/batch-schedules/{id:long}/resume", (input, route) => input with { Id = route.Id() });
        api.MapUse<SkipNextFire, SkipNextFire.Input, Done>("POST", "/batch-schedules/{id:long}/skip", (input, route) => input with { Id = route.Id() });
        api.MapUse<KeepNextFire, KeepNextFire.Input, Done>("POST", "/batch-schedules/{id:long}/keep", (input, route) => input with { Id = route.Id() });
        api.MapUse<RunNow, RunNow.Input, BatchRunLine>("POST", "/batch-schedules/{id:long}/run", (input, route) => input with { Id = route.Id() });
        api.MapPostUse<Demo.Night.AdvanceDemo, Demo.Night.AdvanceDemo.Input, Demo.Night.AdvanceDemo.Advanced>("/demo/nights", StatusCodes.Status202Accepted);
        api.MapPostUse<Demo.Kill.KillWorker, Demo.Kill.KillWorker.Input, BatchRunLine>("/demo/kills", StatusCodes.Status202Accepted);
        api.MapGetUse<Demo.Night.GetDemoDay, Demo.Night.GetDemoDay.Input, Demo.Night.GetDemoDay.Day>("/demo/day");
        api.MapGetUse<ListNodes, ListNodes.Input, IReadOnlyList<JobNodeLine>>("/jobs/nodes");
        api.MapGetUse<LookAtQueue, LookAtQueue.Input, QueueLook>("/jobs/queue");
        api.MapGetUse<ListDeadJobs, ListDeadJobs.Input, Page<DeadJob>>("/jobs/dead");
        api.MapGetUse<GetDeadJob, GetDeadJob.Input, DeadJob>("/jobs/dead/{id:long}");
        api.MapGetUse<ListDeadKinds, ListDeadKinds.Input, IReadOnlyList<DeadKind>>("/jobs/dead/kinds");
        api.MapPostUse<TryJobsAgain, TryJobsAgain.Input, DeadJobsMoved>("/jobs/dead/try-again");
        api.MapPostUse<DropJobs, DropJobs.Input, DeadJobsMoved>("/jobs/dead/drop");
        api.MapUse<DropJob, DropJob.Input, Done>("POST", "/jobs/{id:long}/drop", (input, route) => input with { Id = route.Id() });
        api.MapUse<TryJobAgain, TryJobAgain.Input, Done>("POST", "/jobs/{id:long}/try-again", (input, route) => input with { Id = route.Id() });
    }

    public override void Add(IServiceCollection services)
    {
        DapperTypes.Register();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<DatabaseTime>(provider, TimeProvider.System));
        services.TryAddSingleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseTime>());
        services.AddSingleton<Ids>();
        services.AddSingleton<Migrator>();
        services.AddDbContext<AppDb>((provider, options) => provider.GetRequiredService<Dialect>().Use(options), ServiceLifetime.Scoped, ServiceLifetime.Singleton);
        services.AddScoped<CurrentActor>();
        services.AddScoped<IAuditTrail, AuditTrail>();
        services.AddReferenceCache(StoredSettings.Read);
        services.AddScoped<ISettings, SettingStore>();
        services.AddScoped<IUtilityClock, UtilityClock>();
        services.AddScoped<Demo.Night.NightBatches>();
        services.AddSingleton<Demo.Kill.KillsItself>();
        services.AddSingleton<JobSignal>();
        services.TryAddSingleton(_ => JobOptions.FromEnvironment());
        services.TryAddSingleton(_ => new NodeName(NodeName.New()));
        services.AddSingleton(provider => new JobKinds([.. provider.GetServices<JobKind>()]));
        services.AddSingleton<JobTable>();
        services.AddSingleton<DatabaseTrouble>();
        services.AddScoped<IJobs, JobQueue>();
        services.AddSingleton<JobWorker>();
        services.AddScoped<IEvents, EventLog>();
        services.AddSingleton<LiveHub>();
        services.AddScoped<ILive, LiveTeller>();
        services.AddScoped<IFiles, FileStore>();
        services.AddScoped<Attachments>();
        services.AddScoped<ISearch, SearchIndex>();
        services.AddScoped<IOnce, Once>();
        services.AddJob<RunBatch.Payload, RunBatch>(RunBatch.Kind, lasting: true);
        services.AddJob<FireSchedule.Payload, FireSchedule>(FireSchedule.Kind);
        services.AddScoped<RunBook>();
        services.AddScoped<ServiceLevels>();
        services.AddScoped<BatchTrouble>();
        services.AddJob<WatchServiceLevels.Payload, WatchServiceLevels>(WatchServiceLevels.Kind);
        services.AddSingleton(new Recurring(TimeSpan.FromMinutes(1), (scope, ct) => scope.GetRequiredService<WatchServiceLevels>().Remind(ct)));
        services.AddScoped<ControlCheck>();
        services.AddScoped<IStartStep, SetControls>();
        services.AddConfigured<ConfiguredControls>();
        services.AddScoped<Timetable>();
        services.AddScoped<ScheduleCheck>();
        services.AddScoped<HeldSchedule>();
        services.AddScoped<DeadJobEnds>();
        services.AddScoped<DeadJobsLeft>();
        services.AddConfigured<ConfiguredSchedules>();
        services.AddSubscriber<JobDropped, GoOnWithSchedule>(GoOnWithSchedule.Subscriber, dropped => dropped.Kind == FireSchedule.Kind);
        services.AddSubscriber<JobDied, FailRunOfDeadJob>(FailRunOfDeadJob.Subscriber, died => died.Kind == RunBatch.Kind);
        services.AddWebHooks();
        services.AddRules();
        services.AddBatch<Retention>();
        services.AddBatch<CheckReferences>();
        services.AddReferenceRules(PlatformReferences.Rules);
        services.AddScoped<IStartStep, SetSchedules>();
        services.AddScoped<ConfigurationPlan>();
        services.AddScoped<AllUsedBy>();
        services.AddConfigured<ConfiguredSettings>();
        services.AddConfigured<ConfiguredRights>();
        services.AddReasons();
        services.AddTours();
        services.AddMaintenance();
        services.AddPages();
        services.AddSecurity();
    }

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("Training", "/training", "school", 335, TourPermissions.View),
        new("Users", "/admin/users", "users", 900, PlatformPermissions.ManageUsers, Group: "Admin"),
        new("Rights", "/admin/rights", "shield-check", 910, PlatformPermissions.ManageRoles, Group: "Admin"),
        new("Rules", "/admin/rules", "arrow-forward", 915, PlatformPermissions.ManageRules, Group: "Admin"),
        new("API keys", "/admin/api-keys", "key", 920, PlatformPermissions.ManageApiKeys, Group: "Admin"),
        new("Web hooks", "/admin/web-hooks", "plug", 925, PlatformPermissions.ManageWebHooks, Group: "Admin"),
        new("Settings", "/admin/settings", "adjustments", 930, PlatformPermissions.ChangeSettings, Group: "Admin"),
        new("Maintenance", "/admin/maintenance", "tool", 935, MaintenancePermissions.Manage, Group: "Admin"),
        new("Configuration", "/admin/configuration", "arrows-exchange", 940, PlatformPermissions.CarryConfiguration, Group: "Admin"),
    ];

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapSignOut();
        routes.MapGet("/admin/configuration/export", ExportConfiguration.Download).ExcludeFromDescription();
        routes.MapGet(FindPage.Route, FindPage.Go).ExcludeFromDescription();
        routes.MapTours();
        routes.MapLive();
    }
}

/// <summary>Days and instants in hand-written statements, alike on both databases.</summary>
internal static class DapperTypes
{
    public static void Register()
    {
        SqlMapper.RemoveTypeMap(typeof(DateTime));
        SqlMapper.RemoveTypeMap(typeof(DateOnly));
        SqlMapper.AddTypeHandler(new Instant());
        SqlMapper.AddTypeHandler(new Day());
    }

    private sealed class Instant : SqlMapper.TypeHandler<DateTime>
    {
        public override void SetValue(System.Data.IDbDataParameter parameter, DateTime value) => parameter.Value = value;

        public override DateTime Parse(object value) => value is DateTime at
            ? DateTime.SpecifyKind(at, DateTimeKind.Utc)
            : DateTime.Parse((string)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
    }

    private sealed class Day : SqlMapper.TypeHandler<DateOnly>
    {
        public override void SetValue(System.Data.IDbDataParameter parameter, DateOnly value) => parameter.Value = value;

        public override DateOnly Parse(object value) => value switch
        {
            DateOnly on => on,
            DateTime at => DateOnly.FromDateTime(at),
            _ => DateOnly.Parse((string)value, CultureInfo.InvariantCulture),
        };
    }
}

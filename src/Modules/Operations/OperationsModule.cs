using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Operations.Batch;
using Tieline.Operations.Day;
using Tieline.Operations.Jobs;
using Tieline.Operations.OnCall;
using Tieline.Operations.ShiftLog;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Live;
using Tieline.Platform.Maintenance;
using Tieline.Platform.Reasons;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;
using Tieline.Platform.WebHooks;
using Tieline.ToDos;

namespace Tieline.Operations;

public sealed class OperationsModule : Module
{
    public override string Name => "Operations";

    public override IEnumerable<MenuEntry> Menu => [new("Operations", "/operations", "server", 700, BatchPermissions.Read, "o")];

    public override IEnumerable<Permission> Permissions => OperationsPermissions.All;

    public override IEnumerable<ISettingKey> Settings => [Calling.EscalateMinutes, Calling.RemindMinutes, LookAtDay.WorkingMinutes];

    public override void MapApi(RouteGroupBuilder api)
    {
        api.MapGetUse<GetRoster, GetRoster.Input, GetRoster.Week>("/operations/on-call");
        api.MapGetUse<WhoIsOnCall, WhoIsOnCall.Input, IReadOnlyList<OnCallNow>>("/operations/on-call/now");
        api.MapGetUse<GetDuty, GetDuty.Input, DutyLine>("/operations/on-call/{id:long}");
        api.MapPostUse<AddDuty, AddDuty.Input, Added>("/operations/on-call", StatusCodes.Status201Created);
        api.MapPostUse<AddRotation, AddRotation.Input, AddRotation.Planned>("/operations/on-call/rotations", StatusCodes.Status201Created);
        api.MapPutUse<ChangeDuty, ChangeDuty.Input>("/operations/on-call/{id:long}", (input, id) => input with { Id = id });
        api.MapUse<TakeOverDuty, TakeOverDuty.Input, Added>("POST", "/operations/on-call/{id:long}/take-over", (input, route) => input with { Id = route.Id() });
        api.MapUse<RemoveDuty, RemoveDuty.Input, Done>("POST", "/operations/on-call/{id:long}/remove", (input, route) => input with { Id = route.Id() });

        api.MapGetUse<ListNotices, ListNotices.Input, Page<NoticeLine>>("/operations/notices");
        api.MapGetUse<GetNotice, GetNotice.Input, GetNotice.File>("/operations/notices/{id:long}");
        api.MapUse<AcknowledgeNotice, AcknowledgeNotice.Input, Done>("POST", "/operations/notices/{id:long}/acknowledge", (input, route) => input with { Id = route.Id() });
        api.MapUse<SettleNotice, SettleNotice.Input, Done>("POST", "/operations/notices/{id:long}/settle", (input, route) => input with { Id = route.Id() });
        api.MapUse<ForwardNotice, ForwardNotice.Input, Done>("POST", "/operations/notices/{id:long}/forward", (input, route) => input with { Id = route.Id() });

        api.MapGetUse<ListShiftLog, ListShiftLog.Input, Page<ShiftLine>>("/operations/log");
        api.MapGetUse<GetShiftEntry, GetShiftEntry.Input, ShiftLine>("/operations/log/{id:long}");
        api.MapGetUse<LookAtOpen, LookAtOpen.Input, IReadOnlyList<OpenLine>>("/operations/log/open");
        api.MapPostUse<WriteEntry, WriteEntry.Input, Added>("/operations/log", StatusCodes.Status201Created);
        api.MapPostUse<HandOver, HandOver.Input, Added>("/operations/log/hand-overs", StatusCodes.Status201Created);
        api.MapUse<TakeOverShift, TakeOverShift.Input, Done>("POST", "/operations/log/{id:long}/taken-over", (input, route) => input with { Id = route.Id() });

        api.MapGetUse<LookAtDay, LookAtDay.Input, LookAtDay.Look>("/operations/day");
        api.MapPostUse<CloseDay, CloseDay.Input, Done>("/operations/day/close");
        api.MapPostUse<OpenDay, OpenDay.Input, Done>("/operations/day/open");
        api.MapPostUse<SayToAll, SayToAll.Input, Added>("/operations/day/message", StatusCodes.Status201Created);
        api.MapPostUse<WithdrawMessage, WithdrawMessage.Input, Done>("/operations/day/message/withdraw");
    }

    public override IEnumerable<string> Scripts => ["_content/Tieline.Operations/operations.js"];

    public override IEnumerable<string> Sheets => ["_content/Tieline.Operations/operations.css"];

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/operations/log/export", ExportShiftLog.Download).ExcludeFromDescription();
        routes.MapGet("/operations/dead-jobs/export", ExportDeadJobs.Download).ExcludeFromDescription();
        routes.MapGet("/operations/notices/export", ExportNotices.Download).ExcludeFromDescription();
        routes.MapGet("/operations/runs/export", ExportRuns.Download).ExcludeFromDescription();
        routes.MapGet("/operations/runs/{id:long}/errors/export", ExportErrors.Download).ExcludeFromDescription();
        routes.MapGet("/operations/runs/{id:long}/export", ExportExtract.Download).ExcludeFromDescription();
    }

    public override void Add(IServiceCollection services)
    {
        services.AddReferenceRules(OperationsReferences.Rules);
        services.AddScoped<IStartStep, OperationsSeed>();
        services.AddSingleton<IToDoMessages, OperationsMessages>();
        services.AddSubscriber<JobDied, DeadJobToDo>(DeadJobToDo.Subscriber, Deaths.AreWork);
        services.AddScoped<IToDoKind, DeadJobKind>();
        services.AddSubscriber<JobRevived, EndJobIncident>(EndJobIncident.RevivedSubscriber);
        services.AddSubscriber<JobDropped, EndJobIncident>(EndJobIncident.DroppedSubscriber);
        services.AddScoped<JobIncidents>();
        services.AddScoped<ITellsWhy, WhyJobIncident>();
        services.AddSingleton(new RecordPage(JobIncident.Kind, "dead jobs", $"/records/{JobIncident.Kind}/{{0}}", PlatformPermissions.ManageJobs));
        services.AddScoped<ExportErrors>();
        services.AddScoped<ExportRuns>();
        services.AddScoped<ExportDeadJobs>();
        services.AddScoped<ExportExtract>();
        services.AddScoped<IBatchNotices, BatchRoles>();
        services.AddSubscriber<BatchRunEnded, BatchToDos>(BatchToDos.Ended);
        services.AddSubscriber<BatchRunResumed, BatchToDos>(BatchToDos.Resumed);
        services.AddSubscriber<BatchRecordFailed, BatchToDos>(BatchToDos.RecordFailed);
        services.AddSubscriber<BatchErrorsResolved, BatchToDos>(BatchToDos.Resolved);
        services.AddSubscriber<BatchFireRefused, BatchToDos>(BatchToDos.Refused);
        services.AddSubscriber<BatchFireMadeGood, BatchToDos>(BatchToDos.MadeGood);
        services.AddSubscriber<BatchCameLate, BatchToDos>(BatchToDos.CameLate);
        services.AddSubscriber<BatchOnTimeAgain, BatchToDos>(BatchToDos.OnTimeAgain);
        services.AddSubscriber<WebHookPaused, PausedHook>(PausedHook.Subscriber);
        services.AddSubscriber<WebHookResumed, PausedHook>(PausedHook.ResumedSubscriber);
        AddPeopleAtNight(services);
    }

    /// <summary>Who is on call, what calls them, what one shift tells the next, the end of the on-line day.</summary>
    private static void AddPeopleAtNight(IServiceCollection services)
    {
        services.AddScoped<IOperations, OperationsDoor>();
        services.AddScoped<Roster>();
        services.AddScoped<DutyHours>();
        services.AddScoped<Calling>();
        services.AddScoped<ExportShiftLog>();
        services.AddScoped<ExportNotices>();
        services.AddScoped<IRings, NoticeRings>();
        services.AddScoped<ITellsWhy, WhyNotice>();
        services.AddScoped<IShellBar, DayBar>();
        services.AddScoped<IDemoData, NightPeopleDemo>();
        services.AddReferenceCache(KnownDayMessage.Read);
        services.AddJob<EscalateNotice.Payload, EscalateNotice>(EscalateNotice.Kind);
        services.AddSubscriber<JobDied, DeadJobNotice>(DeadJobNotice.Subscriber, Deaths.Call);
        foreach (var page in (RecordPage[])
            [
                new(Duty.Kind, "duty on call", "/operations/on-call/{0}", BatchPermissions.Read),
                new(Notice.Kind, "notice", "/operations/notices/{0}", BatchPermissions.Read),
                new(ShiftEntry.AuditKind, "entry of the shift log", "/operations/log/{0}", BatchPermissions.Read),
                new(DayState.Kind, "on-line day", "/operations/day", BatchPermissions.Read),
                new(DayMessage.Kind, "message to everyone", "/operations/day", BatchPermissions.Read),
            ])
            services.AddSingleton(page);
        foreach (var (path, permission) in ((string, string?)[])
            [
                ("/operations", BatchPermissions.Run), ("/api/v1/operations", BatchPermissions.Run), ("/operations/dead-jobs", PlatformPermissions.ManageJobs),
                ("/operations/notices", null), ("/api/v1/operations/notices", null), ("/operations/log", null), ("/api/v1/operations/log", null),
            ])
            services.AddSingleton(new GoesOnInMaintenance(path, permission));
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Operations.Batch;
using Tieline.Operations.Jobs;
using Tieline.Operations.ShiftLog;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.Ui;
using Tieline.Platform.WebHooks;
using Tieline.ToDos;

namespace Tieline.Operations;

public sealed class OperationsModule : Module
{
    public override string Name => "Operations";

    public override IEnumerable<MenuEntry> Menu => [new("Operations", "/operations", "server", 700, BatchPermissions.Read, "o")];

    public override IEnumerable<Permission> Permissions => OperationsPermissions.All;

    public override IEnumerable<ISettingKey> Settings => OperationsParts.Settings;

    public override void MapApi(RouteGroupBuilder api) => api.MapPeopleAtNight();

    public override IEnumerable<string> Sheets => ["_content/Tieline.Operations/operations.css"];

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/operations/log/export", ExportShiftLog.Download).ExcludeFromDescription();
        routes.MapGet("/operations/runs/{id:long}/errors/export", ExportErrors.Download).ExcludeFromDescription();
        routes.MapGet("/operations/runs/{id:long}/export", ExportExtract.Download).ExcludeFromDescription();
    }

    public override void Add(IServiceCollection services)
    {
        services.AddReferenceRules(OperationsReferences.Rules);
        services.AddScoped<IStartStep, OperationsSeed>();
        services.AddSingleton<IToDoMessages, OperationsMessages>();
        // A job that dies while telling of a dead job must not tell of itself: that would never end. It stays on the page of dead jobs.
        // A thread that dies fails its run, which has a To Do of its own.
        services.AddSubscriber<JobDied, DeadJobToDo>(DeadJobToDo.Subscriber, died => died.Kind != $"event:{DeadJobToDo.Subscriber}" && died.Kind != "batch.run");
        services.AddSubscriber<JobRevived, DeadJobToDo>(DeadJobToDo.RevivedSubscriber);
        services.AddScoped<ExportErrors>();
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
        services.AddSubscriber<WebHookPaused, PausedHookToDo>(PausedHookToDo.Subscriber);
        services.AddSubscriber<WebHookResumed, PausedHookToDo>(PausedHookToDo.ResumedSubscriber);
        services.AddPeopleAtNight();
    }
}

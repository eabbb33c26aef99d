using Microsoft.Extensions.DependencyInjection;
using Tieline.Operations.Jobs;
using Tieline.Platform;
using Tieline.Platform.Batch;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Ui;
using Tieline.Platform.WebHooks;
using Tieline.ToDos;

namespace Tieline.Operations;

public sealed class OperationsModule : Module
{
    public override string Name => "Operations";

    public override IEnumerable<MenuEntry> Menu => [new("Operations", "/operations", "server", 700, BatchPermissions.Read, "o")];

    public override void Add(IServiceCollection services)
    {
        services.AddScoped<IStartStep, OperationsSeed>();
        services.AddSingleton<IToDoMessages, OperationsMessages>();
        // A job that dies while telling of a dead job must not tell of itself: that would never end. It stays on the page of dead jobs.
        services.AddSubscriber<JobDied, DeadJobToDo>(DeadJobToDo.Subscriber, died => died.Kind != $"event:{DeadJobToDo.Subscriber}");
        services.AddSubscriber<JobRevived, DeadJobToDo>(DeadJobToDo.RevivedSubscriber);
        services.AddSubscriber<WebHookPaused, PausedHookToDo>(PausedHookToDo.Subscriber);
        services.AddSubscriber<WebHookResumed, PausedHookToDo>(PausedHookToDo.ResumedSubscriber);
    }
}

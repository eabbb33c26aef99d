using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.WebHooks;

/// <summary>Registers what tells machines outside of events.</summary>
internal static class WebHookParts
{
    public static void AddWebHooks(this IServiceCollection services)
    {
        services.AddReferenceCache(HookedEvents.Read);
        services.AddSingleton<KnownEvents>();
        services.AddSingleton<HookGate>();
        services.TryAddSingleton<IFindAddresses, SystemAddresses>();
        services.TryAddSingleton(HookPatience.Default);
        services.AddScoped<HookSender>();
        services.AddScoped<HookSecrets>();
        services.AddScoped<DeliveryQueue>();
        services.AddScoped<WebHookDesk>();
        services.AddScoped<WebHookPauses>();
        services.AddScoped<IDemoData, DemoHooks>();
        services.AddScoped<IRotateValues, RotateHookSecrets>();
        services.AddJob<EventDelivery, FanOut>(FanOut.Kind);
        services.AddJob<HookRelease, ReleaseDeliveries>(ReleaseDeliveries.Kind);
        services.AddJob<HookDelivery, Deliver>(Deliver.Kind, outside: true);
    }

    /// <summary>Routes under <c>/api/v1</c>.</summary>
    public static void MapWebHooks(this IEndpointRouteBuilder api)
    {
        api.MapGetUse<ListWebHooks, ListWebHooks.Input, Page<WebHookLine>>("/web-hooks");
        api.MapPostUse<AddWebHook, AddWebHook.Input, AddWebHook.Created>("/web-hooks", StatusCodes.Status201Created);
        api.MapGetUse<ListHookEvents, ListHookEvents.Input, IReadOnlyList<string>>("/web-hooks/events");
        api.MapGetUse<GetWebHook, GetWebHook.Input, WebHookLine>("/web-hooks/{id:long}");
        api.MapPutUse<ChangeWebHook, ChangeWebHook.Input>("/web-hooks/{id:long}", (input, id) => input with { Id = id });
        api.MapUse<RotateWebHookSecret, RotateWebHookSecret.Input, RotateWebHookSecret.Rotated>("POST", "/web-hooks/{id:long}/secret", (input, route) => input with { Id = route.Id() });
        api.MapUse<PingWebHook, PingWebHook.Input, Added>("POST", "/web-hooks/{id:long}/test", (input, route) => input with { Id = route.Id() });
        api.MapUse<PauseWebHook, PauseWebHook.Input, Done>("POST", "/web-hooks/{id:long}/pause", (input, route) => input with { Id = route.Id() });
        api.MapUse<ResumeWebHook, ResumeWebHook.Input, Done>("POST", "/web-hooks/{id:long}/resume", (input, route) => input with { Id = route.Id() });
        api.MapUse<EndWebHook, EndWebHook.Input, Done>("POST", "/web-hooks/{id:long}/end", (input, route) => input with { Id = route.Id() });
        api.MapGetUse<ListDeliveries, ListDeliveries.Input, Page<DeliveryLine>>("/web-hooks/{id:long}/deliveries");
        api.MapUse<SendFailedAgain, SendFailedAgain.Input, SendFailedAgain.Sent>("POST", "/web-hooks/{id:long}/send-failed-again", (input, route) => input with { Id = route.Id() });
        api.MapGetUse<GetDelivery, GetDelivery.Input, DeliveryLine>("/web-hook-deliveries/{id:long}");
        api.MapUse<SendAgain, SendAgain.Input, Done>("POST", "/web-hook-deliveries/{id:long}/send-again", (input, route) => input with { Id = route.Id() });
    }
}

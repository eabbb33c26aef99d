using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Contacts.Figures;
using Tieline.Contacts.WrapUps;
using Tieline.Platform.Configuration;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Interactions;

/// <summary>What the room registers for calls, visits and chats.</summary>
internal static class InteractionParts
{
    public static void AddInteractions(this IServiceCollection services)
    {
        services.AddScoped<InteractionsDoor>();
        services.AddScoped<IInteractions>(provider => provider.GetRequiredService<InteractionsDoor>());
        services.AddScoped<InteractionDesk>();
        services.AddScoped<Platform.Search.IFindByReference, InteractionByReference>();
        services.AddScoped<Platform.Audit.IHistoryWords, InteractionHistoryWords>();
        services.AddScoped<Customers.ICallsInProgress, CallsInProgress>();
        services.AddSingleton(new Platform.Audit.HistoryRight("interaction", ContactsPermissions.Supervise));
        services.AddSingleton(new Platform.Audit.HistoryRight("wrap_up_code", ContactsPermissions.Types));
        services.AddScoped<RecordingCall>();
        services.AddScoped<Repeats>();
        services.AddScoped<ExportCallFigures>();
        services.AddScoped<IUsedBy, UsedWrapUp>();
        services.AddConfigured<ConfiguredWrapUps>();
        services.AddReferenceCache(KnownWrapUps.Read);
    }

    public static void MapExports(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/interactions/export", ExportCallFigures.Calls).ExcludeFromDescription();
        routes.MapGet("/interactions/figures/export", ExportCallFigures.Figures).ExcludeFromDescription();
    }

    public static void MapInteractions(this RouteGroupBuilder api)
    {
        api.MapGetUse<CallFigures, CallFigures.Input, CallFigures.Figures>("/interactions/figures");
        api.MapGetUse<ListInteractions, ListInteractions.Input, Page<InteractionRow>>("/interactions");
        api.MapGetUse<GetInteraction, GetInteraction.Input, GetInteraction.File>("/interactions/{id:long}");
        api.MapPostUse<StartInteraction, StartInteraction.Input, InteractionTaken>("/interactions", 201);
        api.MapUse<TakeCaller, TakeCaller.Input, Done>("PUT", "/interactions/{id:long}/caller", (input, route) => input with { Id = route.Id() });
        api.MapUse<ParkInteraction, ParkInteraction.Input, Done>("POST", "/interactions/{id:long}/park", (input, route) => input with { Id = route.Id() });
        api.MapUse<ResumeInteraction, ResumeInteraction.Input, InteractionTaken>("POST", "/interactions/{id:long}/resume", (input, route) => input with { Id = route.Id() });
        api.MapUse<HandOverInteraction, HandOverInteraction.Input, Done>("POST", "/interactions/{id:long}/hand-over", (input, route) => input with { Id = route.Id() });
        api.MapUse<AcceptInteraction, AcceptInteraction.Input, InteractionTaken>("POST", "/interactions/{id:long}/accept", (input, route) => input with { Id = route.Id() });
        api.MapUse<EndInteraction, EndInteraction.Input, Done>("POST", "/interactions/{id:long}/end", (input, route) => input with { Id = route.Id() });
        api.MapUse<RecordWrongNumber, RecordWrongNumber.Input, RecordWrongNumber.Ended>("POST", "/interactions/{id:long}/wrong-number", (input, route) => input with { Id = route.Id() });

        api.MapGetUse<ListWrapUpCodes, ListWrapUpCodes.Input, Page<WrapUpRow>>("/wrap-up-codes");
        api.MapGetUse<GetWrapUpCode, GetWrapUpCode.Input, WrapUpRow>("/wrap-up-codes/{id:long}");
        api.MapPostUse<AddWrapUpCode, AddWrapUpCode.Input, Added>("/wrap-up-codes", 201);
        api.MapPutUse<ChangeWrapUpCode, ChangeWrapUpCode.Input>("/wrap-up-codes/{id:long}", (input, id) => input with { Id = id });
    }
}

using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Desk.InHand;
using Tieline.Platform;
using Tieline.Platform.Ui;

namespace Tieline.Desk;

/// <summary>The employees' pages that show several rooms together.</summary>
public sealed class DeskModule : Module
{
    public override string Name => "Desk";

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("My work", "/", "home", 0, Key: "w"),
        new("Find a customer", "/search", "user-search", 10, DeskPermissions.ReadCustomers, "f"),
    ];

    public override void Add(IServiceCollection services)
    {
        services.AddScoped<InHandCookie>();
        services.AddScoped<CallRoutes>();
        services.AddScoped<PracticeRoutes>();
    }

    public override void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/in-hand/put-down", PutDown).ExcludeFromDescription();
        CallRoutes.Map(routes);
        PracticeRoutes.Map(routes);
    }

    private static async Task<IResult> PutDown(HttpContext http, IAntiforgery antiforgery, InHandCookie inHand, Tieline.Customers.ICustomers customers, Tieline.Platform.Data.AppDb db)
    {
        await antiforgery.ValidateRequestAsync(http);
        if (inHand.Of(http) is { } person)
        {
            await customers.EndCallersOf(person, http.RequestAborted);
            await db.SaveChangesAsync(http.RequestAborted);
        }
        InHandCookie.PutDown(http);
        if (!http.IsFragment())
            return Results.LocalRedirect("/");
        http.TellPage(new Dictionary<string, object?>(StringComparer.Ordinal) { ["in-hand"] = null });
        return Results.NoContent();
    }
}

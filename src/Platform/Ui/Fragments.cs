using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieline.Platform.Ui;

public static class Fragments
{
    // In a header everything beyond ASCII is escaped.
    private static readonly JsonSerializerOptions Header = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>
    /// True when htmx asks for a part of a page, or for a page to stand in the drawer: it is rendered without document and shell.
    /// Every page works both ways.
    /// </summary>
    public static bool IsFragment(this HttpContext http) =>
        http.Request.Headers["HX-Request"] == "true" && http.Request.Headers["HX-Boosted"] != "true" && http.Request.Headers["HX-History-Restore-Request"] != "true";

    /// <summary>True when the page stands in the drawer.</summary>
    public static bool InDrawer(this HttpContext http) => http.IsFragment() && http.Request.Headers["Tieline-Drawer"] == "true";

    /// <summary>Tells the page what happened: htmx makes an event of each name, with its detail.</summary>
    public static void Tell(this HttpContext http, IReadOnlyDictionary<string, object> events) => http.Response.Headers["HX-Trigger"] = JsonSerializer.Serialize(events, Header);

    /// <summary>Tells the page as a whole: what the button stood in may have been replaced before its answer came, and nobody would hear of it there.</summary>
    public static void TellPage(this HttpContext http, IReadOnlyDictionary<string, object?> events) =>
        http.Response.Headers["HX-Trigger"] = new JsonObject(events.Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key, ToPage(e.Value)))).ToJsonString(Header);

    private static JsonObject ToPage(object? detail)
    {
        var told = detail is null ? [] : JsonSerializer.SerializeToNode(detail, Header)!.AsObject();
        told["target"] = "body";
        return told;
    }

    /// <summary>A POST of a button that stands in no <see cref="UseForm{TInput, TResult}"/>; without its antiforgery token it is refused.</summary>
    public static IEndpointConventionBuilder MapButton<TService>(this IEndpointRouteBuilder routes, string pattern, Func<TService, HttpContext, Task<IResult>> act) where TService : class =>
        routes.MapPost(pattern, async (HttpContext http, TService service, IAntiforgery antiforgery) =>
        {
            await antiforgery.ValidateRequestAsync(http);
            return await act(service, http);
        }).ExcludeFromDescription();
}

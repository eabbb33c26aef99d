using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Platform.Ui;

public static class RazorResults
{
    /// <summary>A component as the whole answer, with a status code. Also after a page of the same request has failed half-way.</summary>
    public static IResult RazorComponent<T>(this IResultExtensions _, int status, object? parameters = null) where T : IComponent =>
        new FreshPage<T>(status, parameters ?? new { });

    /// <summary>The renderer of a request serves one page only; this one gets a scope, and with it a renderer, of its own.</summary>
    private sealed class FreshPage<T>(int status, object parameters) : IResult where T : IComponent
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var before = httpContext.RequestServices;
            // The new scope has a connection of its own, and whoever holds one must not wait for a second.
            await before.GetRequiredService<AppDb>().GiveBack();
            await using var scope = before.CreateAsyncScope();
            var (was, now) = (before.GetRequiredService<CurrentActor>(), scope.ServiceProvider.GetRequiredService<CurrentActor>());
            (now.Actor, now.Source) = (was.Actor, was.Source);
            httpContext.RequestServices = scope.ServiceProvider;
            // A page of this request that answered 404 has set it already, and it may be set once only.
            httpContext.Response.Headers.Remove("blazor-enhanced-nav");
            try
            {
                await new RazorComponentResult<T>(parameters) { StatusCode = status }.ExecuteAsync(httpContext);
            }
            finally
            {
                httpContext.RequestServices = before;
            }
        }
    }
}

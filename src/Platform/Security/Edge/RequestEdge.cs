using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Audit;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>The edge of page and API: safety headers on every answer, refusals audited and answered with 403.</summary>
public sealed partial class RequestEdge(RequestDelegate next, ILogger<RequestEdge> log)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly string[] Forwarded = ["Forwarded", "X-Forwarded-For", "X-Original-For"];

    public async Task InvokeAsync(HttpContext context)
    {
        Protect(context);
        var current = context.RequestServices.GetRequiredService<CurrentActor>();
        var way = context.Request.Path.StartsWithSegments("/api") ? "api" : "page";
        current.Source = $"{way} {context.Connection.RemoteIpAddress?.ToString() ?? "local"}";
        current.FromThisMachine = FromThisMachine(context);
        try
        {
            await next(context);
        }
        catch (ForbiddenException refused) when (!context.Response.HasStarted)
        {
            LogRefused(refused.Permission, context.Request.Path);
            await Refuse(context, refused);
        }
        catch (UnknownCursorException unknown) when (!context.Response.HasStarted)
        {
            await StartOver(context, unknown);
        }
    }

    /// <summary>Again after the answer was begun anew: a failure clears its headers.</summary>
    internal static void Protect(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["X-Correlation-Id"] = Activity.Current?.TraceId.ToHexString();
    }

    // Without an address the request comes from inside the process. A proxy on this machine says for whom it asks.
    private static bool FromThisMachine(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address))
        && !Array.Exists(Forwarded, context.Request.Headers.ContainsKey);

    private static async Task Refuse(HttpContext context, ForbiddenException refused)
    {
        var audit = context.RequestServices.GetRequiredService<IAuditTrail>();
        await audit.Note("denied", new RecordRef("permission", 0), new { refused.Permission, Path = context.Request.Path.Value, context.Request.Method }, context.RequestAborted);
        context.Response.Clear();
        Protect(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        if (context.Request.Path.StartsWithSegments("/api"))
            await Results.Problem(statusCode: 403, type: "urn:tieline:forbidden", title: refused.Message).ExecuteAsync(context);
        else
            await Results.Extensions.RazorComponent<Forbidden>(403, new { refused.Permission }).ExecuteAsync(context);
    }

    private static Task StartOver(HttpContext context, UnknownCursorException unknown)
    {
        context.Response.Clear();
        Protect(context);
        var request = context.Request;
        if (request.Path.StartsWithSegments("/api"))
            return ApiRoutes.Answer<Done>(new Problem("After", unknown.Message, "cursor.unknown"), StatusCodes.Status200OK).ExecuteAsync(context);
        if (HttpMethods.IsGet(request.Method))
            context.Response.Redirect(request.PathBase + request.Path + QueryString.Create(request.Query.Where(q => !TableQuery.Place.Contains(q.Key, StringComparer.Ordinal))));
        else
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused: the right {Permission} is missing at {Path}")]
    private partial void LogRefused(string permission, string path);
}

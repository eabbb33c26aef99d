using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Tieline.Platform.Uses;

/// <summary>Puts uses on the wire in one way: JSON in, the value or RFC 9457 problem details out, idempotency key on writes.</summary>
public static class ApiRoutes
{
    public const string KeyHeader = "Idempotency-Key";

    /// <summary>Fields of the body, separated by commas, of which the sender says: what looks like a card or national-id number in them is none.</summary>
    public const string NotSecretHeader = "Not-Secret";

    /// <summary>A POST whose body is the use's input.</summary>
    public static IEndpointConventionBuilder MapPostUse<TUse, TInput, TResult>(this IEndpointRouteBuilder api, string pattern, int success = StatusCodes.Status200OK)
        where TUse : class, IUse<TInput, TResult> where TInput : notnull
    {
        return api.MapHandler("POST", pattern, async (
                TInput input, [FromHeader(Name = KeyHeader)] string? key, [FromHeader(Name = NotSecretHeader)] string? notSecret, TUse use, IOnce once, HttpContext http, CancellationToken ct) =>
                Answer(await once.Run($"POST {http.Request.Path}", key, input, () => use.Handle(input, ct), ct, Fields(notSecret)), success))
            .Described<TUse, TResult>(success);
    }

    /// <summary>A POST or PUT whose input is completed from the route by <paramref name="complete"/>.</summary>
    public static IEndpointConventionBuilder MapUse<TUse, TInput, TResult>(
        this IEndpointRouteBuilder api, string method, string pattern, Func<TInput, RouteValueDictionary, TInput> complete)
        where TUse : class, IUse<TInput, TResult> where TInput : notnull
    {
        return api.MapHandler(method, pattern, async (
                TInput body, [FromHeader(Name = KeyHeader)] string? key, [FromHeader(Name = NotSecretHeader)] string? notSecret, TUse use, IOnce once, HttpContext http, CancellationToken ct) =>
            {
                var input = complete(body, http.Request.RouteValues);
                return Answer(await once.Run($"{method} {http.Request.Path}", key, input, () => use.Handle(input, ct), ct, Fields(notSecret)), StatusCodes.Status200OK);
            })
            .Described<TUse, TResult>(StatusCodes.Status200OK);
    }

    /// <summary>A PUT that changes the record in the route's <c>{id:long}</c>, which <paramref name="complete"/> puts into the input.</summary>
    public static IEndpointConventionBuilder MapPutUse<TUse, TInput>(this IEndpointRouteBuilder api, string pattern, Func<TInput, long, TInput> complete)
        where TUse : class, IUse<TInput, Done> where TInput : notnull =>
        api.MapUse<TUse, TInput, Done>("PUT", pattern, (input, route) => complete(input, route.Id()));

    /// <summary>A DELETE whose input comes from the route alone.</summary>
    public static IEndpointConventionBuilder MapDeleteUse<TUse, TInput>(this IEndpointRouteBuilder api, string pattern)
        where TUse : class, IUse<TInput, Done> where TInput : notnull
    {
        return api.MapHandler("DELETE", pattern, async ([AsParameters] TInput input, TUse use, CancellationToken ct) =>
                Answer(await use.Handle(input, ct), StatusCodes.Status204NoContent))
            .Described<TUse, Done>(StatusCodes.Status204NoContent);
    }

    /// <summary>A GET whose input comes from route and query.</summary>
    public static IEndpointConventionBuilder MapGetUse<TUse, TInput, TResult>(this IEndpointRouteBuilder api, string pattern)
        where TUse : class, IUse<TInput, TResult> where TInput : notnull
    {
        return api.MapHandler("GET", pattern, async ([AsParameters] TInput input, TUse use, CancellationToken ct) =>
                Answer(await use.Handle(input, ct), StatusCodes.Status200OK))
            .Described<TUse, TResult>(StatusCodes.Status200OK);
    }

    /// <summary>The number in the route under <paramref name="name"/>; the pattern constrains it with <c>:long</c>.</summary>
    public static long Id(this RouteValueDictionary route, string name = "id") =>
        long.Parse((string)route[name]!, System.Globalization.CultureInfo.InvariantCulture);

    private static string[] Fields(string? named) => named?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    public static IResult Answer<T>(Outcome<T> outcome, int success)
    {
        if (outcome.Ok)
            return outcome.Value is Done ? Results.NoContent() : Results.Json(outcome.Value, statusCode: success);
        var first = outcome.Problems[0];
        var status = first.Rule switch
        {
            Problem.NotFoundRule => StatusCodes.Status404NotFound,
            Problem.ConflictRule => StatusCodes.Status409Conflict,
            Problem.ClosedRule => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status422UnprocessableEntity,
        };
        return Refusal(outcome.Problems, status);
    }

    internal static IResult Refusal(IReadOnlyList<Problem> problems, int status) =>
        Results.Problem(
            statusCode: status, type: $"urn:tieline:{problems[0].Rule}", title: problems[0].Message,
            extensions: new Dictionary<string, object?>
            {
                ["errors"] = problems.Select(p => new { field = p.Field is null ? null : char.ToLowerInvariant(p.Field[0]) + p.Field[1..], message = p.Message, rule = p.Rule }),
            });

    /// <summary>
    /// A handler whose binding is compiled at its first request: compiled at the start, as <c>MapPost</c> does it, the bindings of all
    /// routes take longer than everything else in it.
    /// </summary>
    private static IEndpointConventionBuilder MapHandler(this IEndpointRouteBuilder api, string method, string pattern, Delegate handler)
    {
        var options = new RequestDelegateFactoryOptions
        {
            ServiceProvider = api.ServiceProvider, RouteParameterNames = RoutePatternFactory.Parse(pattern).Parameters.Select(p => p.Name), ThrowOnBadRequest = true,
        };
        var described = RequestDelegateFactory.InferMetadata(handler.Method, options);
        var compiled = new Lazy<RequestDelegate>(() => RequestDelegateFactory.Create(handler, options).RequestDelegate);
        return api.MapMethods(pattern, [method], (RequestDelegate)(http => UnreadableRequest.Told(http, compiled.Value))).WithMetadata([handler.Method, .. described.EndpointMetadata]);
    }

    private static IEndpointConventionBuilder Described<TUse, TResult>(this IEndpointConventionBuilder route, int success) => route.WithName(typeof(TUse).Name).WithMetadata(
        typeof(TResult) == typeof(Done) ? new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent, typeof(void)) : new ProducesResponseTypeMetadata(success, typeof(TResult), ["application/json"]),
        Refusal(StatusCodes.Status422UnprocessableEntity), Refusal(StatusCodes.Status403Forbidden));

    private static ProducesResponseTypeMetadata Refusal(int status) => new(status, typeof(ProblemDetails), ["application/problem+json"]);
}

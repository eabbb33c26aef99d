using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Settings;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <summary>How much one sender may ask of a node in a minute; beyond it the answer is 429 with <c>Retry-After</c>.</summary>
public static class RateLimits
{
    public static readonly SettingKey<int> ApiPerMinute = new("limits.api_per_minute", 600, "Requests a minute of one API key, on each node", SettingRules.Between(1, 1_000_000));
    public static readonly SettingKey<int> PagesPerMinute = new("limits.pages_per_minute", 1200, "Requests a minute of one signed-in browser, on each node", SettingRules.Between(10, 1_000_000));

    private const int SignInPerName = 10;
    private const int SignInPerAddress = 300;
    private const int SetUpPerAddress = 10;

    // Senders are sorted into so many drawers by a hash that is another one in every process: whoever invents addresses
    // and names by the million fills no more memory than this, and cannot aim at somebody else's drawer.
    private const int Drawers = 16_384;
    private const long LongestSignIn = 16_384;
    private static readonly object Limits = new();
    private static readonly object SignInName = new();

    internal static void AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, Sender>(BySender), PartitionedRateLimiter.Create<HttpContext, Sender>(BySignInName));
        options.OnRejected = async (rejected, _) => await Reject(rejected);
    });

    /// <summary>After authentication, before authorization.</summary>
    public static void UseTielineRateLimits(this IApplicationBuilder app)
    {
        app.Use(async (context, next) =>
        {
            var settings = context.RequestServices.GetRequiredService<ISettings>();
            context.Items[Limits] = (await settings.Get(ApiPerMinute, context.RequestAborted), await settings.Get(PagesPerMinute, context.RequestAborted));
            if (IsSignIn(context.Request) && !await ReadSignInName(context))
                return;
            await next(context);
        });
        app.UseRateLimiter();
    }

    private static RateLimitPartition<Sender> BySender(HttpContext context)
    {
        var path = context.Request.Path;
        if (context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null || path == "/healthz" || path == "/readyz")
            return RateLimitPartition.GetNoLimiter(default(Sender));
        if (IsSignIn(context.Request))
            return Limited("sign-in", Address(context), SignInPerAddress);
        if (path.StartsWithSegments("/set-up", StringComparison.OrdinalIgnoreCase))
            return Limited("set-up", Address(context), SetUpPerAddress);
        var (api, pages) = context.Items[Limits] is (int a, int p) ? (a, p) : (ApiPerMinute.Default, PagesPerMinute.Default);
        var current = context.RequestServices.GetRequiredService<CurrentActor>();
        // There are as many keys as people have made: each has its own count.
        // Key 0 is the command line of this machine: an import is as fast as it can be.
        if (current.Actor is { Kind: ActorKind.ApiKey, Id: var key })
            return key == 0 ? RateLimitPartition.GetNoLimiter(default(Sender)) : Limited(new Sender("key", key, api));
        return current.Session is { } session ? Limited("session", session, pages) : Limited("address", Address(context), pages);
    }

    private static RateLimitPartition<Sender> BySignInName(HttpContext context) =>
        context.Items[SignInName] is string name ? Limited("sign-in name", name, SignInPerName) : RateLimitPartition.GetNoLimiter(default(Sender));

    private static RateLimitPartition<Sender> Limited(string kind, string who, int perMinute) =>
        Limited(new Sender(kind, (uint)who.GetHashCode(StringComparison.Ordinal) % Drawers, perMinute));

    private static RateLimitPartition<Sender> Limited(Sender sender) => RateLimitPartition.GetFixedWindowLimiter(sender, static s => new FixedWindowRateLimiterOptions
    {
        PermitLimit = Math.Max(1, s.PerMinute), Window = TimeSpan.FromMinutes(1), QueueLimit = 0,
    });

    private static bool IsSignIn(HttpRequest request) => HttpMethods.IsPost(request.Method) && request.Path.Equals("/sign-in", StringComparison.OrdinalIgnoreCase);

    /// <summary>The limiter is synchronous: the name is read before it.</summary>
    private static async Task<bool> ReadSignInName(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = LongestSignIn;
        try
        {
            if (context.Request.HasFormContentType && context.Request.ContentLength is null or <= LongestSignIn)
            {
                var form = await context.Request.ReadFormAsync(context.RequestAborted);
                var name = TypedText.OneLine(form[nameof(SignIn.Input.UserName)], UserNames.Longest);
                context.Items[SignInName] = $"{Address(context)} {name.ToUpperInvariant()}";
                return true;
            }
        }
        catch (InvalidDataException)
        {
            // No form that can be read: answered as such below.
        }
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return false;
    }

    /// <summary>An IPv6 network of a household is one sender: it has addresses without end.</summary>
    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "local",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } six => new IPAddress([.. six.GetAddressBytes().AsSpan(0, 8), .. new byte[8]]).ToString(),
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        var four => four.ToString(),
    };

    private static async Task Reject(OnRejectedContext rejected)
    {
        var context = rejected.HttpContext;
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 60;
        context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        if (context.Request.Path.StartsWithSegments("/api"))
            await Results.Problem(statusCode: 429, type: "urn:tieline:too_many_requests", title: $"Too many requests. Try again in {wait} seconds.").ExecuteAsync(context);
        else
            await Results.Extensions.RazorComponent<TooMany>(429, new { Seconds = wait }).ExecuteAsync(context);
    }

    private readonly record struct Sender(string Kind, long Number, int PerMinute);
}

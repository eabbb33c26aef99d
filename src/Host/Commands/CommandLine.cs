using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Host.Commands;

/// <summary>Exit codes of all commands, after sysexits.h; one line on standard error says why.</summary>
internal static class Exit
{
    public const int Done = 0;

    /// <summary>A rule was broken, or something went wrong.</summary>
    public const int Failed = 1;

    /// <summary>The command cannot be read.</summary>
    public const int Usage = 64;

    /// <summary>Some rows of a file were rejected; the others are in.</summary>
    public const int DataRejected = 65;

    /// <summary>The data folder is in use, the node does not answer, or a run waits for others: try again later.</summary>
    public const int Busy = 75;

    /// <summary>The right is missing (the attempt is in the audit), or the API key is not valid.</summary>
    public const int Forbidden = 77;
}

/// <summary>
/// How a command reaches the house. Beside a running node it calls the node's API, with the API key of the environment
/// variable <c>TIELINE_API_KEY</c> or else with the key file that the node keeps in the data folder. Without a node it runs in
/// this process under the node's lock, as that API key or as the operator of the machine. Either way the same use runs, with
/// the same checks and the same audit.
/// </summary>
internal sealed class CommandLine(NodeOptions node, TextWriter output, TextWriter error, string? givenKey = null)
{
    public const string KeyVariable = "TIELINE_API_KEY";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public TextWriter Output => output;
    public TextWriter Error => error;

    /// <summary>Runs one use: METHOD <paramref name="path"/> on the node (GET with its query in the path, else with the input as JSON), or the use itself.</summary>
    /// <param name="path">Below <c>/api/v1</c>, e.g. <c>/api-keys</c>.</param>
    /// <returns>An exit code of <see cref="Exit"/>.</returns>
    public Task<int> Use<TUse, TInput, TResult>(HttpMethod method, string path, TInput input, Action<TextWriter, TResult> print, CancellationToken ct)
        where TUse : class, IUse<TInput, TResult> =>
        Run(
            async (http, token) =>
            {
                using var request = new HttpRequestMessage(method, $"/api/v1{path}");
                if (method != HttpMethod.Get)
                {
                    request.Content = JsonContent.Create(input, options: Json);
                    request.Headers.Add(ApiRoutes.KeyHeader, Guid.NewGuid().ToString("N"));
                }
                using var response = await http.SendAsync(request, token);
                if (await Refused(response, token) is { } code)
                    return code;
                print(output, response.StatusCode == HttpStatusCode.NoContent ? default! : (await response.Content.ReadFromJsonAsync<TResult>(Json, token))!);
                return Exit.Done;
            },
            async (services, token) =>
            {
                var once = services.GetRequiredService<IOnce>();
                var use = services.GetRequiredService<TUse>();
                var outcome = await once.Run(path, null, input, () => use.Handle(input, token), token);
                if (!outcome.Ok)
                    return Fail(outcome.ToString());
                print(output, outcome.Value);
                return Exit.Done;
            }, ct);

    /// <summary>For what is more than one use: runs <paramref name="beside"/> with a client of the running node's API (base address and key set), or <paramref name="inProcess"/> in a scope of this process.</summary>
    public async Task<int> Run(Func<HttpClient, CancellationToken, Task<int>> beside, Func<IServiceProvider, CancellationToken, Task<int>> inProcess, CancellationToken ct)
    {
        try
        {
            return await Find(ct) is { } http ? await Beside(http, beside, ct) : await InProcess(inProcess, ct);
        }
        catch (HttpRequestException exception)
        {
            return Fail($"the node does not answer: {exception.Message}", Exit.Busy);
        }
    }

    /// <summary>Prints the one line that says what went wrong.</summary>
    public int Fail(string message, int code = Exit.Failed) => Fail(error, message, code);

    internal static int Fail(TextWriter error, string message, int code)
    {
        error.WriteLine($"tieline: {message.ReplaceLineEndings(" ")}");
        return code;
    }

    /// <summary>Prints why the node refused.</summary>
    /// <returns>The exit code; null when it did not.</returns>
    public async Task<int?> Refused(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.IsSuccessStatusCode)
            return null;
        var message = $"the node answered {(int)response.StatusCode}";
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            using var details = JsonDocument.Parse(await response.Content.ReadAsStringAsync(ct));
            var errors = details.RootElement.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array
                ? string.Join(" ", list.EnumerateArray().Select(e => e.GetProperty("message").GetString())) : "";
            message = errors.Length > 0 ? errors : details.RootElement.TryGetProperty("title", out var title) ? title.GetString() ?? message : message;
        }
        return Fail(message, response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Exit.Forbidden,
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => Exit.Busy,
            _ => Exit.Failed,
        });
    }

    private async Task<int> Beside(HttpClient http, Func<HttpClient, CancellationToken, Task<int>> work, CancellationToken ct)
    {
        using (http)
            return await work(http, ct);
    }

    /// <summary>A client of a node that answers; null when none runs on this data folder and database.</summary>
    private async Task<HttpClient?> Find(CancellationToken ct)
    {
        foreach (var address in NodeAddress.Of(node))
        {
            var http = new HttpClient { BaseAddress = new Uri(address.Url), Timeout = Timeout.InfiniteTimeSpan };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", givenKey ?? address.Key);
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
                limit.CancelAfter(TimeSpan.FromSeconds(5));
                using var alive = await http.GetAsync("/healthz", limit.Token);
                if (alive.IsSuccessStatusCode)
                    return http;
            }
            catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !ct.IsCancellationRequested))
            {
                // Left behind by a node that was killed.
            }
            http.Dispose();
        }
        return null;
    }

    private async Task<int> InProcess(Func<IServiceProvider, CancellationToken, Task<int>> work, CancellationToken ct)
    {
        if (node.Database is null && !File.Exists(Path.Combine(node.DataDirectory, "tieline.db")))
            return Fail($"there is no database in {node.DataDirectory} yet; start Tieline first (./tieline up), or give --database");
        using var held = node.Database is null ? NodeLock.TryTake(node.DataDirectory) : null;
        if (node.Database is null && held is null)
            return Fail($"a node on {node.DataDirectory} is starting, or does not answer; try again", Exit.Busy);
        var builder = House.Build(node with { Workers = false, Serves = false });
        if (held is not null)
            // Not before the command works at jobs: one that does not leaves what the process before had in hand to the next.
            builder.Services.AddSingleton(_ => held.Name());
        await using var app = builder.Build();
        await House.Prepare(app.Services, ct);
        await using var scope = app.Services.CreateAsyncScope();
        var actor = scope.ServiceProvider.GetRequiredService<CurrentActor>();
        actor.Source = "command";
        if (givenKey is { } key)
        {
            if (await scope.ServiceProvider.GetRequiredService<ApiKeys>().Find(key, ct) is not { } machine)
                return Fail($"the API key in {KeyVariable} is not valid", Exit.Forbidden);
            actor.Actor = machine;
        }
        else
            actor.Actor = Actor.Process($"command line of {Environment.UserName}");
        try
        {
            return await work(scope.ServiceProvider, ct);
        }
        catch (ForbiddenException refused)
        {
            await scope.ServiceProvider.GetRequiredService<IAuditTrail>().Note("denied", new RecordRef("permission", 0), new { refused.Permission, Path = "command" }, ct);
            return Fail(refused.Message, Exit.Forbidden);
        }
    }
}

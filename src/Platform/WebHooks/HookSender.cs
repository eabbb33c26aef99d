using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Tieline.Platform.Settings;
using Tieline.Platform.Uses;

namespace Tieline.Platform.WebHooks;

/// <summary>What a target answered.</summary>
/// <param name="Status">Null when there was no answer.</param>
/// <param name="Error">Why it does not count as delivered; null when it does.</param>
internal sealed record HookAnswer(int? Status, string? Text, string? Error, int DurationMs);

/// <summary>What one try of a delivery sends.</summary>
/// <param name="Secrets">The one in force first, and while a rotation lasts the one before.</param>
internal sealed record HookRequest(Uri Url, long DeliveryId, string EventName, string Body, IReadOnlyList<string> Secrets);

/// <param name="Connect">Until there is a connection, TLS included.</param>
/// <param name="Whole">Until the answer is read.</param>
internal sealed record HookPatience(TimeSpan Connect, TimeSpan Whole)
{
    public static readonly HookPatience Default = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
}

/// <summary>Sends to one address of the target that was looked at before, follows nothing, believes no proxy, and waits only so long.</summary>
internal sealed class HookSender(IFindAddresses names, HookPatience patience, TimeProvider time, ISettings settings)
{
    public const string SignatureHeader = "Tieline-Signature";
    public const string TimestampHeader = "Tieline-Timestamp";
    public const string EventHeader = "Tieline-Event";
    public const string DeliveryHeader = "Tieline-Delivery";

    private const int AnswerBytes = 2_048;

    public async Task<HookAnswer> Send(HookRequest request, CancellationToken ct)
    {
        var targets = await WebHookTargets.Read(settings, ct);
        var began = Stopwatch.GetTimestamp();
        HookAnswer Ended(int? status, string? text, string? error) => new(status, text, error, (int)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        using var whole = CancellationTokenSource.CreateLinkedTokenSource(ct);
        whole.CancelAfter(patience.Whole);
        try
        {
            // Nothing is kept open from one delivery to the next: each goes to an address that was looked at for it.
            using var handler = Handler(request.Url, targets);
            using var client = new HttpMessageInvoker(handler);
            using var message = Message(request);
            using var answer = await client.SendAsync(message, whole.Token);
            var status = (int)answer.StatusCode;
            return Ended(status, await Text(answer, whole.Token), answer.IsSuccessStatusCode ? null
                : status is >= 300 and < 400 ? $"Answered {status}: a redirect is not followed; give the address itself." : $"Answered {status}.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Ended(null, null, whole.IsCancellationRequested ? $"No answer within {patience.Whole.TotalSeconds:0.#} s." : $"No connection within {patience.Connect.TotalSeconds:0.#} s.");
        }
        catch (HttpRequestException exception)
        {
            return Ended(null, null, TypedText.OneLine((exception.InnerException as RefusedTargetException ?? exception.InnerException ?? exception).Message, 500));
        }
        catch (IOException exception)
        {
            return Ended(null, null, TypedText.OneLine(exception.Message, 500));
        }
    }

    /// <summary><c>v1=</c> and the HMAC-SHA256 of timestamp, point and body in hex, for each secret.</summary>
    public static string Signature(IEnumerable<string> secrets, string timestamp, string body) =>
        string.Join(',', secrets.Select(secret => $"v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{timestamp}.{body}")))}"));

    private HttpRequestMessage Message(HookRequest request)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var message = new HttpRequestMessage(HttpMethod.Post, request.Url) { Content = new StringContent(request.Body, Encoding.UTF8, "application/json") };
        message.Headers.UserAgent.ParseAdd("Tieline");
        message.Headers.Add(EventHeader, request.EventName);
        message.Headers.Add(DeliveryHeader, request.DeliveryId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        message.Headers.Add(TimestampHeader, timestamp);
        message.Headers.Add(SignatureHeader, Signature(request.Secrets, timestamp, request.Body));
        return message;
    }

    private SocketsHttpHandler Handler(Uri url, WebHookTargets targets) => new()
    {
        AllowAutoRedirect = false, UseProxy = false, UseCookies = false, PreAuthenticate = false, AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = patience.Connect, PooledConnectionLifetime = TimeSpan.Zero, MaxResponseHeadersLength = 16, MaxResponseDrainSize = 0,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        ConnectCallback = async (connection, ct) => await Connect(url, connection.DnsEndPoint.Port, targets, ct),
    };

    private async Task<Stream> Connect(Uri url, int port, WebHookTargets targets, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(url.IdnHost, out var literal) ? [literal] : await names.Of(url.IdnHost, ct);
        var open = Array.FindAll(addresses, a => targets.May(url, a));
        if (open.Length == 0)
            throw new RefusedTargetException(addresses.Length == 0 ? $"{url.IdnHost} has no address." : $"Refused: {url.IdnHost} is {addresses[0]}, which is not public{(url.Scheme == Uri.UriSchemeHttp ? " or not allowed without TLS" : "")}.");
        for (var i = 0; ; i++)
        {
            var socket = new Socket(open[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                // The address that was looked at, not the name: asked again it may be another.
                await socket.ConnectAsync(open[i], port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception exception)
            {
                socket.Dispose();
                if (exception is not SocketException || i + 1 == open.Length)
                    throw;
            }
        }
    }

    /// <summary>The beginning of an answer that is text. That it was answered counts, however long the rest would take.</summary>
    private static async Task<string?> Text(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.Content.Headers.ContentType?.MediaType is not { } type || !(type.StartsWith("text/", StringComparison.Ordinal) || type.EndsWith("json", StringComparison.Ordinal) || type.EndsWith("xml", StringComparison.Ordinal)))
            return null;
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(ct);
        soon.CancelAfter(TimeSpan.FromSeconds(2));
        var buffer = new byte[AnswerBytes];
        var read = 0;
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(soon.Token);
            while (read < buffer.Length && await stream.ReadAsync(buffer.AsMemory(read), soon.Token) is var more and > 0)
                read += more;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or HttpRequestException)
        {
            // What has come until now is what is shown.
        }
        return TypedText.MultiLineOrNull(Encoding.UTF8.GetString(buffer, 0, read), AnswerBytes);
    }

    private sealed class RefusedTargetException(string message) : Exception(message);
}

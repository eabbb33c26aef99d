using System.Net;
using System.Text.RegularExpressions;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.Security;

/// <summary>A browser without script: keeps cookies, fills in forms, does not follow redirects.</summary>
internal sealed partial class Browser(TestHouse house, string? address = null)
{
    private readonly HttpClient client = house.Client();
    private readonly Dictionary<string, string> cookies = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Cookies => cookies;

    public Task<HttpResponseMessage> Get(string path) => Send(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>Opens a page, fills in the form whose HTML id is given and sends it.</summary>
    public async Task<HttpResponseMessage> Submit(string path, string form, params (string Name, string Value)[] fields)
    {
        using var page = await Get(path);
        var html = await page.Content.ReadAsStringAsync();
        var start = html.IndexOf($"id=\"{form}\"", StringComparison.Ordinal);
        if (start < 0)
            throw new InvalidOperationException($"{path} ({page.StatusCode}) has no form {form}: {html}");
        var hidden = Hidden().Matches(html[start..html.IndexOf("</form>", start, StringComparison.Ordinal)])
            .Select(m => (Name: WebUtility.HtmlDecode(m.Groups["name"].Value), Value: WebUtility.HtmlDecode(m.Groups["value"].Value)))
            .Where(h => !fields.Any(f => f.Name == h.Name));
        return await Post(path, [.. hidden, .. fields]);
    }

    public Task<HttpResponseMessage> Post(string path, params (string Name, string Value)[] fields) => Send(new HttpRequestMessage(HttpMethod.Post, path)
    {
        Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))),
    });

    public Task<HttpResponseMessage> SignIn(string name, string password, string path = "/sign-in") =>
        Submit(path, "form-sign-in", ("UserName", name), ("Password", password));

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request)
    {
        if (cookies.Count > 0)
            request.Headers.Add("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}")));
        if (address is not null)
            request.Headers.Add("X-Forwarded-For", address);
        var response = await client.SendAsync(request);
        if (response.Headers.TryGetValues("Set-Cookie", out var set))
        {
            foreach (var cookie in set.Select(s => s.Split(';')[0].Split('=', 2)))
            {
                if (cookie[1].Length == 0)
                    cookies.Remove(cookie[0]);
                else
                    cookies[cookie[0]] = cookie[1];
            }
        }
        return response;
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hidden();
}

using System.Net;
using System.Text.RegularExpressions;

namespace Tieline.Tests.Support;

/// <summary>Fills in and sends the forms of pages, as a browser without script would.</summary>
public static partial class Forms
{
    /// <param name="form">HTML id of the form, e.g. <c>form-add-department</c>.</param>
    /// <returns>The answer; 302 when it was stored.</returns>
    public static async Task<HttpResponseMessage> Submit(this HttpClient browser, string path, string form, params (string Name, string Value)[] fields) =>
        await (await browser.OpenForm(path, form))(fields);

    /// <summary>A form as it stands on a screen: sent later, whatever has happened meanwhile.</summary>
    public static async Task<Func<(string Name, string Value)[], Task<HttpResponseMessage>>> OpenForm(this HttpClient browser, string path, string form)
    {
        var page = await browser.GetAsync(new Uri(path, UriKind.Relative));
        var html = await page.Content.ReadAsStringAsync();
        var start = html.IndexOf($"<form id=\"{form}\"", StringComparison.Ordinal);
        if (start < 0)
            throw new InvalidOperationException($"{path} ({page.StatusCode}) has no form {form}:\n{html}");
        var body = html[start..html.IndexOf("</form>", start, StringComparison.Ordinal)];
        var hidden = Hidden().Matches(body)
            .Select(m => KeyValuePair.Create(Name().Match(m.Value).Groups["text"].Value, WebUtility.HtmlDecode(Value().Match(m.Value).Groups["text"].Value))).ToArray();
        var own = browser.DefaultRequestHeaders.TryGetValues("Cookie", out var session) ? session : [];
        var given = page.Headers.TryGetValues("Set-Cookie", out var set) ? set.Select(c => c.Split(';')[0]) : [];
        var cookies = string.Join("; ", own.Concat(given));
        return async fields =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new FormUrlEncodedContent(hidden.Where(h => !fields.Any(f => f.Name == h.Key)).Concat(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)))),
            };
            request.Headers.Add("Cookie", cookies);
            return await browser.SendAsync(request);
        };
    }

    /// <summary>Presses a button that is a form without fields of its own.</summary>
    /// <param name="action">Where the form is sent.</param>
    /// <param name="holding">Text in the form, where there are several of the same action.</param>
    public static async Task<HttpResponseMessage> Press(this HttpClient browser, string path, string action, string holding = "")
    {
        var page = await browser.GetAsync(new Uri(path, UriKind.Relative));
        var html = await page.Content.ReadAsStringAsync();
        var form = html.Split("<form").Skip(1).Select(f => f.Split("</form>")[0])
            .FirstOrDefault(f => f.Contains($"action=\"{action}\"", StringComparison.Ordinal) && f.Contains(holding, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{path} ({page.StatusCode}) has no button {action} with '{holding}':\n{html}");
        var sent = Hidden().Matches(form)
            .Select(m => KeyValuePair.Create(Name().Match(m.Value).Groups["text"].Value, WebUtility.HtmlDecode(Value().Match(m.Value).Groups["text"].Value)));
        using var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(sent) };
        var own = browser.DefaultRequestHeaders.TryGetValues("Cookie", out var session) ? session : [];
        var given = page.Headers.TryGetValues("Set-Cookie", out var set) ? set.Select(c => c.Split(';')[0]) : [];
        request.Headers.Add("Cookie", string.Join("; ", own.Concat(given)));
        return await browser.SendAsync(request);
    }

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Hidden();

    [GeneratedRegex("\\sname=\"(?<text>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Name();

    [GeneratedRegex("\\svalue=\"(?<text>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Value();
}

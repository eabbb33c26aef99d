using Microsoft.AspNetCore.Http;
using Tieline.Platform.Time;

namespace Tieline.Desk.Customer;

/// <summary>What of the timeline is shown, as the address of the page has it: <c>?kind=contact&amp;days=90</c>.</summary>
internal sealed record TimelineQuery(string? Kind, int? Days)
{
    public static readonly IReadOnlyList<(string Value, string Text)> Kinds = [("contact", "Contacts"), ("reminder", "Promises"), ("agreement", "Agreements"), ("account", "Accounts"), ("person", "Changes")];

    public static readonly IReadOnlyList<(int Value, string Text)> Spans = [(30, "30 days"), (90, "90 days"), (365, "a year")];

    public static TimelineQuery Of(HttpContext http)
    {
        var kind = http.Request.Query["kind"].ToString();
        var days = int.TryParse(http.Request.Query["days"], out var given) && given is > 0 and <= 36_500 ? given : (int?)null;
        return new TimelineQuery(kind.Length is > 0 and <= 40 && kind.All(c => char.IsAsciiLetter(c) || c == '_') ? kind : null, days);
    }

    public async Task<DateTime?> From(IUtilityClock clock, CancellationToken ct) =>
        Days is { } days ? await clock.StartOf((await clock.Today(ct)).AddDays(-days), ct) : null;

    public string Href(long person, string? after = null)
    {
        var values = new[] { ("kind", Kind), ("days", Days?.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("after", after) }
            .Where(v => v.Item2 is not null).Select(v => $"{v.Item1}={Uri.EscapeDataString(v.Item2!)}");
        return $"/customers/{person}/timeline?{string.Join('&', values)}";
    }
}

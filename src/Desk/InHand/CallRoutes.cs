using System.Globalization;
using System.Net.Mime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tieline.Contacts;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Desk.InHand;

/// <summary>
/// The buttons of the strip. Whoever goes on with a caller has that caller's customer in hand, and nobody else's: what is recorded next
/// cannot land on the one before.
/// </summary>
internal sealed class CallRoutes(IInteractions calls, InHandCookie inHand, IOnce once)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        void Post(string pattern, Func<CallRoutes, HttpContext, Task<IResult>> act) => routes.MapButton(pattern, act);
        Post("/in-hand/take", (self, http) => self.Take(http));
        Post("/in-hand/park", (self, http) => self.Step(http, (calls, id, ct) => calls.Park(id, ct), "Parked."));
        Post("/in-hand/end", (self, http) => self.End(http));
        Post("/in-hand/wrong-number", (self, http) => self.WrongNumber(http));
        Post("/in-hand/caller", (self, http) => self.Caller(http));
        Post("/in-hand/resume", (self, http) => self.GoOn(http, (calls, id, ct) => calls.Resume(id, ct)));
        Post("/in-hand/accept", (self, http) => self.GoOn(http, (calls, id, ct) => calls.Accept(id, ct)));
    }

    /// <summary>The button stands on a page that stays: its answer is the key of the next time.</summary>
    private async Task<IResult> Take(HttpContext http)
    {
        var taken = await Once(http, "take", calls.Take);
        if (taken.Ok)
            InHandCookie.PutDown(http);
        var answer = Answer(http, taken, taken.Ok ? $"{taken.Value.Reference} begins{Parked(taken.Value)}." : null);
        return http.IsFragment() ? NextKey() : answer;
    }

    /// <summary>What a button that stays on its page sends the next time.</summary>
    internal static IResult NextKey() => Results.Content($"<input type=\"hidden\" name=\"_key\" value=\"{Guid.NewGuid():N}\">", MediaTypeNames.Text.Html);

    private async Task<IResult> Step(HttpContext http, Func<IInteractions, long, CancellationToken, Task<Outcome<Done>>> step, string said) =>
        Answer(http, await Once(http, said, ct => step(calls, Number(http, "id") ?? 0, ct)), said);

    private async Task<IResult> End(HttpContext http)
    {
        var call = Number(http, "id") ?? 0;
        var ended = await Once(http, "end", ct => calls.End(call, ct));
        if (ended.Ok)
            InHandCookie.PutDown(http);
        else if (ended.Problems.Any(p => p.Rule is IInteractions.NothingRecorded or IInteractions.DraftsLeft))
            return Ask(http, $"/interactions/{call}/end");
        return Answer(http, ended, "Ended.");
    }

    private async Task<IResult> WrongNumber(HttpContext http)
    {
        var ended = await Once(http, "wrong-number", ct => calls.WrongNumber(Number(http, "id") ?? 0, ct));
        if (ended.Ok)
            InHandCookie.PutDown(http);
        return Answer(http, ended, ended.Ok ? $"Wrong number recorded: {ended.Value}." : null);
    }

    private async Task<IResult> Caller(HttpContext http)
    {
        var person = Number(http, "person");
        return Answer(http, await Once(http, "caller", ct => calls.TakeCaller(Number(http, "id") ?? 0, person, ct)), person is null ? "Nobody is known as the caller now." : null);
    }

    private async Task<IResult> GoOn(HttpContext http, Func<IInteractions, long, CancellationToken, Task<Outcome<InteractionTaken>>> step)
    {
        var taken = await Once(http, "go-on", ct => step(calls, Number(http, "id") ?? 0, ct));
        if (!taken.Ok)
            return Answer(http, taken, null);
        if (taken.Value.PersonId is { } caller)
            inHand.Take(http, caller);
        else
            InHandCookie.PutDown(http);
        return Answer(http, taken, $"{taken.Value.Reference} goes on{Parked(taken.Value)}.", taken.Value.PersonId is { } shown ? $"/customers/{shown}" : null);
    }

    private static string Parked(InteractionTaken taken) => taken.Parked is null ? "" : $"; {taken.Parked} is parked";

    private Task<Outcome<T>> Once<T>(HttpContext http, string step, Func<CancellationToken, Task<Outcome<T>>> work)
    {
        var ct = http.RequestAborted;
        return once.Run($"STRIP {http.Request.Path}", http.Request.Form["_key"], new { step, id = Number(http, "id"), person = Number(http, "person") }, () => work(ct), ct);
    }

    /// <param name="href">Where the page goes on, unless something is typed there that would get lost.</param>
    internal static IResult Answer<T>(HttpContext http, Outcome<T> outcome, string? said, string? href = null)
    {
        var text = outcome.Ok ? said : string.Join(' ', outcome.Problems.Select(p => p.Message));
        if (!http.IsFragment())
        {
            if (text is not null)
                Toasts.CarryOver(http, text);
            return Results.LocalRedirect(href ?? "/");
        }
        var told = new Dictionary<string, object?>(StringComparer.Ordinal) { ["in-hand"] = null };
        if (text is not null)
            told["tieline:told"] = new { text, bad = !outcome.Ok };
        if (outcome.Ok && href is not null)
            told["tieline:go"] = new { href };
        http.TellPage(told);
        return Results.NoContent();
    }

    /// <summary>What a button alone cannot answer is asked in a form.</summary>
    private static IResult Ask(HttpContext http, string href)
    {
        if (!http.IsFragment())
            return Results.LocalRedirect(href);
        http.TellPage(new Dictionary<string, object?>(StringComparer.Ordinal) { ["in-hand"] = null, ["tieline:ask"] = new { href } });
        return Results.NoContent();
    }

    private static long? Number(HttpContext http, string name) =>
        long.TryParse(http.Request.Form[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

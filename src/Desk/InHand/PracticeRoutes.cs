using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tieline.Contacts;
using Tieline.Platform.Ui;
using Tieline.Platform.Uses;

namespace Tieline.Desk.InHand;

/// <summary>The buttons of simulated calls. Without a demonstration they are not there, whoever asks.</summary>
internal sealed class PracticeRoutes(IPracticeCalls practice, IOnce once)
{
    private const int MostCode = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Before the page of the same address, which answers every method.
        void Post(string pattern, Func<PracticeRoutes, HttpContext, Task<IResult>> act) => routes.MapButton(pattern, act).WithOrder(-1);
        Post("/demo/call", (self, http) => self.Ring(http));
        Post("/demo/call/answer", (self, http) => self.Answer(http));
        Post("/demo/call/ask", (self, http) => self.Step(http, Typed(http, "what"), (p, what, ct) => p.Ask(what ?? "", ct)));
        Post("/demo/call/away", (self, http) => self.Step(http, null, (p, _, ct) => p.PutAway(ct)));
    }

    /// <summary>A button of it stands on every page: the answer is the key of the next time.</summary>
    private async Task<IResult> Ring(HttpContext http)
    {
        var rung = await Once(http, Typed(http, "story"), (p, story, ct) => p.Ring(story, ct));
        var answer = Answer(http, rung);
        return rung.Ok && http.IsFragment() ? CallRoutes.NextKey() : answer;
    }

    /// <summary>Who was in hand before does not call: what is recorded next cannot land on them.</summary>
    private async Task<IResult> Answer(HttpContext http)
    {
        var taken = await Once(http, null, (p, _, ct) => p.Answer(ct));
        if (taken.Ok)
            InHandCookie.PutDown(http);
        return Answer(http, taken);
    }

    private async Task<IResult> Step(HttpContext http, string? what, Func<IPracticeCalls, string?, CancellationToken, Task<Outcome<Done>>> step) =>
        Answer(http, await Once(http, what, step));

    private Task<Outcome<T>> Once<T>(HttpContext http, string? what, Func<IPracticeCalls, string?, CancellationToken, Task<Outcome<T>>> work)
    {
        var ct = http.RequestAborted;
        return once.Run($"PRACTICE {http.Request.Path}", http.Request.Form["_key"], new { what }, () => work(practice, what, ct), ct);
    }

    private static IResult Answer<T>(HttpContext http, Outcome<T> outcome) =>
        !outcome.Ok && outcome.Problems[0].Rule == Problem.NotFoundRule ? Results.NotFound() : CallRoutes.Answer(http, outcome, null);

    private static string? Typed(HttpContext http, string name) => http.Request.Form[name].ToString() is { Length: > 0 and <= MostCode } typed ? typed : null;
}

using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Tieline.Platform.Maintenance;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Ui;

/// <summary>
/// A form whose POST runs a use, at most once per key. Problems come back beside their fields with everything typed still there
/// (status 422); on success the browser goes where <see cref="Saved"/> says. Works with and without script.
/// </summary>
public sealed partial class UseForm<TInput, TResult> : ComponentBase
{
    internal const string KeyField = "_key";
    private const string TextSuffix = "_text";
    private string key = Guid.NewGuid().ToString("N");
    private FormState state = null!;

    [Inject] private IOnce Once { get; set; } = null!;
    [Inject] private CurrentActor Actor { get; set; } = null!;
    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter] private HttpContext Http { get; set; } = null!;

    [Parameter, EditorRequired] public IUse<TInput, TResult> Use { get; set; } = null!;

    /// <summary>Values the fields start with: an input, or any record with properties of the same names.</summary>
    [Parameter] public object? Start { get; set; }

    /// <summary>Adds what the form must not decide, such as the record's id from the route.</summary>
    [Parameter] public Func<TInput, TInput>? Complete { get; set; }

    /// <summary>As <see cref="Complete"/>, for what must be awaited: uploaded files, for example. Problems stop the use.</summary>
    [Parameter] public Func<TInput, IFormCollection, CancellationToken, Task<Outcome<TInput>>>? Prepare { get; set; }

    [Parameter, EditorRequired] public Func<TResult, After> Saved { get; set; } = null!;

    [Parameter] public RenderFragment? ChildContent { get; set; }

    /// <summary>Replaces the row of buttons.</summary>
    [Parameter] public RenderFragment? Buttons { get; set; }

    [Parameter] public string SubmitText { get; set; } = "Save";
    [Parameter] public string? CancelHref { get; set; }

    /// <summary>Unique on its page; also the HTML id. Needed only where a page has two forms of the same use.</summary>
    [Parameter] public string? Name { get; set; }

    /// <summary>Keeps what is typed in the browser until it is stored, under this key and the user, e.g. <c>contact-1200</c>.</summary>
    [Parameter] public string? Draft { get; set; }

    /// <summary>The type-ahead whose words the page looks up itself (in <see cref="Prepare"/>) when nothing was chosen.</summary>
    [Parameter] public string? LooksUp { get; set; }

    /// <summary>The form has a <c>FileField</c>.</summary>
    [Parameter] public bool Files { get; set; }

    [Parameter(CaptureUnmatchedValues = true)] public IReadOnlyDictionary<string, object>? Rest { get; set; }

    private string Id => Name ?? DefaultName;
    private string Here => Http.Request.Path + Http.Request.QueryString;
    private string? DraftKey => Draft is null ? null : $"{Actor.Actor.Ref.Kind}:{Actor.Actor.Ref.Id}/{Draft}";

    private string DefaultName
    {
        get
        {
            var name = Use.GetType().Name;
            return $"form-{JsonNamingPolicy.KebabCaseLower.ConvertName(name)}";
        }
    }

    protected override void OnInitialized()
    {
        TypedForm? typed = null;
        if (HttpMethods.IsPost(Http.Request.Method) && Http.Request.HasFormContentType && Http.Request.Form["_handler"] == Id)
        {
            typed = TypedForm.From(Http.Request.Form);
            if (Http.Request.Form[KeyField].ToString() is { Length: > 0 and <= 100 } sent)
                key = sent;
        }
        state = new FormState(Id, typed, Start, []);
    }

    private async Task Submit()
    {
        var ct = Http.RequestAborted;
        if (MaintenanceGate.RefusalOf(Http) is { } refused)
        {
            state = state.With([refused]);
            Http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        var (bound, problems) = FormBinder.Bind<TInput>(state.Typed!);
        var unchosen = Unchosen(Http.Request.Form).ToList();
        problems = [.. problems.Where(p => !unchosen.Exists(u => u.Field == p.Field)), .. unchosen];
        if (problems.Count > 0)
        {
            Show(problems);
            return;
        }
        var input = Complete is null ? bound! : Complete(bound!);
        if (Prepare is not null)
        {
            var prepared = await Prepare(input, Http.Request.Form, ct);
            if (!prepared.Ok)
            {
                Show(prepared.Problems);
                return;
            }
            input = prepared.Value;
        }
        var outcome = await Once.Run($"FORM {Http.Request.Path} {Id}", key, input, () => Use.Handle(input, ct), ct, state.Typed!.All(NotSecret.Field));
        if (outcome.Ok)
            Leave(Saved(outcome.Value));
        else
            Show(outcome.Problems);
    }

    /// <summary>Words in a type-ahead of which nothing was chosen would get lost without a word, with script and without.</summary>
    private IEnumerable<Problem> Unchosen(IFormCollection form) =>
        from text in form.Keys
        where text.EndsWith(TextSuffix, StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(form[text])
        let field = text[..^TextSuffix.Length]
        where field != LooksUp && form.ContainsKey(field) && string.IsNullOrWhiteSpace(form[field])
        select new Problem(field, "Choose one of the list, or clear it.", "unchosen");

    private void Show(IReadOnlyList<Problem> problems)
    {
        if (problems.Any(p => p.Rule == "idempotency.reused"))
        {
            key = Guid.NewGuid().ToString("N");
            problems = [new Problem(null, "This form was already stored once, with other content. Look at the record; save again if you want both.", "idempotency.reused")];
        }
        state = state.With(problems);
        Http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
    }

    private void Leave(After after)
    {
        var drawer = Http.Request.Headers["HX-Request"] == "true" && Http.Request.Headers["Tieline-Drawer"] == "true";
        var (stay, again) = (drawer && after.Stays, drawer && after.ShowsAgain);
        if (after.Toast is not null && !stay && !again)
            Toasts.CarryOver(Http, after.Toast);
        if (Http.Request.Headers["HX-Request"] == "true")
        {
            // The navigation below ends the rendering; its redirect is told to htmx in htmx's own words, and what is left of the page is not swapped in.
            Http.Response.OnStarting(() =>
            {
                var headers = Http.Response.Headers;
                headers.Remove("Location");
                Http.Response.StatusCode = StatusCodes.Status200OK;
                headers["HX-Reswap"] = "none";
                Http.Tell(new Dictionary<string, object> { ["tieline:saved"] = new { form = Id, toast = stay || again ? after.Toast : null, stay, again = again ? after.Href : null } });
                if (!stay && !again)
                    headers["HX-Redirect"] = after.Href;
                return Task.CompletedTask;
            });
        }
        Navigation.NavigateTo(after.Href);
    }
}

using System.Net;
using System.Net.Http.Json;
using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Platform.WebHooks;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.WebHooks;

public class KeepWebHooksTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task The_secret_is_told_once_and_stands_nowhere_else(TestDatabase on)
    {
        var log = new Lines();
        await using var house = await TestHouse.Open(on, services => services.AddSingleton<ILoggerProvider>(log));
        await using var outside = await Receiver.Open();
        await house.Allow("127.0.0.1");
        using var machine = await house.SignedInApi(Roles.TechnicalAdministrator);
        machine.DefaultRequestHeaders.Add("Idempotency-Key", "k1");
        using var made = await machine.PostAsJsonAsync("/api/v1/web-hooks", new { name = "CRM", url = outside.Address, events = new[] { "person.changed" } }, Token);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var hook = (await made.Content.ReadFromJsonAsync<AddWebHook.Created>(Token))!;
        Assert.StartsWith(HookSecrets.Prefix, hook.Secret, StringComparison.Ordinal);
        using var twice = await machine.PostAsJsonAsync("/api/v1/web-hooks", new { name = "CRM", url = outside.Address, events = new[] { "person.changed" } }, Token);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, twice.StatusCode);
        var rotated = (await house.Do<RotateWebHookSecret, RotateWebHookSecret.Input, RotateWebHookSecret.Rotated>(new(hook.Id))).Value;
        await house.Changed();
        await house.Settle();
        var told = new[]
        {
            await machine.GetStringAsync("/api/v1/web-hooks", Token), await machine.GetStringAsync($"/api/v1/web-hooks/{hook.Id}", Token), await machine.GetStringAsync($"/api/v1/web-hooks/{hook.Id}/deliveries", Token),
            string.Join('\n', log.Written),
        }.ToList();
        await using var scope = house.As(Roles.TechnicalAdministrator);
        told.AddRange(await (await scope.Connection()).QueryAsync<string>("select coalesce(changes, '') from audit_entry"));
        told.AddRange(await (await scope.Connection()).QueryAsync<string>("select response from idempotency"));
        Assert.All(told, text => Assert.DoesNotContain(HookSecrets.Prefix, text, StringComparison.Ordinal));
        var stored = (await house.Hook(hook.Id)).Secret;
        Assert.DoesNotContain(rotated.Secret, System.Text.Encoding.UTF8.GetString(stored), StringComparison.Ordinal);

        // Both sign for a day, then the new one alone.
        var first = outside.All.Last();
        Assert.Equal(HookSender.Signature([rotated.Secret, hook.Secret], first.Headers["Tieline-Timestamp"], first.Body), first.Headers["Tieline-Signature"]);
        house.Clock.Advance(TimeSpan.FromHours(25));
        Assert.True((await scope.Get<RotateKeys>().Handle(new(), Token)).Ok);
        await house.Changed();
        await house.Settle();
        var later = outside.All.Last();
        Assert.Equal(HookSender.Signature([rotated.Secret], later.Headers["Tieline-Timestamp"], later.Body), later.Headers["Tieline-Signature"]);
        Assert.NotEqual(stored, (await house.Hook(hook.Id)).Secret);
    }

    [Theory, BothDatabases]
    public async Task An_administrator_keeps_hooks_on_the_pages_and_nobody_else_does(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var outside = await Receiver.Open();
        await house.Allow("127.0.0.1");
        using var browser = await house.SignedIn(Roles.TechnicalAdministrator);
        using var refused = await browser.Submit("/admin/web-hooks/new", "form-add-web-hook", ("Name", "CRM"), ("Url", "http://10.0.0.1/"), ("Events", "person.changed"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("webhooks.allowed_targets", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var none = await browser.Submit("/admin/web-hooks/new", "form-add-web-hook", ("Name", "CRM"), ("Url", outside.Address));
        Assert.Contains("Choose at least one event.", await none.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var added = await browser.Submit("/admin/web-hooks/new", "form-add-web-hook", ("Name", "CRM <b>"), ("Url", outside.Address), ("Events", "person.changed"));
        var page = Path(added);
        using var once = new HttpRequestMessage(HttpMethod.Get, page);
        once.Headers.Add("Cookie", string.Join("; ", browser.DefaultRequestHeaders.GetValues("Cookie").Concat(added.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]))));
        using var shown = await browser.SendAsync(once, Token);
        Assert.Contains(HookSecrets.Prefix, await shown.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.DoesNotContain(HookSecrets.Prefix, await browser.GetStringAsync(page, Token), StringComparison.Ordinal);

        outside.Answer = http =>
        {
            http.Response.ContentType = "text/html";
            return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, "<script>alert(1)</script>", Token);
        };
        using var tested = await browser.Submit(page, "form-ping-web-hook");
        var ping = Path(tested);
        await house.Settle();
        var delivery = await browser.GetStringAsync(ping, Token);
        Assert.Contains("&lt;script&gt;alert(1)", delivery, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Submit(ping, "form-send-again")).StatusCode);
        await house.Settle();
        Assert.Equal(2, outside.All.Count);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Submit($"{page}/send-again", "form-send-failed-again", ("Since", "2026-01-05"))).StatusCode);
        Assert.Contains("ping", await browser.GetStringAsync($"{page}?state=Delivered", Token), StringComparison.Ordinal);
        Assert.DoesNotContain(">ping<", await browser.GetStringAsync($"{page}?state=Failed", Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Submit(page, "form-pause-web-hook")).StatusCode);
        Assert.Contains("Paused by", await browser.GetStringAsync(page, Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Submit(page, "form-resume-web-hook")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Submit($"{page}/change", "form-change-web-hook", ("Name", "CRM"), ("Url", outside.Address), ("Events", "person.changed"), ("Events", "todo.created"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Submit(page, "form-end-web-hook")).StatusCode);
        Assert.Contains("ended", await browser.GetStringAsync(page, Token), StringComparison.Ordinal);

        using var csr = await house.SignedIn(Roles.Csr);
        using var key = await house.Machine("apikeys.manage");
        foreach (var path in (string[])["/admin/web-hooks", "/admin/web-hooks/new", page, $"{page}/change", $"{page}/send-again", ping])
            Assert.Equal(HttpStatusCode.Forbidden, (await csr.GetAsync(path, Token)).StatusCode);
        foreach (var path in (string[])["", "/events", "/1", "/1/deliveries"])
            Assert.Equal(HttpStatusCode.Forbidden, (await key.GetAsync($"/api/v1/web-hooks{path}", Token)).StatusCode);
        foreach (var path in (string[])["web-hooks", "web-hooks/1/secret", "web-hooks/1/test", "web-hooks/1/pause", "web-hooks/1/resume", "web-hooks/1/end", "web-hooks/1/send-failed-again", "web-hook-deliveries/1/send-again"])
            Assert.Equal(HttpStatusCode.Forbidden, (await key.PostAsJsonAsync($"/api/v1/{path}", new { }, Token)).StatusCode);
    }

    [Theory, BothDatabases]
    public async Task Of_two_who_change_it_the_second_hears_of_the_first_and_the_history_tells(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var hook = await house.Hook("https://example.com/a");
        Assert.True((await house.Do<ChangeWebHook, ChangeWebHook.Input, Done>(new(hook.Id, "One", "https://example.com/b", ["todo.created"], 0))).Ok);
        using var machine = await house.SignedInApi(Roles.TechnicalAdministrator);
        using var second = await machine.PutAsJsonAsync($"/api/v1/web-hooks/{hook.Id}", new { name = "Two", url = "https://example.com/c", events = new[] { "todo.created" }, version = 0 }, Token);
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        await using var scope = house.As(Roles.TechnicalAdministrator);
        var changes = await scope.Db.Set<Tieline.Platform.Audit.AuditEntry>().Where(e => e.Subject == new Tieline.Platform.RecordRef("web_hook", hook.Id)).OrderBy(e => e.Id).Select(e => e.Changes).ToListAsync(Token);
        Assert.Contains("\"Url\":[\"https://example.com/a\",\"https://example.com/b\"]", changes[^1], StringComparison.Ordinal);
        Assert.Contains("\"Secret\":\"***\"", changes[0], StringComparison.Ordinal);
    }

    private static string Path(HttpResponseMessage redirect) => new Uri(new Uri("http://localhost"), redirect.Headers.Location!).AbsolutePath;

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Enqueue(formatter(state, exception));

        public void Dispose() { }
    }
}

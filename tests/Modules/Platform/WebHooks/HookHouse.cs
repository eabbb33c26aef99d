using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.Platform.WebHooks;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Platform.WebHooks;

internal sealed record Got(string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A machine outside: a real server on a free port of this machine, that answers as a test wants it to.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private Receiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<Got> All { get; } = [];
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;
    public string Address => app.Urls.First();
    public int Port => new Uri(Address).Port;

    public static async Task<Receiver> Open()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            receiver.All.Enqueue(new Got(http.Request.Path, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), await reader.ReadToEndAsync()));
            await receiver.Answer(http);
        });
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}

internal sealed class Names : IFindAddresses
{
    public ConcurrentQueue<IPAddress> Next { get; } = [];
    public int Asked { get; private set; }

    public Task<IPAddress[]> Of(string host, CancellationToken ct)
    {
        Asked++;
        return Task.FromResult<IPAddress[]>(Next.TryDequeue(out var address) ? [address] : []);
    }
}

internal static class HookHouse
{
    /// <summary>Hooks may go to <paramref name="allowed"/>.</summary>
    public static async Task Allow(this TestHouse house, string allowed)
    {
        await using var scope = house.As(Actor.Process("test"));
        await scope.Get<ISettings>().Set(WebHookTargets.Allowed, allowed, CancellationToken.None);
        await scope.Db.SaveChangesAsync();
    }

    public static async Task<AddWebHook.Created> Hook(this TestHouse house, string url, params string[] events)
    {
        await using var scope = house.As(Roles.TechnicalAdministrator);
        var added = await scope.Get<AddWebHook>().Handle(new($"Hook {Guid.NewGuid():N}", url, events.Length == 0 ? ["person.changed"] : events), CancellationToken.None);
        Assert.True(added.Ok, added.ToString());
        return added.Value;
    }

    public static async Task Publish<T>(this TestHouse house, T fact) where T : class
    {
        await using var scope = house.As(Actor.Process("test"));
        await scope.Get<IEvents>().Publish(fact, CancellationToken.None, new Tieline.Platform.RecordRef("person", 1200));
        await scope.Db.SaveChangesAsync();
    }

    public static Task Changed(this TestHouse house) => house.Publish(new Tieline.Customers.PersonChanged(1200, ["person_phone"]));

    public static async Task<List<WebHookDelivery>> Deliveries(this TestHouse house)
    {
        await using var scope = house.As(Actor.Process("test"));
        return await scope.Db.Set<WebHookDelivery>().AsNoTracking().OrderBy(d => d.Id).ToListAsync();
    }

    public static async Task<WebHook> Hook(this TestHouse house, long id)
    {
        await using var scope = house.As(Actor.Process("test"));
        return await scope.Db.Set<WebHook>().AsNoTracking().SingleAsync(h => h.Id == id);
    }

    /// <summary>Everything on its way is tried once: of one hook's deliveries those wait a few seconds that met another one at its gate.</summary>
    public static async Task Settle(this TestHouse house)
    {
        await house.RunJobs();
        while ((await house.Deliveries()).Exists(d => d is { State: DeliveryState.Waiting, Tries: 0 }))
        {
            house.Clock.Advance(TimeSpan.FromSeconds(15));
            await house.RunJobs();
        }
    }

    /// <summary>Each wait for the next try comes to its end.</summary>
    public static async Task TryOn(this TestHouse house, int times)
    {
        for (var i = 0; i < times; i++)
        {
            house.Clock.Advance(TimeSpan.FromHours(9));
            await house.Settle();
        }
    }

    public static async Task<Tieline.Platform.Uses.Outcome<TResult>> Do<TUse, TInput, TResult>(this TestHouse house, TInput input) where TUse : class, Tieline.Platform.Uses.IUse<TInput, TResult>
    {
        await using var scope = house.As(Roles.TechnicalAdministrator);
        return await scope.Get<TUse>().Handle(input, CancellationToken.None);
    }
}

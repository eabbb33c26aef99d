using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Platform.Data;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.WebHooks;

namespace Tieline.Platform.Events;

/// <summary>A fact that a room announces, under a stable name.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class EventNameAttribute(string name, int version = 1) : Attribute
{
    public string Name { get; } = name;
    public int Version { get; } = version;
}

/// <summary>
/// A text of an event that is a code and says nothing about anybody: it may leave the house with a web hook. Other texts stay inside.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class CodeAttribute : Attribute;

/// <summary>Announces facts upward: one row, and one job per subscriber, in the caller's transaction.</summary>
public interface IEvents
{
    Task Publish<T>(T fact, CancellationToken ct, params RecordRef[] subjects) where T : class;
}

/// <summary>Hears a fact at least once after its transaction has committed. Must be idempotent on the event's id.</summary>
public interface IHear<in T> where T : class
{
    Task Hear(T fact, long eventId, CancellationToken ct);
}

internal sealed record Subscription(Type Fact, string Subscriber, Func<object, bool>? Filter);

internal sealed record EventDelivery(long EventId);

public static class EventRegistration
{
    /// <param name="subscriber">Stable name; becomes the kind of the job.</param>
    public static IServiceCollection AddSubscriber<T, THandler>(this IServiceCollection services, string subscriber, Func<T, bool>? filter = null)
        where T : class where THandler : class, IHear<T>
    {
        services.AddScoped<THandler>();
        services.AddSingleton(new Subscription(typeof(T), subscriber, filter is null ? null : fact => filter((T)fact)));
        services.AddJob<EventDelivery, Delivery<T, THandler>>($"event:{subscriber}");
        return services;
    }
}

internal sealed class Delivery<T, THandler>(AppDb db, CurrentActor actor, THandler handler) : IJobHandler<EventDelivery>
    where T : class where THandler : class, IHear<T>
{
    public async Task Run(EventDelivery payload, JobRun job, CancellationToken ct)
    {
        var body = await db.Set<Event>().Where(e => e.Id == payload.EventId).Select(e => e.Body).SingleOrDefaultAsync(ct)
            ?? throw new PoisonedJobException($"Event {payload.EventId} is not kept any more.");
        actor.Because = new RecordRef("event", payload.EventId);
        await handler.Hear(JsonSerializer.Deserialize<T>(body, JobRegistration.Json)!, payload.EventId, ct);
    }
}

internal sealed class EventLog(AppDb db, IJobs jobs, IEnumerable<Subscription> subscriptions, ReferenceCache<HookedEvents> hooked) : IEvents
{
    public async Task Publish<T>(T fact, CancellationToken ct, params RecordRef[] subjects) where T : class
    {
        var name = typeof(T).GetCustomAttribute<EventNameAttribute>() ?? throw new InvalidOperationException($"{typeof(T).Name} has no event name.");
        var id = db.NextId();
        db.Add(new Event
        {
            Id = id, Name = name.Name, Version = name.Version, OccurredAt = db.Now, Actor = db.Actor.Ref,
            Subjects = string.Join(' ', subjects), Body = JsonSerializer.Serialize(fact, JobRegistration.Json), Correlation = Activity.Current?.TraceId.ToHexString(), Cause = db.Because,
        });
        foreach (var subscription in subscriptions)
        {
            if (subscription.Fact == typeof(T) && (subscription.Filter is null || subscription.Filter(fact)))
                await jobs.Enqueue($"event:{subscription.Subscriber}", new EventDelivery(id), ct);
        }
        if ((await hooked.Get(ct)).Names.Contains(name.Name))
            await jobs.Enqueue(FanOut.Kind, new EventDelivery(id), ct);
    }
}

using System.Text.Json.Nodes;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Jobs;

namespace Tieline.Platform.WebHooks;

/// <summary>A hook of the demonstration, paused: nothing of it ever leaves this machine.</summary>
internal sealed class DemoHooks(AppDb db, HookSecrets secrets) : IDemoData
{
    private static readonly (string Event, DeliveryState State, int? Status, string? Error, string? Answer)[] Sent =
    [
        (HookBody.Ping, DeliveryState.Delivered, 200, null, "ok"), ("contact.recorded", DeliveryState.Delivered, 202, null, "{\"queued\":true}"),
        ("todo.created", DeliveryState.Failed, 503, "Answered 503.", "The outage map is being maintained."), ("contact.closed", DeliveryState.Held, null, null, null),
    ];

    public int Order => 5;

    public string Name => "web hooks";

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        var at = plan.AsOf.AddDays(-1).ToDateTime(new TimeOnly(18, 0), DateTimeKind.Utc);
        var hook = new WebHook
        {
            Id = db.NextId(), Name = "Outage map", Url = "https://outages.example.com/tieline", Events = "contact.closed contact.recorded todo.created", Secret = secrets.Protect(HookSecrets.New()),
            CreatedBy = db.Actor.Ref, CreatedAt = at, LastAt = at.AddHours(2), LastStatus = 503, LastError = "Answered 503.", Failures = 1, FailingSinceAt = at.AddHours(2),
        };
        hook.Pause("The outage map is being maintained.", null);
        db.Add(hook);
        foreach (var (i, sent) in Sent.Index())
        {
            var (id, on) = (db.NextId(), at.AddMinutes(40 * i));
            db.Add(new WebHookDelivery
            {
                Id = id, HookId = hook.Id, EventName = sent.Event, State = sent.State, CreatedAt = on, LastStatus = sent.Status, LastError = sent.Error, LastAnswer = sent.Answer,
                Tries = sent.State switch { DeliveryState.Delivered => 1, DeliveryState.Failed => Deliver.MostTries, _ => 0 },
                LastAt = sent.State == DeliveryState.Held ? null : on.AddSeconds(1), DurationMs = sent.State == DeliveryState.Held ? null : 84,
                Body = new JsonObject { ["id"] = id, ["event"] = sent.Event, ["version"] = 1, ["occurredAt"] = on, ["subjects"] = new JsonArray(), ["data"] = new JsonObject() }.ToJsonString(JobRegistration.Json),
            });
        }
        await db.SaveChangesAsync(ct);
    }
}

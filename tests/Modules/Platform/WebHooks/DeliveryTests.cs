using System.Globalization;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tieline.Contacts;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Customers;
using Tieline.Customers.People;
using Tieline.Platform.Data;
using Tieline.Platform.Events;
using Tieline.Platform.Jobs;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Platform.WebHooks;
using Tieline.Tests.Modules.Contacts;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Modules.Platform.WebHooks;

public class DeliveryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task What_happens_is_told_signed_and_without_anything_about_anybody(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var outside = await Receiver.Open();
        await house.Allow("127.0.0.1");
        var given = await Given.A_small_utility(house);
        var hook = await house.Hook($"{outside.Address}/in?room=1", "contact.recorded", "contact.closed", "todo.created", "todo.completed", "person.changed");
        await using (var scope = house.As(Actors.Of(Roles.Csr, given.Employee)))
        {
            var said = await scope.Get<RecordContact>().Handle(
                new(given.HighBill, null, given.Person, given.Account, null, Channel.Phone, ContactDirection.Inbound, "Her secret is said", Reminder: new(DateOnly.FromDateTime(scope.Db.Now).AddDays(3), RoleId: given.Role)), Token);
            Assert.True(said.Ok, said.ToString());
        }
        await using (var scope = house.As(Roles.Supervisor))
        {
            Assert.True((await scope.Get<AddEmail>().Handle(new(given.Person, 0, "ana@example.com"), Token)).Ok);
        }
        await using (var scope = house.As(Actor.Process("test")))
            await scope.Get<IToDos>().Create(new NewToDo("GENERAL", "Her secret work", DateOnly.FromDateTime(scope.Db.Now), RoleId: given.Role), Token);
        await house.Settle();

        Assert.Contains(outside.All, g => g.Headers["Tieline-Event"] == "contact.recorded");
        Assert.Contains(outside.All, g => g.Headers["Tieline-Event"] == "person.changed" && g.Body.Contains("\"parts\":[\"person_email\"]", StringComparison.Ordinal) && g.Body.Contains($"\"subjects\":[\"person:{given.Person}\"]", StringComparison.Ordinal));
        Assert.All(outside.All, got =>
        {
            Assert.Equal("/in", got.Path);
            var stamp = got.Headers["Tieline-Timestamp"];
            Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(long.Parse(stamp, CultureInfo.InvariantCulture)), house.Clock.GetUtcNow().AddMinutes(-2), house.Clock.GetUtcNow());
            Assert.Equal(HookSender.Signature([hook.Secret], stamp, got.Body), got.Headers["Tieline-Signature"]);
            Assert.StartsWith("application/json", got.Headers["Content-Type"], StringComparison.Ordinal);
            Assert.DoesNotContain(got.Headers.Keys, h => h.Equals("traceparent", StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain("secret", got.Body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("example", got.Body, StringComparison.OrdinalIgnoreCase);
        });
        Assert.All(await house.Deliveries(), d => Assert.Equal((DeliveryState.Delivered, 200, 1), (d.State, d.LastStatus, d.Tries)));
    }

    [Theory, BothDatabases]
    public async Task Only_what_an_event_says_is_a_code_leaves_as_text(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var known = house.Services.GetRequiredService<KnownEvents>();
        foreach (var name in (string[])["contact.recorded", "contact.closed", "todo.created", "todo.completed", "person.changed"])
            Assert.Contains(name, known.Names);
        Assert.Equal("""{"personId":7}""", known.Sent("person.renamed", JsonSerializer.Serialize(new PersonRenamed(7, "Ana Ruiz", "Ana Lo"), JobRegistration.Json)).ToJsonString());
        Assert.Equal("""{"contactId":1,"typeCode":"HB","channel":"Phone","personId":2,"accountId":null,"premiseId":null}""",
            known.Sent("contact.recorded", JsonSerializer.Serialize(new ContactRecorded(1, "HB", "Phone", 2, null, null), JobRegistration.Json)).ToJsonString());
        Assert.Equal("""{"toDoIds":[1,2]}""", known.Sent("todo.created", JsonSerializer.Serialize(new ToDosCreated([1, 2]), JobRegistration.Json)).ToJsonString());
    }

    [Theory, BothDatabases]
    public async Task What_is_rolled_back_is_not_told_and_without_a_hook_there_is_nothing_to_do(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var outside = await Receiver.Open();
        await house.Allow("127.0.0.1");
        await house.Changed();
        Assert.Equal(0, await Enqueued(house));
        var hook = await house.Hook(outside.Address);
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Db.InTransaction(async () =>
            {
                await scope.Get<IEvents>().Publish(new PersonChanged(1, ["person"]), Token);
                return await scope.Db.SaveChangesAsync(Token);
            }, Token, _ => false);
        }
        await house.Publish(new PersonAdded(1));
        Assert.Equal(0, await Enqueued(house));
        Assert.Empty(outside.All);
        Assert.True((await house.Do<EndWebHook, EndWebHook.Input, Done>(new(hook.Id))).Ok);
        await house.Changed();
        Assert.Equal(0, await Enqueued(house));
    }

    [Theory, BothDatabases]
    public async Task A_failure_is_tried_again_with_the_same_id_and_body_until_it_arrives(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var outside = await Receiver.Open();
        await house.Allow("127.0.0.1");
        var hook = await house.Hook(outside.Address);
        outside.Answer = http =>
        {
            http.Response.StatusCode = outside.All.Count < 3 ? 500 : 204;
            http.Response.ContentType = "text/plain";
            return outside.All.Count < 3 ? http.Response.WriteAsync("not now\0\u202e") : Task.CompletedTask;
        };
        await house.Changed();
        await house.Settle();
        var failed = Assert.Single(await house.Deliveries());
        Assert.Equal((DeliveryState.Waiting, 1, 500, "Answered 500.", "not now"), (failed.State, failed.Tries, failed.LastStatus, failed.LastError, failed.LastAnswer));
        Assert.Single(outside.All);
        Assert.Equal(1, (await house.Hook(hook.Id)).Failures);
        await house.TryOn(2);
        Assert.Equal(3, outside.All.Count);
        Assert.Single(outside.All.Select(g => (g.Body, g.Headers["Tieline-Delivery"])).Distinct());
        Assert.Equal((DeliveryState.Delivered, 204), Assert.Single(await house.Deliveries()) is var d ? (d.State, d.LastStatus) : default);
        Assert.Equal((0, (DateTime?)null), (await house.Hook(hook.Id)) is var well ? (well.Failures, well.FailingSinceAt) : default);
        Assert.Equal(0, await house.RunJobs());
    }

    [Theory, BothDatabases]
    public async Task Given_up_after_nine_tries_it_is_sent_again_by_hand_one_or_all(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var outside = await Receiver.Open();
        await house.Allow("127.0.0.1");
        var hook = await house.Hook(outside.Address, "person.changed", "person.added");
        // Every other try of all arrives: the hook is neither resting for long nor paused.
        outside.Answer = http =>
        {
            http.Response.StatusCode = http.Request.Headers["Tieline-Event"] == "person.added" ? 200 : 503;
            return Task.CompletedTask;
        };
        await house.Changed();
        await house.Changed();
        for (var i = 0; i < Deliver.MostTries; i++)
        {
            await house.Publish(new PersonAdded(i));
            await house.TryOn(1);
        }
        var dead = (await house.Deliveries()).Where(d => d.EventName == "person.changed").ToList();
        Assert.All(dead, d => Assert.Equal((DeliveryState.Failed, Deliver.MostTries), (d.State, d.Tries)));
        await using (var scope = house.As(Roles.Operator))
            Assert.Empty((await scope.Get<ListDeadJobs>().Handle(new(), Token)).Value.Items);

        outside.All.Clear();
        outside.Answer = _ => Task.CompletedTask;
        Assert.True((await house.Do<SendAgain, SendAgain.Input, Done>(new(dead[0].Id))).Ok);
        await house.Settle();
        Assert.Equal((dead[0].Body, $"{dead[0].Id}"), Assert.Single(outside.All) is var again ? (again.Body, again.Headers["Tieline-Delivery"]) : default);
        Assert.Equal(0, (await house.Do<SendFailedAgain, SendFailedAgain.Input, SendFailedAgain.Sent>(new(hook.Id, house.Clock.GetUtcNow().UtcDateTime))).Value.Deliveries);
        Assert.Equal(1, (await house.Do<SendFailedAgain, SendFailedAgain.Input, SendFailedAgain.Sent>(new(hook.Id))).Value.Deliveries);
        await house.Settle();
        Assert.Equal(2, outside.All.Count);
        Assert.All(await house.Deliveries(), d => Assert.Equal(DeliveryState.Delivered, d.State));
        // What has arrived may be sent once more, too: it is the same delivery.
        Assert.True((await house.Do<SendAgain, SendAgain.Input, Done>(new(dead[0].Id))).Ok);
        await house.Settle();
        Assert.Equal(3, outside.All.Count);
        await using var check = house.As(Roles.TechnicalAdministrator);
        Assert.Equal(3, await check.Db.Set<Tieline.Platform.Audit.AuditEntry>().CountAsync(e => e.Action == "sent again" || e.Action == "failed sent again", Token));
    }

    [Theory, BothDatabases]
    public async Task A_target_that_fails_for_a_day_is_paused_and_one_to_do_and_nothing_is_lost(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var outside = await Receiver.Open();
        await house.Allow("127.0.0.1");
        var hook = await house.Hook(outside.Address);
        outside.Answer = http =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        await house.Changed();
        await house.Settle();
        await house.TryOn(Deliver.FailuresUntilPause);
        var paused = await house.Hook(hook.Id);
        Assert.Equal(WebHookState.Paused, paused.State);
        var asked = outside.All.Count;
        await house.Changed();
        await house.TryOn(2);
        Assert.Equal(asked, outside.All.Count);
        Assert.Equal([DeliveryState.Held, DeliveryState.Held], (await house.Deliveries()).Select(d => d.State));
        await using (var scope = house.As(Actor.Process("test")))
        {
            var toDo = Assert.Single(await scope.Db.Set<ToDo>().ToListAsync(Token));
            Assert.Equal(("HOOK-PAUSED", ToDoState.Open), (toDo.TypeCode, toDo.State));
        }
        Assert.False((await house.Do<SendAgain, SendAgain.Input, Done>(new((await house.Deliveries())[0].Id))).Ok);

        outside.Answer = _ => Task.CompletedTask;
        Assert.True((await house.Do<ResumeWebHook, ResumeWebHook.Input, Done>(new(hook.Id))).Ok);
        await house.Settle();
        Assert.All(await house.Deliveries(), d => Assert.Equal(DeliveryState.Delivered, d.State));
        await using var check = house.As(Actor.Process("test"));
        Assert.Equal(ToDoState.Complete, Assert.Single(await check.Db.Set<ToDo>().ToListAsync(Token)).State);
    }

    [Theory, BothDatabases]
    public async Task The_same_event_fanned_out_twice_is_one_delivery_and_two_jobs_of_one_delivery_send_it_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var outside = await Receiver.Open();
        await house.Allow("127.0.0.1");
        await house.Hook(outside.Address);
        await house.Changed();
        await using (var scope = house.As(Actor.Process("test")))
        {
            var fact = await scope.Db.Set<Event>().SingleAsync(e => e.Name == "person.changed", Token);
            await scope.Get<FanOut>().Run(new EventDelivery(fact.Id), new JobRun(1, FanOut.Kind, 1, scope.Db.Now), Token);
        }
        var one = Assert.Single(await house.Deliveries());
        await using (var scope = house.As(Actor.Process("test")))
        {
            await scope.Get<DeliveryQueue>().Enqueue(one.Id, one.Turn - 1, null, Token);
            await scope.Db.SaveChangesAsync(Token);
        }
        await house.Settle();
        Assert.Single(await house.Deliveries());
        Assert.Single(outside.All);
    }

    /// <summary>Jobs of web hooks that ever were, after all that is due has run: schedules may be due at any hour.</summary>
    private static async Task<int> Enqueued(TestHouse house)
    {
        await house.RunJobs();
        await using var scope = house.As(Actor.Process("test"));
        return await (await scope.Connection()).ExecuteScalarAsync<int>("select count(*) from job where kind like 'web-hooks:%'");
    }
}

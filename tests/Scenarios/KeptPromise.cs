using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Platform.Audit;
using Tieline.Platform.Batch;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Tieline.ToDos.Entries;

namespace Tieline.Tests.Scenarios;

/// <summary>
/// A customer is added, calls about a bill, and is promised a call on Tuesday. On Tuesday the work stands before the right role; a colleague does it,
/// and anyone can see later who said what. All over the API, as another system would.
/// </summary>
public class KeptPromise
{
    [Theory, BothDatabases]
    public async Task From_the_call_to_the_kept_promise(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        house.Clock.Set(new DateTimeOffset(2027, 3, 4, 18, 0, 0, TimeSpan.Zero));
        var desk = await house.SignedInApi(Roles.Csr);

        var person = await Created(desk.PostAsJsonAsync("/api/v1/people", new
        {
            kind = "Individual", given = "Ana", family = "Ruiz", phones = new[] { new { kind = "Mobile", number = "(541) 726-4410" } }, confirmedNew = true,
        }));
        var found = await desk.GetFromJsonAsync<JsonElement>("/api/v1/search?q=ruiz%204410");
        Assert.Equal(1, found.GetProperty("total").GetInt64());

        var contact = await Created(desk.PostAsJsonAsync("/api/v1/contacts", new
        {
            type = "ge", personId = person, channel = "Phone", comment = "Asks why the bill is twice as high.",
            reminder = new { on = "2027-03-09", from = "15:00", to = "16:00", phone = "(541) 726-4410", text = "Call back with the meter reading" },
        }));
        Assert.Equal(0, await ToDos(house));

        // Nights go by. The clock is the utility's: 1 o'clock in the morning of the ninth.
        await Night(house, new DateOnly(2027, 3, 8));
        Assert.Equal(0, await ToDos(house));
        house.Clock.Set(new DateTimeOffset(2027, 3, 9, 9, 0, 0, TimeSpan.Zero));
        await Night(house, new DateOnly(2027, 3, 9));
        await Night(house, new DateOnly(2027, 3, 9));
        Assert.Equal(1, await ToDos(house));

        long toDoId;
        await using (var scope = house.As(Roles.Supervisor))
        {
            var toDo = await scope.Db.Set<ToDo>().SingleAsync(t => t.TypeCode == "TD-CCCB");
            toDoId = toDo.Id;
            Assert.Equal((person, contact, new DateOnly(2027, 3, 9)), (toDo.PersonId, toDo.ContactId, toDo.DueOn));
            Assert.Contains("Call back with the meter reading", toDo.Subject, StringComparison.Ordinal);
            // 15:00 on the Pacific coast, before the clocks change.
            Assert.Equal(new DateTime(2027, 3, 9, 23, 0, 0, DateTimeKind.Utc), toDo.DueAt);
        }

        await using (var scope = house.As(Actors.Of(Roles.Supervisor, 0)))
        {
            var toDo = await scope.Db.Set<ToDo>().AsNoTracking().SingleAsync(t => t.TypeCode == "TD-CCCB");
            var done = await scope.Get<CompleteToDo>().Handle(new(toDoId, toDo.Version, "Reached her; the reading was wrong, corrected."), CancellationToken.None);
            Assert.True(done.Ok, done.ToString());
        }

        await using (var scope = house.As(Roles.Supervisor))
        {
            Assert.Equal(ReminderState.Resolved, (await scope.Db.Set<Reminder>().SingleAsync()).State);
            var log = await scope.Db.Set<ContactLog>().Where(l => l.ContactId == contact).OrderBy(l => l.Id).ToListAsync();
            Assert.Equal("Asks why the bill is twice as high.", log[0].Body);
            Assert.Equal((LogKind.Resolution, "Reached her; the reading was wrong, corrected."), (log[^2].Kind, log[^2].Body));
            // It stood open for this promise only.
            Assert.Equal((LogKind.Closed, ContactStatus.Closed), (log[^1].Kind, (await scope.Db.Set<Contact>().SingleAsync(c => c.Id == contact)).Status));
            Assert.Contains(await scope.Get<IAuditTrail>().Of(new("contact", contact), 20, null, CancellationToken.None), e => e.Action == "created");
        }
    }

    private static async Task<long> Created(Task<HttpResponseMessage> request)
    {
        using var response = await request;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("id").GetInt64();
    }

    private static async Task Night(TestHouse house, DateOnly on)
    {
        await using var scope = house.As(Roles.Operator);
        var submitted = await scope.Get<SubmitBatch>().Handle(new("TD-CCCB", on, null, Anyway: true), CancellationToken.None);
        Assert.True(submitted.Ok, submitted.ToString());
        await house.RunJobs();
    }

    private static async Task<int> ToDos(TestHouse house)
    {
        await using var scope = house.As(Roles.Supervisor);
        return await scope.Db.Set<ToDo>().CountAsync(t => t.TypeCode == "TD-CCCB");
    }
}

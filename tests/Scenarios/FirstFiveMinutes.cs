using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Practice;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Contacts.WrapUps;
using Tieline.Customers;
using Tieline.Customers.Callers;
using Tieline.Customers.Finding;
using Tieline.Platform.Demo.Night;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Tests.Support;

namespace Tieline.Tests.Scenarios;

/// <summary>
/// Somebody looks at the demonstration for the first time: takes a simulated call, finds, verifies, records, promises, and reads how long it took. Then
/// the demonstration goes on to the next day, and the promise stands before the colleague to whom it was given.
/// </summary>
public class FirstFiveMinutes
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Whoever_may_ring_is_found_by_what_they_say(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.LoadTown(people: 200);
        var csr = await house.Employee("csr");
        await using var scope = house.As(Actors.Of(Roles.Csr, csr));
        var callers = scope.Get<IDemoCallers>();
        foreach (var person in Enumerable.Range(0, 60))
        {
            var caller = (await callers.Know((await callers.Find([], person / 60.0, csr, Token))!.Value, Token))!;
            Assert.Contains((await scope.Get<FindCustomers>().Handle(new(caller.Account), Token)).Value.Results, r => r.PersonId == caller.PersonId);
        }
    }

    [Theory, BothDatabases]
    public async Task From_the_ring_to_the_colleague_s_list(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.LoadTown(people: 200);
        var (csr, colleague) = (await house.Employee("csr"), await house.Employee("backoffice"));
        var window = await house.SignedIn(Roles.Csr, csr);
        var other = await house.SignedIn(Roles.BackOffice, colleague);
        await using var scope = house.As(Actors.Of(Roles.Csr, csr));
        var today = await scope.Get<IUtilityClock>().Today(Token);

        await window.Press("/", "/demo/call");
        await window.Press("/in-hand", "/demo/call/answer");
        await window.Press("/in-hand", "/demo/call/ask", "Ask: Account");
        var call = await scope.Db.Set<PracticeCall>().AsNoTracking().SingleAsync(Token);
        var caller = (await scope.Get<IDemoCallers>().Know(call.PersonId!.Value, Token))!;
        Assert.Contains(caller.Account!, await window.GetStringAsync("/in-hand", Token), StringComparison.Ordinal);

        // What the caller says is what finds and verifies them.
        var found = (await scope.Get<FindCustomers>().Handle(new(caller.Account), Token)).Value;
        Assert.Contains(found.Results, r => r.PersonId == caller.PersonId);
        var verified = await scope.Get<VerifyCaller>().Handle(new(caller.PersonId, CallerCapacity.Customer, Interaction: $"interaction:{call.InteractionId}",
            Answers: new Dictionary<string, string>(StringComparer.Ordinal) { ["BORN"] = $"{caller.BornOn:MMMM d, yyyy}", ["PHONE"] = caller.Phone! }), Token);
        Assert.True(verified.Ok, verified.ToString());

        house.Clock.Advance(TimeSpan.FromSeconds(41));
        var recorded = await scope.Get<RecordContact>().Handle(
            new(null, "hb", caller.PersonId, (await scope.Get<ICustomers>().PlacesOf(caller.PersonId, Token))[0].Account.Id, null, Channel.Phone, ContactDirection.Inbound, "Twice as high; the sister had a heater.",
                InteractionId: call.InteractionId, WrapUp: (await scope.Get<ListWrapUpCodes>().Handle(new(), Token)).Value.Items[0].Code,
                Reminder: new ReminderBook.Promise(today.AddDays(1), EmployeeId: colleague, Text: "Look at the bill with the little heater")), Token);
        Assert.True(recorded.Ok, recorded.ToString());
        await window.Press("/in-hand", "/in-hand/end");

        var shown = await window.GetStringAsync("/in-hand", Token);
        Assert.Matches("Well done! Recorded in 4[1-9] s", shown);
        Assert.Contains($"Found: {caller.Name}", System.Net.WebUtility.HtmlDecode(shown), StringComparison.Ordinal);
        Assert.Contains("Verified by 2 questions", shown, StringComparison.Ordinal);
        Assert.Contains("Recorded as High bill", shown, StringComparison.Ordinal);
        Assert.Contains($"Promised for {today.AddDays(1):dddd, d MMMM}", shown, StringComparison.Ordinal);

        Assert.DoesNotContain("little heater", await other.GetStringAsync("/", Token), StringComparison.Ordinal);
        var supervisor = await house.SignedIn(Roles.Supervisor, await house.Employee("supervisor"));
        await supervisor.Submit("/demo/tonight", "form-advance-demo");
        await house.RunJobs();

        var list = await other.GetStringAsync("/", Token);
        Assert.Contains("little heater", list, StringComparison.Ordinal);
        Assert.Contains($"{today.AddDays(1):dddd, d MMMM yyyy}", list, StringComparison.Ordinal);
        await using var morning = house.As(Roles.Supervisor);
        Assert.Equal(today.AddDays(1), (await morning.Db.Set<DemoNight>().SingleAsync(Token)).MorningOn);
        // Said yesterday, by the calendar that has moved on since.
        Assert.Equal(today, DateOnly.FromDateTime(await morning.Get<IUtilityClock>().ToLocal((await morning.Db.Set<Contact>().SingleAsync(c => c.Id == recorded.Value.Id, Token)).RecordedAt, Token)));
    }
}

using System.Net;
using System.Net.Http.Json;
using Tieline.Operations;
using Tieline.Operations.Day;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Tieline.ToDos;

namespace Tieline.Tests.Modules.Operations;

/// <summary>The end of the day on screen: who is still there, what they are told, and who closed it.</summary>
public class OnlineDayTests
{
    private static readonly DateOnly Today = new(2037, 10, 27);

    [Theory, BothDatabases]
    public async Task Who_has_done_something_of_late_is_still_working(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        using var ana = await house.SignedIn(Roles.BackOffice, night.Ana);
        using var bo = await house.SignedIn(Roles.Csr, night.Bo);
        house.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Empty((await Look(house)).People);
        await ana.GetStringAsync("/account");
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/todos/count");
        asked.Headers.Add("HX-Request", "true");
        using (await bo.SendAsync(asked))
        {
            // What a page asks by itself is no sign of life.
        }
        await using (var scope = house.As(Actors.Of(Roles.BackOffice, night.Ana)))
        {
            var added = await scope.Get<IToDos>().Create(new NewToDo("JOB-DEAD", "Check it", Today, EmployeeId: night.Ana), default);
            await scope.Db.SaveChangesAsync();
            Assert.True((await scope.Get<Tieline.ToDos.Entries.StartToDo>().Handle(new(added.Value!.Value), default)).Ok);
        }
        var working = Assert.Single((await Look(house)).People);
        Assert.Equal((night.Ana, "Test back-office", 1), (working.EmployeeId, working.Name, working.ToDos));
        house.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Empty((await Look(house)).People);
    }

    [Theory, BothDatabases]
    public async Task Who_has_a_customer_with_them_is_still_working_however_long_they_talk(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        async Task Take()
        {
            await using var scope = house.As(Actors.Of(Roles.Csr, night.Ana));
            var taken = await scope.Get<Tieline.Contacts.IInteractions>().Take(default);
            Assert.True(taken.Ok, taken.ToString());
        }

        await Take();
        house.Clock.Advance(TimeSpan.FromMinutes(40));
        var talking = Assert.Single((await Look(house)).People);
        Assert.Equal((night.Ana, null, "Phone", 0), (talking.EmployeeId, talking.LastAt, talking.Customers?.Channel, talking.Customers?.Parked));
        using var supervisor = await house.SignedIn(Roles.Supervisor, night.Dee);
        Assert.Contains("on the phone for 40 min", await supervisor.GetStringAsync("/operations/day"), StringComparison.Ordinal);
        using (var warned = await supervisor.Submit("/operations/day", "form-close-day"))
            Assert.Contains($"One person is still working: {talking.Name}.", await warned.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // With another one the first is parked; then she is back at her desk.
        await Take();
        Assert.Equal(1, (await Look(house)).People.Single(p => p.EmployeeId == night.Ana).Customers!.Parked);
        using var ana = await house.SignedIn(Roles.Csr, night.Ana);
        await ana.GetStringAsync("/account");
        Assert.True((await Look(house)).People.Single(p => p.EmployeeId == night.Ana) is { LastAt: not null, Customers.Channel: "Phone" });
    }

    [Theory, BothDatabases]
    public async Task Closing_warns_while_people_work_locks_nobody_out_and_is_undone(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        using var ana = await house.SignedIn(Roles.BackOffice, night.Ana);
        await ana.GetStringAsync("/account");
        using var supervisor = await house.SignedIn(Roles.Supervisor, night.Dee);
        using (var warned = await supervisor.Submit("/operations/day", "form-close-day"))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, warned.StatusCode);
            Assert.Contains("One person is still working: Test back-office.", await warned.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Null((await Door(house)).ClosedAt);
        using (var closed = await supervisor.Submit("/operations/day", "form-close-day", ("Anyway", "true")))
            Assert.Equal(HttpStatusCode.Redirect, closed.StatusCode);
        Assert.Equal(night.Dee, (await Door(house)).ClosedBy?.Id);
        Assert.Equal(HttpStatusCode.OK, (await ana.GetAsync("/account")).StatusCode);
        using (var machine = await house.SignedInApi(Roles.Operator))
        using (var twice = await machine.PostAsJsonAsync("/api/v1/operations/day/close", new { anyway = true }))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, twice.StatusCode);
        using (var opened = await supervisor.Submit("/operations/day", "form-open-day"))
            Assert.Equal(HttpStatusCode.Redirect, opened.StatusCode);
        Assert.Null((await Door(house)).ClosedAt);
        await using var scope = house.As(Roles.BackOffice);
        await Assert.ThrowsAsync<ForbiddenException>(() => scope.Get<CloseDay>().Handle(new(true), default));
    }

    [Theory, BothDatabases]
    public async Task Past_midnight_it_is_still_the_day_that_people_worked_in(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        // Half past midnight, local time, of the next day.
        house.Clock.Advance(TimeSpan.FromHours(12.5));
        using var operating = await house.SignedIn(Roles.Operator, night.Bo);
        Assert.Equal(Today, (await Look(house)).On);
        using (var said = await operating.Submit("/operations/day", "form-say-to-all", ("Text", "The bills are on their way"), ("UntilTime", "00:15")))
            Assert.Equal(HttpStatusCode.Redirect, said.StatusCode);
        house.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("The bills are on their way", (await Look(house)).Message);
        using (var closed = await operating.Submit("/operations/day", "form-close-day", ("Anyway", "true")))
            Assert.Equal(HttpStatusCode.Redirect, closed.StatusCode);
        Assert.NotNull((await Door(house)).ClosedAt);
        using (var said = await operating.Submit("/operations/day", "form-say-to-all", ("Text", "To the end")))
            Assert.Equal(HttpStatusCode.Redirect, said.StatusCode);
        house.Clock.Advance(TimeSpan.FromHours(2.4));
        Assert.Equal((Today, "To the end"), await Look(house) is var late ? (late.On, late.Message) : default);
        house.Clock.Advance(TimeSpan.FromHours(0.2));
        Assert.Equal((Today.AddDays(1), null, null), await Look(house) is var next ? (next.On, next.ClosedAt, next.Message) : default);
    }

    [Theory, BothDatabases]
    public async Task Everyone_reads_what_is_said_until_its_time_or_until_it_is_withdrawn(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var night = await Night.Begin(house);
        using var csr = await house.SignedIn(Roles.Csr, night.Ana);
        using var operating = await house.SignedIn(Roles.Operator, night.Bo);
        const string Words = "The on-line day closes at 20:00";
        async Task Say(params (string, string)[] fields)
        {
            using var said = await operating.Submit("/operations/day", "form-say-to-all", fields);
            Assert.Equal(HttpStatusCode.Redirect, said.StatusCode);
        }
        await Say(("Text", Words));
        foreach (var page in (string[])["/account", "/bars"])
        {
            var html = await csr.GetStringAsync(page);
            Assert.Contains($"<strong>{Words}</strong> Test operator, 12:0", html, StringComparison.Ordinal);
            Assert.Contains("data-bar-aside", html, StringComparison.Ordinal);
        }
        await Say(("Text", "Earlier: at 19:00"), ("UntilTime", "19:00"));
        Assert.DoesNotContain(Words, await csr.GetStringAsync("/bars"), StringComparison.Ordinal);
        using (var withdrawn = await operating.Submit("/operations/day", "form-withdraw-message"))
            Assert.Equal(HttpStatusCode.Redirect, withdrawn.StatusCode);
        Assert.DoesNotContain("data-bar=", await csr.GetStringAsync("/bars"), StringComparison.Ordinal);
        await Say(("Text", Words), ("UntilTime", "19:00"));
        house.Clock.Advance(TimeSpan.FromHours(6.9));
        Assert.Contains(Words, await csr.GetStringAsync("/account"), StringComparison.Ordinal);
        house.Clock.Advance(TimeSpan.FromHours(0.2));
        Assert.DoesNotContain("data-bar=", await csr.GetStringAsync("/account"), StringComparison.Ordinal);
    }

    private static async Task<LookAtDay.Look> Look(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        return (await scope.Get<LookAtDay>().Handle(new(), default)).Value;
    }

    private static async Task<OnlineDay> Door(TestHouse house)
    {
        await using var scope = house.As(Roles.Operator);
        return await scope.Get<IOperations>().OnlineDay(Today, default);
    }
}

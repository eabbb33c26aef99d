using System.Net;
using Tieline.Contacts.Figures;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Platform.Security;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts.Interactions;

public class CallFiguresTests
{
    private static CancellationToken Token => CancellationToken.None;

    [Theory, BothDatabases]
    public async Task First_contact_resolution_knows_repeats_pending_ones_and_one_call_with_two_contacts(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        house.Clock.Set(new DateTimeOffset(2027, 3, 1, 18, 0, 0, TimeSpan.Zero));
        var given = await Given.A_small_utility(house);
        var done = await InteractionTests.AWrapUp(house, "DONE", resolves: true);
        // Ana: on day 0, again on day 3 (so the first resolved nothing), and on day 20 (a first one again, resolved).
        // Bo: on day 1 two contacts in one call, and none after: resolved once. On day 38, of which nobody knows yet.
        await Call(house, given.HighBill, done, given.Person);
        house.Clock.Advance(TimeSpan.FromDays(1));
        await Call(house, given.HighBill, done, given.OtherPerson, given.OtherPerson);
        house.Clock.Advance(TimeSpan.FromDays(2));
        await Call(house, given.HighBill, done, given.Person);
        house.Clock.Advance(TimeSpan.FromDays(17));
        await Call(house, given.HighBill, done, given.Person);
        house.Clock.Advance(TimeSpan.FromDays(18));
        await Call(house, given.HighBill, done, given.OtherPerson);

        await using var scope = house.As(Roles.Supervisor);
        var input = new CallFigures.Input(FigureKind.Employee, new DateOnly(2027, 3, 1), new DateOnly(2027, 4, 10));
        var figures = (await scope.Get<CallFigures>().Handle(input, Token)).Value;
        var line = Assert.Single(figures.Lines);
        Assert.Equal((1L, 5, 6, 6, 6), (line.Id, line.Interactions, line.Contacts, line.Said, line.ResolvedNow));
        Assert.Equal((3, 2, 1), (line.FirstKnown, line.FirstResolved, line.FirstPending));
        Assert.Equal((3, 2, 1, 5), (figures.All.FirstKnown, figures.All.FirstResolved, figures.All.FirstPending, figures.All.Interactions));
        Assert.InRange(line.AverageSeconds!.Value, 60, 70);
        var type = Assert.Single((await scope.Get<CallFigures>().Handle(input with { By = FigureKind.Type }, Token)).Value.Lines);
        Assert.Equal(("High bill", 6, 3, 2), (type.Name, type.Contacts, type.FirstKnown, type.FirstResolved));
        // Six contacts shared five calls of a minute.
        Assert.InRange(type.AverageSeconds!.Value, 50, 59);
        // Of the first day alone: what follows outside of the span counts too.
        var narrow = (await scope.Get<CallFigures>().Handle(input with { To = input.From }, Token)).Value.All;
        Assert.Equal((1, 1, 0, 0), (narrow.Contacts, narrow.FirstKnown, narrow.FirstResolved, narrow.FirstPending));
    }

    [Theory, BothDatabases]
    public async Task Figures_are_for_supervisors_within_reason_and_leave_as_a_file(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var given = await Given.A_small_utility(house);
        await Call(house, given.HighBill, await InteractionTests.AWrapUp(house, "DONE", resolves: true), given.Person);
        var supervisor = await house.SignedIn(Roles.Supervisor, given.Employee);
        var csr = await house.SignedIn(Roles.Csr, given.Employee);
        Assert.Equal(HttpStatusCode.OK, (await supervisor.GetAsync("/interactions/figures?by=Type")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await supervisor.GetAsync("/interactions/figures?from=2000-01-01")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await supervisor.GetAsync("/interactions/figures?from=nonsense&by=7")).StatusCode);
        Assert.Contains("Test csr,1,", await supervisor.GetStringAsync("/interactions/figures/export"), StringComparison.Ordinal);
        var calls = await supervisor.GetStringAsync("/interactions/export");
        Assert.Contains("Ana Ruiz,Test csr,1,", calls, StringComparison.Ordinal);
        // A number begins with a sign that a spreadsheet would run.
        Assert.Contains(",(541) 555-0142,", calls, StringComparison.Ordinal);
        foreach (var page in new[] { "/interactions/figures", "/interactions/figures/export", "/interactions/export" })
            Assert.Equal((page, HttpStatusCode.Forbidden), (page, (await csr.GetAsync(page)).StatusCode));
        // Somebody else's calls are in no list of a CSR's.
        Assert.DoesNotContain("Ana Ruiz", await csr.GetStringAsync("/interactions?by=1"), StringComparison.Ordinal);
        Assert.Contains("Ana Ruiz", await supervisor.GetStringAsync("/interactions?by=1"), StringComparison.Ordinal);
    }

    private static async Task Call(TestHouse house, long type, long wrapUp, params long[] people)
    {
        var call = await InteractionTests.Start(house, people[0]);
        house.Clock.Advance(TimeSpan.FromSeconds(60));
        foreach (var person in people)
        {
            await using var scope = house.As(Roles.Csr);
            var recorded = await scope.Get<RecordContact>().Handle(new(type, null, person, null, null, Channel.Phone, null, "said", InteractionId: call, WrapUpCodeId: wrapUp), Token);
            Assert.True(recorded.Ok, recorded.ToString());
        }
        await using var end = house.As(Roles.Csr);
        Assert.True((await end.Get<EndInteraction>().Handle(new(call), Token)).Ok);
    }
}

using System.Net;
using Microsoft.EntityFrameworkCore;
using Tieline.Contacts;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Practice;
using Tieline.Contacts.Records;
using Tieline.Contacts.Types;
using Tieline.Contacts.WrapUps;
using Tieline.Customers;
using Tieline.Customers.Accounts;
using Tieline.Customers.Callers;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Support;

namespace Tieline.Tests.Modules.Contacts.Practice;

/// <summary>Simulated callers: their stories, their steps, and what is said of the call afterwards.</summary>
public class PracticeCallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Every_story_can_be_told_by_somebody_of_the_town(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.LoadTown(people: 2_000, contactsPerPerson: 0);
        var csr = await house.Employee("csr");
        await using var scope = house.As(Actors.Of(Roles.Csr, csr));
        var callers = scope.Get<IDemoCallers>();
        var types = await scope.Db.Set<ContactType>().ToDictionaryAsync(t => t.Code, t => t.Emergency, StringComparer.Ordinal, Token);
        Assert.InRange(Stories.All.Count, 12, 100);
        foreach (var story in Stories.All)
        {
            DemoCaller? caller = null;
            if (story.HasCustomer)
            {
                var person = await callers.Find([.. story.Traits ?? []], 0.3, csr, Token);
                Assert.True(person is not null, $"{story.Code}: nobody in the town fits.");
                caller = await callers.Know(person.Value, Token);
                Assert.NotNull(caller!.Account);
                // The story speaks of one account: of two, whoever records would have to choose first.
                Assert.Equal(1, await scope.Db.Set<AccountPerson>().CountAsync(p => p.PersonId == person.Value && p.ToOn == null, Token));
            }
            var told = new Told(story, caller);
            Assert.Empty(told.Holes().Select(h => $"{story.Code}: {{{h}}}"));
            // Whatever is asked, twice: an answer without holes.
            var asked = Asking.All.Select(a => a.Code).Concat(story.Questions?.Select(q => q.Code) ?? []).SelectMany(c => new[] { c, c, Asking.More }).ToList();
            Assert.All(told.Said(asked), line => Assert.False(line.Text.Length == 0 || line.Text.AsSpan().ContainsAny('{', '}') || line.Text == "...", $"{story.Code}: {line.Text}"));
            Assert.Empty(story.Record.SelectMany(g => g).Where(code => !types.ContainsKey(code)).Select(code => $"{story.Code}: {code}"));
            Assert.All(story.Record.SelectMany(g => g), code => Assert.Equal(story.Emergency, types[code]));
            Assert.NotEmpty(story.Hints);
            // Who is to be verified can be: two values on record, or a passphrase.
            if (story.Verify == StoryVerify.Yes)
                Assert.True(caller is { BornOn: not null, Phone: not null } or { Passphrase: not null }, story.Code);
        }
        Assert.Equal(Stories.All.Count, Stories.All.DistinctBy(s => s.Code).Count());
    }

    [Theory, BothDatabases]
    public async Task It_rings_is_answered_and_says_what_came_of_it(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.LoadTown(people: 200);
        var csr = await house.Employee("csr");
        var browser = await house.SignedIn(Roles.Csr, csr);
        Assert.Contains("action=\"/demo/call\"", await browser.GetStringAsync("/", Token), StringComparison.Ordinal);

        // Twice pressed, by two pages: it rings once, and is answered once.
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Press("/", "/demo/call")).StatusCode);
        await browser.Press("/", "/demo/call");
        Assert.Contains("is calling.", await browser.GetStringAsync("/in-hand", Token), StringComparison.Ordinal);
        Assert.Single((await Task.WhenAll(Answer(house, csr), Answer(house, csr))).Select(o => o.Value.Id).Distinct());
        Assert.Equal(HttpStatusCode.Redirect, (await browser.Press("/in-hand", "/demo/call/ask", "Ask: Account")).StatusCode);
        await using var scope = house.As(Actors.Of(Roles.Csr, csr));
        var call = await scope.Db.Set<PracticeCall>().AsNoTracking().SingleAsync(Token);
        Assert.Equal(Stories.All[0].Code, call.Story);
        var interaction = await scope.Db.Set<Interaction>().AsNoTracking().SingleAsync(i => i.EmployeeId == csr && i.State != InteractionState.Ended, Token);
        Assert.Equal((interaction.Id, call.Number), (call.InteractionId!.Value, interaction.NumberOrPlace));
        // Opened on another page: no second call while this one runs.
        Assert.False((await scope.Get<RingPracticeCall>().Handle(new("GAS"), Token)).Ok);

        var caller = (await scope.Get<IDemoCallers>().Know(call.PersonId!.Value, Token))!;
        var panel = await browser.GetStringAsync("/in-hand", Token);
        Assert.DoesNotContain($"{caller.BornOn:MMMM d, yyyy}", panel, StringComparison.Ordinal);
        await browser.Press("/in-hand", "/demo/call/ask", "Ask: Date of birth");
        await browser.Press("/in-hand", "/demo/call/ask");
        panel = await browser.GetStringAsync("/in-hand", Token);
        Assert.Contains($"{caller.BornOn:MMMM d, yyyy}", panel, StringComparison.Ordinal);
        Assert.Contains("my sister stayed with us", panel, StringComparison.Ordinal);
        // A colleague sees nothing of it.
        Assert.DoesNotContain("class=\"practice", await (await house.SignedIn(Roles.Csr, await house.Employee("supervisor"))).GetStringAsync("/in-hand", Token), StringComparison.Ordinal);

        await Recorded(scope, interaction.Id, "BILLEXPL", caller.PersonId);
        Assert.True((await scope.Get<EndInteraction>().Handle(new(interaction.Id), Token)).Ok);
        var result = (await scope.Get<PracticeReader>().Read(Token))!.Result!;
        Assert.Equal((1, false), (result.Calls, result.AllDone));
        Assert.Equal([true, false, true, false], result.Checks.Select(c => c.Done));
        var shown = await browser.GetStringAsync("/in-hand", Token);
        Assert.Contains("Recorded in ", shown, StringComparison.Ordinal);
        Assert.Contains("No promise was made", shown, StringComparison.Ordinal);

        // The next one puts this away; what is put away is gone.
        await browser.Press("/in-hand", "/demo/call");
        Assert.Contains("is calling.", await browser.GetStringAsync("/in-hand", Token), StringComparison.Ordinal);
        await browser.Press("/in-hand", "/demo/call/away");
        Assert.DoesNotContain("class=\"practice", await browser.GetStringAsync("/in-hand", Token), StringComparison.Ordinal);
        Assert.Equal(2, await scope.Db.Set<PracticeCall>().Select(c => c.Story).Distinct().CountAsync(Token));
    }

    [Theory, BothDatabases]
    public async Task Who_has_no_right_to_hear_anything_is_rightly_not_verified(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await house.LoadTown(people: 200);
        var csr = await house.Employee("csr");
        async Task<PracticeResult> Daughter(bool verified)
        {
            await using var scope = house.As(Actors.Of(Roles.Csr, csr));
            Assert.True((await scope.Get<RingPracticeCall>().Handle(new("DAUGHTER"), Token)).Ok);
            var taken = (await scope.Get<AnswerPracticeCall>().Handle(new(), Token)).Value;
            var person = (await scope.Db.Set<PracticeCall>().AsNoTracking().SingleAsync(c => c.InteractionId == taken.Id, Token)).PersonId!.Value;
            var caller = (await scope.Get<IDemoCallers>().Know(person, Token))!;
            if (verified)
                Assert.True((await scope.Get<VerifyCaller>().Handle(new(person, CallerCapacity.Customer, Interaction: $"interaction:{taken.Id}",
                    Answers: new Dictionary<string, string>(StringComparer.Ordinal) { ["BORN"] = $"{caller.BornOn:MMMM d, yyyy}", ["PHONE"] = caller.Phone! }), Token)).Ok);
            await Recorded(scope, taken.Id, "COMPLAIN", person);
            Assert.True((await scope.Get<EndInteraction>().Handle(new(taken.Id), Token)).Ok);
            return (await scope.Get<PracticeReader>().Read(Token))!.Result!;
        }
        Assert.True((await Daughter(verified: false)).AllDone);
        var told = await Daughter(verified: true);
        Assert.Contains(told.Checks, c => c is { Done: false, Text: "Verified somebody who had no right to hear anything" });
        Assert.NotNull(told.Best);
    }

    [Theory, BothDatabases]
    public async Task Without_a_demonstration_it_does_not_exist(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await Given.A_small_utility(house);
        using var csr = await house.SignedIn(Roles.Csr);
        Assert.DoesNotContain("/demo/", await csr.GetStringAsync("/", Token), StringComparison.Ordinal);
        foreach (var page in (string[])["/demo/call", "/demo/tonight"])
            Assert.Equal(HttpStatusCode.NotFound, (await csr.GetAsync(page, Token)).StatusCode);
        await using var scope = house.As(Roles.Csr);
        Assert.Equal(Problem.NotFoundRule, (await scope.Get<RingPracticeCall>().Handle(new(), Token)).Problems[0].Rule);
        Assert.Equal(Problem.NotFoundRule, (await scope.Get<AnswerPracticeCall>().Handle(new(), Token)).Problems[0].Rule);
        Assert.Null(await scope.Get<IDemoCallers>().Find([], 0, 1, Token));
        // And who may not take calls finds none in a demonstration either.
        await SmallTown.Begin(scope, Token);
        await using var other = house.As(Roles.Operator);
        await Assert.ThrowsAsync<ForbiddenException>(() => other.Get<RingPracticeCall>().Handle(new(), Token));
    }

    private static async Task<Outcome<InteractionTaken>> Answer(TestHouse house, long csr)
    {
        await using var scope = house.As(Actors.Of(Roles.Csr, csr));
        return await scope.Get<AnswerPracticeCall>().Handle(new(), Token);
    }

    private static async Task Recorded(TestScope scope, long interaction, string type, long person)
    {
        var wrapUp = (await scope.Get<ListWrapUpCodes>().Handle(new(), Token)).Value.Items[0].Code;
        var account = (await scope.Get<ICustomers>().PlacesOf(person, Token))[0].Account.Id;
        var recorded = await scope.Get<RecordContact>().Handle(
            new(null, type, person, account, null, Channel.Phone, ContactDirection.Inbound, "said", InteractionId: interaction, WrapUp: wrapUp), Token);
        Assert.True(recorded.Ok, recorded.ToString());
    }
}
